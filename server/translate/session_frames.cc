#include "server/translate/session_frames.h"

#include <utility>

#include "server/translate/rpc_status.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {
namespace {

using v1::SessionResponse;

}  // namespace

std::string OpenedFrame(std::string_view upstream, std::string_view kind, std::string_view era) {
  SessionResponse frame;
  frame.mutable_opened()->set_upstream(std::string(upstream));
  frame.mutable_opened()->set_kind(std::string(kind));
  frame.mutable_opened()->set_era(std::string(era));
  return frame.SerializeAsString();
}

std::string MessageFrame(std::string json, std::string_view request_id, std::string event_id, std::uint64_t sequence) {
  SessionResponse frame;
  frame.mutable_message()->set_json(std::move(json));
  frame.mutable_message()->set_request_id(std::string(request_id));
  frame.mutable_message()->set_event_id(std::move(event_id));
  frame.mutable_message()->set_sequence(sequence);
  return frame.SerializeAsString();
}

std::string EndedFrame(std::string_view request_id, std::uint64_t frame_number, const absl::Status& status) {
  SessionResponse frame;
  frame.mutable_ended()->set_request_id(std::string(request_id));
  frame.mutable_ended()->set_frame(frame_number);
  *frame.mutable_ended()->mutable_status() = ToRpcStatus(status);
  return frame.SerializeAsString();
}

std::string NegotiatedFrame(std::string_view era, std::string_view version, std::string_view session_id,
                            std::string token) {
  SessionResponse frame;
  frame.mutable_negotiated()->set_era(std::string(era));
  frame.mutable_negotiated()->set_protocol_version(std::string(version));
  frame.mutable_negotiated()->set_session_id(std::string(session_id));
  frame.mutable_negotiated()->set_resume_token(std::move(token));
  return frame.SerializeAsString();
}

std::string DrainingFrame(std::chrono::milliseconds time_left, std::string token) {
  SessionResponse frame;
  auto* left = frame.mutable_draining()->mutable_time_left();
  left->set_seconds(time_left.count() / 1000);
  left->set_nanos(static_cast<std::int32_t>(time_left.count() % 1000 * 1'000'000));
  frame.mutable_draining()->set_resume_token(std::move(token));
  return frame.SerializeAsString();
}

std::string HeartbeatFrame() {
  SessionResponse frame;
  frame.mutable_heartbeat();
  return frame.SerializeAsString();
}

}  // namespace sluice::translate
