// The answer of a streaming call as a range.
#ifndef SLUICE_CLIENT_STREAM_H_
#define SLUICE_CLIENT_STREAM_H_

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "sluice/client/call.h"

namespace sluice::client {

// The messages of one call, in the order they were sent; read once, waited for one by one:
//
//   auto stream = client.SendStreamingMessage(request);
//   for (const auto& event : stream) Show(event);
//   if (!stream.status().ok()) ...
//
// Leaving such a loop early, by break, return or an exception, cancels the call. Next() is for programs that want to
// pause and go on.
//
// Thread: one, but for Cancel, which may be called from any. Lifetime: destroying a stream that is not over cancels
// it. Not to be moved while a loop runs.
template <typename Message>
class [[nodiscard]] Stream {
 public:
  class Iterator;

  explicit Stream(Call call) : call_(std::move(call)) {}

  // Waits for the next message. Nothing: the stream is over.
  std::optional<Message> Next() {
    if (!broken_.ok()) return std::nullopt;
    const std::optional<std::string> bytes = call_.Read();
    if (!bytes) return std::nullopt;
    std::optional<Message> message(std::in_place);
    if (message->ParseFromString(*bytes)) return message;
    broken_ = absl::InternalError("a message of the server is not a " + std::string(message->GetTypeName()));
    Cancel();
    return std::nullopt;
  }

  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

  // How the stream ended: OK only if the server said OK; INTERNAL if it sent what is no Message. Meant for after the
  // last message or Cancel(); before that it is FAILED_PRECONDITION.
  absl::Status status() {
    absl::Status ended = call_.status();
    return broken_.ok() ? ended : broken_;
  }

  // Ends the stream as soon as possible, also for a thread that waits in Next(). Without effect when it is over.
  void Cancel() { call_.Cancel(); }

 protected:
  Call call_;

 private:
  absl::Status broken_;  // why this side gave up
};

// A C++20 input iterator: move-only. The messages stay valid until it is incremented.
template <typename Message>
class Stream<Message>::Iterator {
 public:
  using iterator_concept = std::input_iterator_tag;
  using value_type = Message;
  using difference_type = std::ptrdiff_t;

  explicit Iterator(Stream& stream) : stream_(&stream), message_(stream.Next()) {}
  Iterator(Iterator&& other) noexcept
      : stream_(std::exchange(other.stream_, nullptr)), message_(std::move(other.message_)) {}
  Iterator& operator=(Iterator&& other) noexcept {
    std::swap(stream_, other.stream_);
    std::swap(message_, other.message_);
    return *this;
  }
  ~Iterator() {
    if (stream_ != nullptr && message_) stream_->Cancel();
  }

  const Message& operator*() const { return *message_; }
  const Message* operator->() const { return &*message_; }
  Iterator& operator++() {
    message_ = stream_->Next();
    return *this;
  }
  void operator++(int) { ++*this; }
  friend bool operator==(const Iterator& iterator, std::default_sentinel_t) { return !iterator.message_; }

 private:
  Stream* stream_;  // null: moved from
  std::optional<Message> message_;
};

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_STREAM_H_
