// Makes one stream of an A2A stream and its re-subscriptions: when to ask again, what the client has missed, and where
// a gap is. Pure; the jitter comes from a seed. A2A 1.0, "SubscribeToTask".
#ifndef SLUICE_SERVER_TRANSLATE_A2A_RESUME_H_
#define SLUICE_SERVER_TRANSLATE_A2A_RESUME_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_seen.h"

namespace sluice::translate {

// What ends a stream decides what follows. The first stream is the answer to the client's own request.
//
//   ended with                                    | first stream  | re-subscription
//   OK                                            | that          | that
//   UPSTREAM_STREAM_TRUNCATED, ..._TIMEOUT_IDLE   | subscribe     | subscribe
//   UPSTREAM_UNREACHABLE, ..._TIMEOUT_CONNECT,    | that          | subscribe
//     ..._TIMEOUT_FIRST_BYTE, HTTP 429, 5xx       |               |
//   TASK_NOT_FOUND (-32001)                       | that          | the cut: the task is lost
//   any other JSON-RPC error, as -32004           | that          | ask for the task: it may be over
//   a JSON-RPC error behind an event              | that          | that
//   a message that is wrong, a limit, HTTP 404... | that          | the cut
//
// The first stream must have told its task, unless it is a subscription of the client's own. The cut is the error of
// the cut, which says in `resume_failed` what the last attempt met.
//
//   the task is over or waits for its user        | OK, after what was missed of it
//   the task runs, or the answer is an error      | the cut
//
// An agent of 0.3 need not tell the task in a subscription, so that it is asked for the task before each one. What
// comes between the two is still unknown, and said to be a gap, unless its subscription begins with the task after all.
//
// Not more than kAttempts in a row without progress, which is an event that is new to the client or the task as it
// stands, and not more than kMostResumed streams of one call. Between a cut and the next attempt are 100 ms, doubled up
// to 5 s, of which up to a half is taken off at random.
class A2aResume {
 public:
  static constexpr int kAttempts = 7;
  static constexpr int kMostResumed = 100;
  static constexpr std::chrono::milliseconds kFirstWait{100};
  static constexpr std::chrono::milliseconds kLongestWait{5000};

  // `subscription`: the client's own request is one, so that its task is known before anything is told.
  A2aResume(std::uint32_t seed, A2aVersion agent, bool subscription)
      : asks_first_(agent == A2aVersion::k03), subscription_(subscription), random_(seed) {}

  // An agent of 0.3 need not tell the task in the client's own subscription either: so it is asked for it before the
  // first stream, and the client is told it if it runs. `messages` as for OnTask.
  bool asks_before_first() const { return asks_first_ && subscription_ && !began_ && cut_.ok(); }
  void TellFirst(const std::string& task, std::vector<A2aMessage>& messages);

  // In: the next events of the stream that runs. Out: what the client is to get in their place.
  void Pass(std::vector<A2aMessage>& messages);

  struct Next {
    enum class Do { kEnd, kSubscribe, kAskTask };
    Do what = Do::kEnd;
    absl::Status end;                   // kEnd
    std::chrono::milliseconds wait{0};  // before it is done
  };
  // The stream that runs ended so, and not by a cancel of the call. `task_id` is empty while it is not known.
  Next OnEnd(const absl::Status& end, std::string_view task_id);
  // What kAskTask brought: a lf.a2a.v1.Task, serialized. `messages` gets what the client is to be told.
  Next OnTask(const absl::StatusOr<std::string>& task, std::vector<A2aMessage>& messages);

  // A re-subscription's task waits for its user, and nothing has been told since. Agents may keep such a stream open
  // and silent; the one that was cut would have ended there. So it ends OK if nothing comes for the grace.
  bool waits() const { return waits_; }

  // What it remembers of what was told, about.
  std::size_t kept_bytes() const { return seen_.bytes(); }
  int resumed() const { return resumed_; }  // how often the stream went on
  int gaps() const { return gaps_; }        // marks that the client got, or would have got with a next event

 private:
  static constexpr std::size_t kMostNamed = 16;      // artifacts, in a mark
  static constexpr std::size_t kLongestNamed = 256;  // bytes of an id that is named

  enum class Ending { kFinal, kCut, kNoStream, kTaskLost, kRefused };
  static Ending Judge(const absl::Status& end);

  // Both: whether there was anything new.
  bool PassSnapshot(const lf::a2a::v1::Task& task, std::vector<A2aMessage>& out);
  bool PassEvent(lf::a2a::v1::StreamResponse event, A2aMessage message, std::vector<A2aMessage>& out);
  void MarkGap(std::string_view reason, const std::vector<std::string>& artifacts);
  Next TryAgain(const absl::Status& last);
  Next GiveUp(const absl::Status& last) const;

  const bool asks_first_;
  const bool subscription_;
  std::minstd_rand random_;
  A2aSeen seen_;
  bool began_ = false;            // the client was told something
  bool awaits_snapshot_ = false;  // a re-subscription that has told nothing yet
  bool waits_ = false;
  absl::Status refused_;  // why the agent does not let us subscribe
  int attempts_ = 0;      // in a row, without progress
  int resumed_ = 0;
  int gaps_ = 0;
  absl::Status cut_;                   // what the client gets if the stream does not go on
  google::protobuf::Struct gap_mark_;  // for the metadata of the next event; no fields: none
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_RESUME_H_
