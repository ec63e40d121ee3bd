#include "server/translate/a2a_seen.h"

#include <algorithm>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/translate/a2a_end_rule.h"

namespace sluice::translate {
namespace {

using lf::a2a::v1::Artifact;
using lf::a2a::v1::Message;
using lf::a2a::v1::Part;
using lf::a2a::v1::StreamResponse;
using lf::a2a::v1::TaskStatus;
// Not lf::a2a::v1::Task by a short name: flows have a Task of their own.

std::uint64_t Hash(std::string_view text) {
  PartsDigest digest;
  digest.Add(text);
  return digest.hash();
}

// Equal messages have equal bytes: members of a google.protobuf.Struct are sorted.
std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

std::string RowOf(const Part& part) {
  if (part.has_text()) return part.text();
  constexpr char kMark = '\xff';  // never a byte of UTF-8
  const std::string bytes = Deterministic(part);
  return kMark + std::to_string(bytes.size()) + kMark + bytes;
}

PartsDigest DigestOf(const Artifact& artifact, PartsDigest digest = {}) {
  for (const Part& part : artifact.parts()) digest.Add(RowOf(part));
  return digest;
}

// The parts behind those that `seen` stands for, in an artifact with the same id and nothing else. Nothing when the
// artifact does not begin with them.
std::optional<Artifact> Behind(const Artifact& artifact, const PartsDigest& seen) {
  Artifact rest;
  rest.set_artifact_id(artifact.artifact_id());
  PartsDigest walked;
  for (const Part& part : artifact.parts()) {
    const std::string row = RowOf(part);
    const std::uint64_t known = std::min<std::uint64_t>(row.size(), seen.size() - walked.size());
    if (known < row.size() && known > 0 && !part.has_text()) return std::nullopt;
    walked.Add(std::string_view(row).substr(0, known));
    if (known == row.size()) continue;
    *rest.add_parts() = part;
    if (known > 0) rest.mutable_parts()->rbegin()->set_text(row.substr(known));
  }
  if (walked != seen) return std::nullopt;
  return rest;
}

}  // namespace

void PartsDigest::Add(std::string_view bytes) {
  for (const char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  size_ += bytes.size();
}

bool A2aSeen::Note(const StreamResponse& event) {
  if (event.has_message()) return NoteMessage(event.message());
  if (event.has_status_update()) return NoteStatus(event.status_update().status());
  if (event.has_artifact_update()) {
    return NoteArtifact(event.artifact_update().artifact(), event.artifact_update().append());
  }
  bool is_new = NoteStatus(event.task().status());
  for (const Message& message : event.task().history()) is_new |= NoteMessage(message);
  for (const Artifact& artifact : event.task().artifacts()) is_new |= NoteArtifact(artifact, /*append=*/false);
  return is_new;
}

A2aMissed A2aSeen::TakeSnapshot(const lf::a2a::v1::Task& task) {
  A2aMissed missed;
  missed.hidden = HiddenBy(task);
  for (const Artifact& artifact : task.artifacts()) MissedOf(task, artifact, missed);
  const bool changed = !status_ || !IsSame(*status_, Digest(task.status()));
  missed.statuses = MayHaveMissedStatuses(task, changed);
  if (changed) {
    auto& update = *missed.events.emplace_back().mutable_status_update();
    update.set_task_id(task.id());
    update.set_context_id(task.context_id());
    *update.mutable_status() = task.status();
  }
  NoteStatus(task.status());
  for (const Message& message : task.history()) NoteMessage(message);
  return missed;
}

int A2aSeen::HiddenBy(const lf::a2a::v1::Task& task) const {
  const auto is_known = [&](const Artifact& one) { return artifacts_.contains(Hash(one.artifact_id())); };
  const auto shown = std::count_if(task.artifacts().begin(), task.artifacts().end(), is_known);
  return std::max(0, static_cast<int>(artifacts_.size()) - static_cast<int>(shown));
}

void A2aSeen::MissedOf(const lf::a2a::v1::Task& task, const Artifact& artifact, A2aMissed& missed) {
  const auto seen = artifacts_.find(Hash(artifact.artifact_id()));
  const bool known = seen != artifacts_.end();
  const std::optional<Artifact> rest = known ? Behind(artifact, seen->second) : std::nullopt;
  if (rest && rest->parts().empty()) return;
  // One that is not remembered may have been told, or not. One that is shorter than what the client has may be older:
  // in the place of that it would take something away.
  const bool cannot_say = known ? !rest && DigestOf(artifact).size() < seen->second.size() : artifacts_full_;
  if (cannot_say) return missed.artifacts.push_back(artifact.artifact_id());
  auto& update = *missed.events.emplace_back().mutable_artifact_update();
  update.set_task_id(task.id());
  update.set_context_id(task.context_id());
  *update.mutable_artifact() = rest.value_or(artifact);
  update.set_append(rest.has_value());
  update.set_last_chunk(IsTerminalState(task.status().state()));
  NoteArtifact(update.artifact(), update.append());
}

// A status that is displaced by the next leaves its message in the history, if the agent keeps these: then the message
// of the client's last status is there.
bool A2aSeen::MayHaveMissedStatuses(const lf::a2a::v1::Task& task, bool changed) const {
  if (changed && (task.history().empty() || messages_full_)) return true;
  const std::uint64_t displaced = changed && status_ ? status_->message : 0;
  const auto is_displaced = [&](const Message& message) { return Hash(message.message_id()) == displaced; };
  const bool is_current = displaced == Digest(task.status()).message;
  if (displaced != 0 && !is_current && std::none_of(task.history().begin(), task.history().end(), is_displaced)) {
    return true;
  }
  return std::any_of(task.history().begin(), task.history().end(), [&](const Message& message) {
    return message.role() == lf::a2a::v1::ROLE_AGENT && !messages_full_ &&
           !messages_.contains(Hash(message.message_id()));
  });
}

A2aSeen::StatusSeen A2aSeen::Digest(const TaskStatus& status) {
  StatusSeen digest;
  digest.state = status.state();
  if (status.has_message()) digest.message = Hash(status.message().message_id());
  if (status.has_timestamp()) digest.timestamp = {status.timestamp().seconds(), status.timestamp().nanos()};
  return digest;
}

// An agent may leave the time out here or there.
bool A2aSeen::IsSame(const StatusSeen& a, const StatusSeen& b) {
  return a.state == b.state && a.message == b.message && (!a.timestamp || !b.timestamp || *a.timestamp == *b.timestamp);
}

bool A2aSeen::NoteStatus(const TaskStatus& status) {
  const StatusSeen digest = Digest(status);
  const bool is_new = !status_ || !IsSame(*status_, digest);
  status_ = digest;
  if (status.has_message()) NoteMessage(status.message());
  return is_new;
}

bool A2aSeen::NoteMessage(const Message& message) {
  const std::uint64_t id = Hash(message.message_id());
  if (messages_.size() >= kMostMessages && !messages_.contains(id)) {
    messages_full_ = true;
    return false;
  }
  return messages_.insert(id).second;
}

bool A2aSeen::NoteArtifact(const Artifact& artifact, bool append) {
  const std::uint64_t id = Hash(artifact.artifact_id());
  const auto found = artifacts_.find(id);
  const bool known = found != artifacts_.end();
  if (!known && artifacts_.size() >= kMostArtifacts) {
    artifacts_full_ = true;
    return false;
  }
  const PartsDigest digest = DigestOf(artifact, append && known ? found->second : PartsDigest());
  if (known && found->second == digest) return false;
  artifacts_[id] = digest;
  return true;
}

}  // namespace sluice::translate
