#include "server/translate/conversation_frames.h"

#include "google/protobuf/util/time_util.h"
#include "server/translate/rpc_status.h"
#include "server/translate/wire_writer.h"
#include "sluice/v1/conversation.pb.h"

namespace sluice::translate {
namespace {

using v1::ConverseRequest;
using v1::ConverseResponse;

// What the agent told is on the wire already: it is not parsed anew.
std::string Wrap(std::string_view request_id, std::uint64_t sequence, int field_number, std::string_view message) {
  WireWriter frame;
  frame.BytesField(WireTag(ConverseResponse::kRequestIdFieldNumber, WireType::kLengthDelimited), request_id);
  frame.VarintField(WireTag(ConverseResponse::kSequenceFieldNumber, WireType::kVarint), sequence);
  frame.BytesField(WireTag(field_number, WireType::kLengthDelimited), message);
  return frame.Take();
}

}  // namespace

Asked AskedBy(ConverseRequest& frame, const std::string& tenant) {
  const auto asked = [&](std::string_view rpc, auto& request) -> Asked {
    if (request.tenant().empty()) request.set_tenant(tenant);
    return {rpc, request.SerializeAsString(), request.tenant()};
  };
  switch (frame.frame_case()) {
    case ConverseRequest::kSend:
      return asked("SendStreamingMessage", *frame.mutable_send());
    case ConverseRequest::kSubscribe:
      return asked("SubscribeToTask", *frame.mutable_subscribe());
    case ConverseRequest::kCancelTask:
      return asked("CancelTask", *frame.mutable_cancel_task());
    case ConverseRequest::kClose:
    case ConverseRequest::FRAME_NOT_SET:
      break;
  }
  return {};
}

std::string ConversationEventFrame(std::string_view request_id, std::uint64_t sequence, std::string_view event) {
  return Wrap(request_id, sequence, ConverseResponse::kEventFieldNumber, event);
}

std::string ConversationTaskFrame(std::string_view request_id, std::uint64_t sequence, std::string_view task) {
  return Wrap(request_id, sequence, ConverseResponse::kTaskFieldNumber, task);
}

std::string ConversationEndedFrame(std::string_view request_id, const absl::Status& status, const ToldTask& task) {
  ConverseResponse frame;
  frame.set_request_id(std::string(request_id));
  v1::RequestEnded& ended = *frame.mutable_ended();
  *ended.mutable_status() = ToRpcStatus(status);
  ended.set_task_id(task.id);
  ended.set_context_id(task.context_id);
  ended.set_last_state(static_cast<lf::a2a::v1::TaskState>(task.last_state));
  return frame.SerializeAsString();
}

std::string ConversationRefusedFrame(std::uint64_t frame_number, const absl::Status& status) {
  ConverseResponse frame;
  *frame.mutable_ended()->mutable_status() = ToRpcStatus(status);
  frame.mutable_ended()->set_frame(frame_number);
  return frame.SerializeAsString();
}

std::string ConversationDrainingFrame(std::chrono::milliseconds time_left) {
  ConverseResponse frame;
  *frame.mutable_draining()->mutable_time_left() =
      google::protobuf::util::TimeUtil::MillisecondsToDuration(time_left.count());
  return frame.SerializeAsString();
}

std::string ConversationHeartbeatFrame() {
  ConverseResponse frame;
  frame.mutable_heartbeat();
  return frame.SerializeAsString();
}

}  // namespace sluice::translate
