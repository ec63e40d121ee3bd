// The frames of `sluice.v1.Conversation/Converse`: what those of the client ask for, and those that the gateway sends,
// serialized.
#ifndef SLUICE_SERVER_TRANSLATE_CONVERSATION_FRAMES_H_
#define SLUICE_SERVER_TRANSLATE_CONVERSATION_FRAMES_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sluice::v1 {
class ConverseRequest;
}

namespace sluice::translate {

// What a request was about, as far as its answer told.
struct ToldTask {
  std::string id;
  std::string context_id;
  int last_state = 0;  // lf.a2a.v1.TaskState
};

// What a frame of the client asks of the agent: the rpc, its request and its tenant. An empty rpc: nothing.
struct Asked {
  std::string_view rpc;
  std::string request;
  std::string tenant;
};

// A request that names no tenant is given `tenant`.
Asked AskedBy(v1::ConverseRequest& frame, const std::string& tenant);

// `event` is a serialized lf.a2a.v1.StreamResponse, `task` a Task.
std::string ConversationEventFrame(std::string_view request_id, std::uint64_t sequence, std::string_view event);
std::string ConversationTaskFrame(std::string_view request_id, std::uint64_t sequence, std::string_view task);
std::string ConversationEndedFrame(std::string_view request_id, const absl::Status& status, const ToldTask& task);
// Of a frame that began no request.
std::string ConversationRefusedFrame(std::uint64_t frame_number, const absl::Status& status);
std::string ConversationDrainingFrame(std::chrono::milliseconds time_left);
std::string ConversationHeartbeatFrame();

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_CONVERSATION_FRAMES_H_
