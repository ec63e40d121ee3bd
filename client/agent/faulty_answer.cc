#include "client/agent/faulty_answer.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <utility>

namespace sluice::agent {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

// How far the text is made ahead of what the socket takes.
constexpr std::size_t kMakeAhead = 64 << 10;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

const std::shared_ptr<Task>& TaskOf(const SiteAnswer::What& source) {
  static const std::shared_ptr<Task> kNone;
  if (const auto* feed = std::get_if<EventFeed>(&source)) return feed->task();
  const auto* end = std::get_if<TurnEnd>(&source);
  return end == nullptr ? kNone : end->task;
}

std::string Chunk(std::string_view bytes) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16).ptr;
  return std::string(digits.data(), end) + "\r\n" + std::string(bytes) + "\r\n";
}

std::string Head(const Fault& fault, const SiteAnswer::What& source, bool keep_alive) {
  std::string type = std::holds_alternative<EventFeed>(source) ? "text/event-stream" : "application/json";
  if (const auto* reply = std::get_if<HttpReply>(&source)) type = reply->content_type;
  if (!fault.content_type.empty()) type = fault.content_type;
  std::string head = "HTTP/1.1 " + std::to_string(fault.status) + (fault.status == 200 ? " OK" : " As ordered") +
                     "\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n";
  for (const auto& [name, value] : fault.headers) head += name + ": " + value + "\r\n";
  return head + (keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

FaultyBody::Kind KindOf(const SiteAnswer::What& source) {
  return std::holds_alternative<EventFeed>(source) ? FaultyBody::Kind::kEvents : FaultyBody::Kind::kJson;
}

}  // namespace

FaultyAnswer::FaultyAnswer(Connection& connection, Fault fault, SiteAnswer::What source, bool keep_alive)
    : connection_(connection),
      fault_(std::move(fault)),
      source_(std::move(source)),
      keep_alive_(keep_alive),
      body_(fault_, KindOf(source_)),
      drip_timer_(connection.get_executor()),
      comment_timer_(connection.get_executor()) {}

void FaultyAnswer::Start(const std::shared_ptr<void>& owner, std::function<void(std::optional<CutWay>)> on_end) {
  owner_ = owner;
  on_end_ = std::move(on_end);
  Follower& follower = *this;
  if (const auto& task = TaskOf(source_)) following_.emplace(task, follower);
  if (fault_.comments.count() > 0) SetCommentTimer();
  Pump();
}

std::string FaultyAnswer::task_id() const {
  const auto& task = TaskOf(source_);
  return task == nullptr ? std::string() : task->id;
}

void FaultyAnswer::Stop() {
  over_ = true;
  following_.reset();
  drip_timer_.cancel();
  comment_timer_.cancel();
}

void FaultyAnswer::SetCommentTimer() {
  comment_timer_.expires_after(fault_.comments);
  comment_timer_.async_wait([this, kept = Keep()](Error stopped) {
    if (stopped || over_) return;
    body_.Comment();
    Pump();
    if (!over_) SetCommentTimer();
  });
}

void FaultyAnswer::Pump() {
  if (writing_ || over_) return;
  auto state = EventFeed::State::kMore;
  std::string bytes = body_.TakeBytes();
  while (!body_.end() && bytes.empty() && state == EventFeed::State::kMore) {
    std::string text;
    state = Fill(text);
    body_.Feed(text);
    if (state == EventFeed::State::kEnded) body_.Finish();
    bytes = body_.TakeBytes();
  }
  const bool no_answer = fault_.cut && fault_.cut->place == CutPlace::kAnswer;
  if (!no_answer) Frame(bytes);
  if (!wire_.empty()) return Write();
  if (body_.end()) End(body_.end());
}

EventFeed::State FaultyAnswer::Fill(std::string& text) {
  if (auto* feed = std::get_if<EventFeed>(&source_)) return feed->Fill(text, kMakeAhead);
  if (auto* reply = std::get_if<HttpReply>(&source_)) {
    text = reply->body;
    return EventFeed::State::kEnded;
  }
  const auto& turn_end = std::get<TurnEnd>(source_);
  if (!turn_end.Reached()) return EventFeed::State::kWaiting;
  text = turn_end.Answer();
  return EventFeed::State::kEnded;
}

// The head comes with the first bytes, or with the end of a body that has none.
void FaultyAnswer::Frame(const std::string& bytes) {
  if (!head_made_ && (!bytes.empty() || body_.end())) {
    wire_ = Head(fault_, source_, keep_alive_);
    head_made_ = true;
  }
  if (!bytes.empty()) wire_ += Chunk(bytes);
  if (body_.end() == CutWay::kEnd && !over_) wire_ += kLastChunk;
}

void FaultyAnswer::Write() {
  writing_ = true;
  const std::size_t size = fault_.drip ? 1 : wire_.size() - written_;
  asio::async_write(connection_, asio::buffer(wire_.data() + written_, size),
                    [this, kept = Keep()](Error failed, std::size_t sent) { OnWritten(failed, sent); });
}

void FaultyAnswer::OnWritten(const Error& failed, std::size_t size) {
  if (over_) return;
  if (failed) return End(std::nullopt);
  written_ += size;
  if (written_ < wire_.size()) {
    drip_timer_.expires_after(fault_.drip.value_or(std::chrono::milliseconds(0)));
    drip_timer_.async_wait([this, kept = Keep()](Error stopped) {
      if (!stopped && !over_) Write();
    });
    return;
  }
  wire_.clear();
  written_ = 0;
  writing_ = false;
  body_.end() ? End(body_.end()) : Pump();
}

void FaultyAnswer::End(std::optional<CutWay> way) {
  Stop();
  const auto on_end = std::exchange(on_end_, nullptr);
  on_end(way);
}

}  // namespace sluice::agent
