#include "server/translate/session.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/translate/proto_message.h"
#include "server/translate/session_core.h"
#include "server/translate/session_frames.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {

absl::StatusOr<SessionOpen> ParseSessionOpen(std::string_view bytes) {
  v1::SessionRequest frame;
  if (!ParseBytes(bytes, frame)) {
    return absl::InvalidArgumentError("session: the first frame is not a sluice.v1.SessionRequest");
  }
  if (!frame.has_open()) return absl::InvalidArgumentError("session: the first frame must be an Open");
  if (!v1::CancelPolicy_IsValid(frame.open().on_cancel())) {
    return absl::InvalidArgumentError("session: Open.on_cancel is no CancelPolicy of this gateway");
  }
  SessionOpen open;
  open.upstream = frame.open().upstream();
  for (const auto& [name, value] : frame.open().headers()) {
    open.headers.emplace_back(absl::AsciiStrToLower(name), value);
  }
  open.close_only = frame.open().on_cancel() == v1::CANCEL_POLICY_CLOSE;
  open.resume_token = frame.open().resume_token();
  return open;
}

Session::Session(Options options) : core_(std::make_unique<SessionCore>(std::move(options))) {}
Session::~Session() = default;

Session::Step Session::Begin(const SessionResume* resume) {
  core_->Begin(resume);
  return core_->TakeStep();
}

Session::Step Session::OnFrame(std::string_view frame) {
  core_->OnFrame(frame);
  return core_->TakeStep();
}

Session::Step Session::OnHalfClose() {
  core_->OnHalfClose();
  return core_->TakeStep();
}

Session::Step Session::OnHead(Key key, const ResponseHead& head) {
  core_->OnHead(key, head);
  return core_->TakeStep();
}

Session::Step Session::OnBytes(Key key, std::string_view bytes) {
  core_->OnBytes(key, bytes);
  return core_->TakeStep();
}

Session::Step Session::OnEnd(Key key, const ExchangeEnd& end) {
  core_->OnEnd(key, end);
  return core_->TakeStep();
}

Session::Step Session::OnTimer(TimerId id) {
  core_->OnTimer(id);
  return core_->TakeStep();
}

Session::Step Session::OnDraining(std::chrono::milliseconds time_left) {
  core_->OnDraining(time_left);
  return core_->TakeStep();
}

Session::Step Session::OnCancelled(bool draining) {
  core_->OnCancelled(draining);
  return core_->TakeStep();
}

void Session::GiveUp(Key key, const absl::Status& why, Step& step) {
  core_->GiveUp(key, why);
  step.Append(core_->TakeStep());
}

std::string Session::Heartbeat() const { return HeartbeatFrame(); }
std::size_t Session::pending_bytes() const { return core_->held_bytes(); }
std::uint64_t Session::dropped_responses() const { return core_->dropped(); }
std::size_t Session::under_way() const { return core_->under_way(); }

}  // namespace sluice::translate
