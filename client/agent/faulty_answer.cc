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

std::string Chunk(std::string_view bytes) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16).ptr;
  return std::string(digits.data(), end) + "\r\n" + std::string(bytes) + "\r\n";
}

std::string Head(const Fault& fault, const HttpReply& reply, bool keep_alive) {
  const std::string& type = fault.content_type.empty() ? reply.content_type : fault.content_type;
  const int status = fault.status == 200 ? reply.status : fault.status;
  std::string head = "HTTP/1.1 " + std::to_string(status) + (status == 200 ? " OK" : " As ordered") +
                     "\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n";
  for (const HttpHeaders* headers : {&reply.headers, &fault.headers}) {
    for (const auto& [name, value] : *headers) head += name + ": " + value + "\r\n";
  }
  return head + (keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

std::unique_ptr<Feed> TakeFeed(SiteAnswer::What& what) {
  auto* feed = std::get_if<std::unique_ptr<Feed>>(&what);
  return feed == nullptr ? nullptr : std::move(*feed);
}

// Called after TakeFeed(), which leaves the kind of a stream to be known from `feed`.
HttpReply TakeReply(SiteAnswer& answer, const Feed* feed) {
  if (feed == nullptr) return std::move(std::get<HttpReply>(answer.what));
  HttpReply reply{.headers = std::move(answer.headers)};
  if (feed->kind() == Feed::Kind::kEvents) reply.content_type = "text/event-stream";
  return reply;
}

}  // namespace

FaultyAnswer::FaultyAnswer(Connection& connection, SiteAnswer answer, bool keep_alive)
    : connection_(connection),
      fault_(std::move(*answer.fault)),
      feed_(TakeFeed(answer.what)),
      head_at_once_(answer.head_at_once),
      reply_(TakeReply(answer, feed_.get())),
      keep_alive_(keep_alive),
      body_(fault_, feed_ == nullptr ? Feed::Kind::kJson : feed_->kind()),
      drip_timer_(connection.get_executor()),
      comment_timer_(connection.get_executor()) {}

void FaultyAnswer::Start(const std::shared_ptr<void>& owner, std::function<void(std::optional<CutWay>)> on_end) {
  owner_ = owner;
  on_end_ = std::move(on_end);
  Follower& follower = *this;
  const auto followed = feed_ == nullptr ? nullptr : feed_->followed();
  if (followed != nullptr) following_.emplace(followed, follower);
  if (fault_.comments.count() > 0) SetCommentTimer();
  Pump();
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
  auto state = Feed::State::kMore;
  std::string bytes = body_.TakeBytes();
  while (!body_.end() && bytes.empty() && state == Feed::State::kMore) {
    std::string text;
    state = Fill(text);
    body_.Feed(text);
    if (state == Feed::State::kEnded) body_.Finish();
    bytes = body_.TakeBytes();
  }
  const bool no_answer = fault_.cut && fault_.cut->place == CutPlace::kAnswer;
  if (!no_answer) Frame(bytes);
  if (!wire_.empty()) return Write();
  if (body_.end()) End(body_.end());
}

Feed::State FaultyAnswer::Fill(std::string& text) {
  if (feed_ != nullptr) return feed_->Fill(text, kMakeAhead);
  text = reply_.body;
  return Feed::State::kEnded;
}

// Unless it comes at once, the head comes with the first bytes, or with the end of a body that has none.
void FaultyAnswer::Frame(const std::string& bytes) {
  if (!head_made_ && (head_at_once_ || !bytes.empty() || body_.end())) {
    wire_ = Head(fault_, reply_, keep_alive_);
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
