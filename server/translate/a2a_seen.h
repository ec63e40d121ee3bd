// What the client of one A2A stream has been told, and what a snapshot of the task shows beyond it.
// Pure. A2A 1.0, "Task", "TaskArtifactUpdateEvent", "TaskStatusUpdateEvent".
#ifndef SLUICE_SERVER_TRANSLATE_A2A_SEEN_H_
#define SLUICE_SERVER_TRANSLATE_A2A_SEEN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::translate {

// The parts of an artifact as one row of bytes, kept as its length and a hash (FNV-1a, 64 bits). Text counts as its
// bytes alone: an agent's snapshot may have the pieces that it sent as parts of their own or as one, and both are the
// same row. Any other part counts as a mark that no text holds, its length and its bytes.
class PartsDigest {
 public:
  void Add(std::string_view bytes);
  std::uint64_t size() const { return size_; }
  std::uint64_t hash() const { return hash_; }
  bool operator==(const PartsDigest&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

// What a client missed. It can tell a gap by itself where a snapshot shows less than, or something else than, what the
// client has; what came and went between two looks leaves no trace in a snapshot.
struct A2aMissed {
  // Artifacts in the task's order, then the status. An artifact that goes on from what the client has is appended to
  // it; one that is another takes its place.
  std::vector<lf::a2a::v1::StreamResponse> events;
  // Gaps: content that cannot be told.
  std::vector<std::string> artifacts;  // ids of those that are shorter than what the client has, or not remembered
  int hidden = 0;                      // how many that the client has are not in the snapshot
  bool statuses = false;               // there were statuses, or may have been, whose messages the client has not

  bool has_gap() const { return statuses || hidden > 0 || !artifacts.empty(); }
};

// Memory: at most kMostArtifacts digests and kMostMessages hashes of ids, about 64 KiB in all; beyond that what is new
// is not remembered, and a snapshot is then said to have a gap there.
class A2aSeen {
 public:
  static constexpr std::size_t kMostArtifacts = 256;
  static constexpr std::size_t kMostMessages = 1024;
  static constexpr std::size_t kArtifactBytes = 64;  // a node of the map and its place in it
  static constexpr std::size_t kMessageBytes = 48;

  // About what it takes.
  std::size_t bytes() const { return artifacts_.size() * kArtifactBytes + messages_.size() * kMessageBytes; }

  // The client is told this event. Whether it says anything that the client had not.
  bool Note(const lf::a2a::v1::StreamResponse& event);

  // What `task`, as it stands now, shows that the client was not told; from now on it was.
  A2aMissed TakeSnapshot(const lf::a2a::v1::Task& task);

 private:
  struct StatusSeen {
    int state = 0;
    std::uint64_t message = 0;                                       // hash of its id; 0: none
    std::optional<std::pair<std::int64_t, std::int32_t>> timestamp;  // seconds, nanoseconds
  };
  static StatusSeen Digest(const lf::a2a::v1::TaskStatus& status);
  static bool IsSame(const StatusSeen& a, const StatusSeen& b);

  // Whether it is new; what is beyond the bounds never is.
  bool NoteStatus(const lf::a2a::v1::TaskStatus& status);
  bool NoteMessage(const lf::a2a::v1::Message& message);
  bool NoteArtifact(const lf::a2a::v1::Artifact& artifact, bool append);
  int HiddenBy(const lf::a2a::v1::Task& task) const;
  void MissedOf(const lf::a2a::v1::Task& task, const lf::a2a::v1::Artifact& artifact, A2aMissed& missed);
  bool MayHaveMissedStatuses(const lf::a2a::v1::Task& task, bool changed) const;

  std::optional<StatusSeen> status_;
  std::unordered_map<std::uint64_t, PartsDigest> artifacts_;  // by the hash of the id
  bool artifacts_full_ = false;                               // some are not remembered
  std::unordered_set<std::uint64_t> messages_;                // hashes of ids
  bool messages_full_ = false;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_SEEN_H_
