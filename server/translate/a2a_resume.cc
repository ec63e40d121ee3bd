#include "server/translate/a2a_resume.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/a2a_end_rule.h"

namespace sluice::translate {
namespace {

using lf::a2a::v1::StreamResponse;
using std::chrono::milliseconds;

// An agent that restarts or is too busy, and the gateways and proxies in front of it.
bool IsAway(int http_status) { return http_status == 429 || (http_status >= 500 && http_status <= 599); }

google::protobuf::Struct* MetadataOf(StreamResponse& event) {
  switch (event.payload_case()) {
    case StreamResponse::kTask:
      return event.mutable_task()->mutable_metadata();
    case StreamResponse::kMessage:
      return event.mutable_message()->mutable_metadata();
    case StreamResponse::kStatusUpdate:
      return event.mutable_status_update()->mutable_metadata();
    case StreamResponse::kArtifactUpdate:
      return event.mutable_artifact_update()->mutable_metadata();
    case StreamResponse::PAYLOAD_NOT_SET:
      break;
  }
  return nullptr;
}

}  // namespace

A2aResume::Ending A2aResume::Judge(const absl::Status& end) {
  struct Row {
    std::string_view reason;
    Ending ending;
  };
  static constexpr auto kRows = std::to_array<Row>({
      {reason::kUpstreamStreamTruncated, Ending::kCut},
      {reason::kUpstreamTimeoutIdle, Ending::kCut},
      {reason::kUpstreamUnreachable, Ending::kNoStream},
      {reason::kUpstreamTimeoutConnect, Ending::kNoStream},
      {reason::kUpstreamTimeoutFirstByte, Ending::kNoStream},
      {"TASK_NOT_FOUND", Ending::kTaskLost},
  });
  const std::string told = ErrorReason(end);
  const auto* row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& one) { return one.reason == told; });
  if (row != kRows.end()) return row->ending;
  if (ErrorDomain(end) == reason::kA2aDomain) return Ending::kRefused;
  const bool away = IsAway(std::atoi(ErrorMetadataValue(end, "http_status").c_str()));
  return away ? Ending::kNoStream : Ending::kFinal;
}

void A2aResume::Pass(std::vector<A2aMessage>& messages) {
  if (messages.empty()) return;
  std::vector<A2aMessage> out;
  bool progress = false;
  for (A2aMessage& message : messages) {
    StreamResponse event;
    if (!event.ParseFromString(message.wire)) {  // cannot be: we wrote it
      out.push_back(std::move(message));
      continue;
    }
    if (std::exchange(awaits_snapshot_, false)) {
      if (!cut_.ok()) ++resumed_;
      if (event.has_task()) {
        PassSnapshot(event.task(), out);
        waits_ = ToldByState(event.task().status().state()) == LastTold::kInterrupted;
        progress = true;  // the agent is there, and has the task
        continue;
      }
      if (began_) MarkGap("the agent told no snapshot of the task", {});
    }
    waits_ = false;
    progress |= PassEvent(std::move(event), std::move(message), out);
  }
  if (progress) attempts_ = 0;
  messages = std::move(out);
}

bool A2aResume::PassEvent(StreamResponse event, A2aMessage message, std::vector<A2aMessage>& out) {
  began_ = true;
  const bool is_new = seen_.Note(event);
  if (!gap_mark_.fields().empty()) {
    if (auto* metadata = MetadataOf(event)) {
      metadata->MergeFrom(std::exchange(gap_mark_, {}));
      message.wire = event.SerializeAsString();
    }
  }
  out.push_back(std::move(message));
  return is_new;
}

bool A2aResume::PassSnapshot(const lf::a2a::v1::Task& task, std::vector<A2aMessage>& out) {
  if (!began_) {
    StreamResponse whole;
    *whole.mutable_task() = task;
    A2aMessage message{whole.SerializeAsString()};
    return PassEvent(std::move(whole), std::move(message), out);
  }
  A2aMissed missed = seen_.TakeSnapshot(task);
  if (missed.has_gap()) {
    MarkGap(missed.statuses ? "statuses may have come and gone" : "the task shows other content than was told",
            missed.artifacts);
  }
  for (StreamResponse& event : missed.events) {
    if (!gap_mark_.fields().empty()) MetadataOf(event)->MergeFrom(std::exchange(gap_mark_, {}));
    out.push_back({event.SerializeAsString()});
  }
  return !missed.events.empty();
}

void A2aResume::MarkGap(std::string_view reason, const std::vector<std::string>& artifacts) {
  ++gaps_;
  auto& fields = *gap_mark_.mutable_fields();
  fields["sluice.gap"].set_bool_value(true);
  fields["sluice.gap.reason"].set_string_value(std::string(reason));
  if (artifacts.empty()) return;
  auto& ids = *fields["sluice.gap.artifacts"].mutable_list_value();
  for (const std::string& id : artifacts) {
    if (id.size() > kLongestNamed) continue;
    if (static_cast<std::size_t>(ids.values_size()) < kMostNamed) ids.add_values()->set_string_value(id);
  }
}

A2aResume::Next A2aResume::OnEnd(const absl::Status& end, std::string_view task_id) {
  if (end.ok()) return {Next::Do::kEnd, end};
  const Ending ending = Judge(end);
  const bool first = cut_.ok();
  const bool of_client = first && !awaits_snapshot_;
  if (of_client && (ending != Ending::kCut || !(began_ || subscription_) || task_id.empty())) {
    return {Next::Do::kEnd, end};
  }
  const bool agents_own = ending == Ending::kRefused || ending == Ending::kTaskLost;
  if (agents_own && !awaits_snapshot_) return {Next::Do::kEnd, end};  // of the stream, not of the subscription
  if (first || (ending == Ending::kCut && attempts_ == 0)) cut_ = end;
  refused_ = ending == Ending::kRefused ? end : absl::OkStatus();
  if (ending == Ending::kRefused) return {Next::Do::kAskTask};
  return ending == Ending::kCut || ending == Ending::kNoStream ? TryAgain(end) : GiveUp(end);
}

void A2aResume::TellFirst(const std::string& task, std::vector<A2aMessage>& messages) {
  lf::a2a::v1::Task snapshot;
  const bool runs = snapshot.ParseFromString(task) && ToldByState(snapshot.status().state()) == LastTold::kRunning;
  if (!runs) return;  // what is to be said of it comes from the subscription
  PassSnapshot(snapshot, messages);
  awaits_snapshot_ = true;
}

A2aResume::Next A2aResume::OnTask(const absl::StatusOr<std::string>& task, std::vector<A2aMessage>& messages) {
  if (!task.ok()) {
    const Ending ending = Judge(task.status());
    const bool again = ending == Ending::kCut || ending == Ending::kNoStream;
    return again ? TryAgain(task.status()) : GiveUp(task.status());
  }
  lf::a2a::v1::Task snapshot;
  if (!snapshot.ParseFromString(*task)) return GiveUp(absl::InternalError("a task that does not parse"));
  const LastTold told = ToldByState(snapshot.status().state());
  if (told == LastTold::kRunning && !refused_.ok()) return GiveUp(refused_);
  if (PassSnapshot(snapshot, messages)) attempts_ = 0;
  if (told == LastTold::kRunning) return {Next::Do::kSubscribe};
  ++resumed_;
  if (!messages.empty()) messages.back().final_update = true;
  return {Next::Do::kEnd, absl::OkStatus()};
}

A2aResume::Next A2aResume::TryAgain(const absl::Status& last) {
  if (attempts_ >= kAttempts || resumed_ >= kMostResumed) return GiveUp(last);
  const milliseconds longest = std::min(kFirstWait * (1 << attempts_), kLongestWait);
  ++attempts_;
  awaits_snapshot_ = true;
  std::uniform_int_distribution<milliseconds::rep> wait(longest.count() / 2, longest.count());
  return {asks_first_ ? Next::Do::kAskTask : Next::Do::kSubscribe, {}, milliseconds(wait(random_))};
}

A2aResume::Next A2aResume::GiveUp(const absl::Status& last) const {
  std::string why = ErrorReason(last);
  if (why.empty()) why = absl::StatusCodeToString(last.code());
  absl::Status end = WithMessage(cut_, absl::StrCat(cut_.message(), "; the stream could not be resumed: ", why));
  AddErrorMetadata(end, "resume_failed", why);
  return {Next::Do::kEnd, std::move(end)};
}

}  // namespace sluice::translate
