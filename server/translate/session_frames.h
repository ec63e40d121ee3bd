// The frames of `sluice.v1.Gateway/Session` that the gateway sends, serialized.
#ifndef SLUICE_SERVER_TRANSLATE_SESSION_FRAMES_H_
#define SLUICE_SERVER_TRANSLATE_SESSION_FRAMES_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sluice::translate {

std::string OpenedFrame(std::string_view upstream, std::string_view kind, std::string_view era);
std::string MessageFrame(std::string json, std::string_view request_id, std::string event_id, std::uint64_t sequence);
// `frame` 0: the request failed later, and has an id.
std::string EndedFrame(std::string_view request_id, std::uint64_t frame, const absl::Status& status);
std::string NegotiatedFrame(std::string_view era, std::string_view version, std::string_view session_id,
                            std::string token);
std::string DrainingFrame(std::chrono::milliseconds time_left, std::string token);
std::string HeartbeatFrame();

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_FRAMES_H_
