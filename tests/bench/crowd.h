// Very many streams of one client, held open at once: opened, counted, cancelled, waited for.
#ifndef SLUICE_TESTS_BENCH_CROWD_H_
#define SLUICE_TESTS_BENCH_CROWD_H_

#include <grpcpp/completion_queue.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/stream_client.h"

namespace sluice::bench {

// SendStreamingMessage calls, in turn on all channels, read as raw bytes by one thread.
// Thread: the owner's. Lifetime: the destructor cancels what is open and waits for its end.
class Crowd {
 public:
  struct Counts {
    std::size_t opened = 0;
    std::size_t begun = 0;  // have had their first message
    std::size_t over = 0;   // have their status
    std::int64_t messages = 0;
    std::map<int, std::size_t> statuses;                 // gRPC code → streams
    std::map<std::int64_t, std::size_t> messages_of_ok;  // messages of a stream that ended OK → streams
    std::map<std::string, std::size_t> errors;           // "14 message" → streams
    std::size_t waiting() const { return opened - begun; }
  };

  explicit Crowd(Channels channels);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  // `streams` more, with `text` as the message. No more than `at_once` of them wait for their first message at a time.
  // False: one of them did not come within `patience`.
  bool Open(std::size_t streams, const std::string& text, std::size_t at_once = 256,
            std::chrono::seconds patience = std::chrono::seconds(60));
  // Cancels the streams from the `first` opened on.
  void Cancel(std::size_t first, std::size_t count);
  // False: it did not come true within `patience`.
  bool WaitUntil(const std::function<bool(const Counts&)>& wanted,
                 std::chrono::seconds patience = std::chrono::seconds(60));
  Counts counts();

 private:
  struct Stream;

  void Start(const std::string& text);
  void Read();
  // True: there is a next operation, and it was started.
  bool OnDone(Stream& stream, bool ok);
  void CountMessage(Stream& stream);
  void CountEnd(const Stream& stream);

  const Channels channels_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::mutex mu_;
  std::condition_variable changed_;
  Counts counts_;  // guarded by mu_
  std::thread reader_;
};

}  // namespace sluice::bench

#endif  // SLUICE_TESTS_BENCH_CROWD_H_
