#include "client/agent/http_session.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <utility>

namespace sluice::agent {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kLargestHead = 16 << 10;
constexpr std::size_t kLargestBody = 20 << 20;
// How far a stream's text is built ahead of what the socket takes.
constexpr std::size_t kBuildAhead = 64 << 10;
// An idle stream keeps no more than this.
constexpr std::size_t kIdleBuffer = 4 << 10;
// A client may send its next request before the answer of this one has ended, up to this size.
constexpr std::size_t kLargestPipelined = 64 << 10;
// How much of a refused request is read, so that the client gets to read the refusal.
constexpr std::size_t kMostDiscarded = 64 << 20;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/event-stream\r\n"
    "Cache-Control: no-cache\r\n"
    "X-Accel-Buffering: no\r\n"
    "Transfer-Encoding: chunked\r\n";

// Room for the size line of an HTTP chunk: sixteen hex digits and CRLF.
constexpr std::size_t kSizeLine = 18;

// Writes the size line of the chunk that follows at `kSizeLine`; returns where the line begins.
std::size_t WriteSizeLine(std::string& chunk, std::size_t size) {
  std::array<char, kSizeLine> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size() - 2, size, 16).ptr;
  std::string line(digits.data(), end);
  line += "\r\n";
  chunk.replace(kSizeLine - line.size(), line.size(), line);
  return kSizeLine - line.size();
}

template <typename Text>
std::string_view View(const Text& text) {
  return {text.data(), text.size()};
}

}  // namespace

HttpSession::HttpSession(asio::ip::tcp::socket socket, SessionHost& host)
    : connection_(std::move(socket), host.tls), host_(host) {
  host_.site.stats().ConnectionOpened();
}

HttpSession::~HttpSession() { host_.site.stats().ConnectionClosed(); }

void HttpSession::Start() {
  if (!connection_.is_tls()) return ReadHead();
  connection_.Handshake(
      [self = shared_from_this()](Error failed) { failed ? self->connection_.CloseAbruptly() : self->ReadHead(); });
}

void HttpSession::ReadHead() {
  answered_ = false;
  head_sent_ = false;
  if (buffer_.size() == 0) buffer_.shrink_to_fit();
  parser_.emplace();
  parser_->header_limit(kLargestHead);
  parser_->body_limit(kLargestBody);
  http::async_read_header(connection_, buffer_, *parser_,
                          [self = shared_from_this()](Error failed, std::size_t) { self->OnHead(failed); });
}

void HttpSession::OnHead(Error failed) {
  if (failed) return OnReadFailed(failed);
  if (!boost::beast::iequals(parser_->get()[http::field::expect], "100-continue")) return ReadBody();
  asio::async_write(connection_, asio::buffer(kContinue), [self = shared_from_this()](Error error, std::size_t) {
    if (!error) self->ReadBody();
  });
}

void HttpSession::ReadBody() {
  http::async_read(connection_, buffer_, *parser_, [self = shared_from_this()](Error failed, std::size_t) {
    failed ? self->OnReadFailed(failed) : self->Answer();
  });
}

void HttpSession::OnReadFailed(Error failed) {
  if (failed == http::error::body_limit) return Refuse(413, "The request body is larger than 20 MiB");
  if (failed == http::error::header_limit) return Refuse(431, "The request head is larger than 16 KiB");
  const bool closed = failed == http::error::end_of_stream || failed == http::error::partial_message;
  if (!closed && failed.category() == make_error_code(http::error::bad_method).category()) {
    return Refuse(400, "Not HTTP: " + failed.message());
  }
  Close();
}

void HttpSession::Answer() {
  const auto& request = parser_->get();
  keep_alive_ = request.keep_alive();
  const unsigned http_version = request.version();
  HttpCall call{View(request.method_string()),
                View(request.target()),
                View(request[http::field::content_type]),
                View(request["A2A-Version"]),
                View(request[http::field::if_none_match]),
                request.body(),
                {}};
  for (const auto& field : request) call.headers.emplace_back(View(field.name_string()), View(field.value()));
  SiteAnswer answer = host_.site.Serve(call, ReadClocks());
  method_ = answer.method;
  parser_.reset();  // the body may be large and the answer slow
  if (answer.fault && http_version >= 11) {
    StartFaulty(std::move(answer));
  } else if (auto* reply = std::get_if<HttpReply>(&answer.what)) {
    Send(std::move(*reply));
  } else if (auto& feed = std::get<std::unique_ptr<Feed>>(answer.what);
             feed->kind() == Feed::Kind::kEvents && http_version < 11) {
    Refuse(505, "Streams and faults need HTTP/1.1");
  } else {
    feed_headers_ = std::move(answer.headers);
    head_at_once_ = answer.head_at_once;
    StartFeed(std::move(feed));
  }
  host_.on_served();
}

void HttpSession::Send(HttpReply reply) {
  response_.emplace(static_cast<http::status>(reply.status), 11);
  if (!reply.content_type.empty()) response_->set(http::field::content_type, reply.content_type);
  for (const auto& [name, value] : reply.headers) response_->set(name, value);
  response_->keep_alive(keep_alive_);
  response_->body() = std::move(reply.body);
  response_->prepare_payload();
  http::async_write(connection_, *response_, [self = shared_from_this()](Error failed, std::size_t) {
    self->response_.reset();
    failed ? self->Close() : self->FinishAnswer();
  });
}

void HttpSession::FinishAnswer() {
  answered_ = true;
  if (!keep_alive_) return Close();
  if (!watching_) return ReadHead();
  connection_.Cancel();  // OnWatched() goes on from here
}

void HttpSession::Refuse(int status, const std::string& text) {
  response_.emplace(static_cast<http::status>(status), 11);
  response_->set(http::field::content_type, "text/plain; charset=utf-8");
  response_->keep_alive(false);
  response_->body() = text + "\n";
  response_->prepare_payload();
  http::async_write(connection_, *response_, [self = shared_from_this()](Error failed, std::size_t) {
    if (failed) return self->Close();
    self->connection_.ShutdownSend();
    self->buffer_.clear();
    self->DiscardRest(kMostDiscarded);
  });
}

void HttpSession::DiscardRest(std::size_t most) {
  connection_.async_read_some(buffer_.prepare(kLargestHead),
                              [self = shared_from_this(), most](Error failed, std::size_t size) {
                                if (failed || size >= most) return self->Close();
                                self->DiscardRest(most - size);
                              });
}

void HttpSession::Close() { connection_.Close(); }

void HttpSession::StartFeed(std::unique_ptr<Feed> feed) {
  feed_ = std::move(feed);
  Follower& follower = *this;
  if (auto followed = feed_->followed()) following_.emplace(std::move(followed), follower);
  StatsBook& stats = host_.site.stats();
  feed_->kind() == Feed::Kind::kEvents ? stats.StreamStarted() : stats.SendWaits();
  Watch();
  OnMoved();
}

void HttpSession::StartFaulty(SiteAnswer answer) {
  const auto faulty = std::make_shared<FaultyAnswer>(connection_, std::move(answer), keep_alive_);
  faulty_ = faulty;
  StatsBook& stats = host_.site.stats();
  faulty->is_stream() ? stats.StreamStarted() : stats.SendWaits();
  Watch();
  faulty->Start(shared_from_this(), [this](std::optional<CutWay> way) { OnFaultyEnd(way); });
}

// A client that hears nothing more still has an open answer: it is the client who goes.
void HttpSession::OnFaultyEnd(std::optional<CutWay> way) {
  if (!way) return OnClientGone();
  if (way == CutWay::kSilence) return;
  if (way == CutWay::kHalfClose) return connection_.ShutdownSend();
  StatsBook& stats = host_.site.stats();
  const auto faulty = std::exchange(faulty_, nullptr);
  stats.EventsWritten(faulty->is_stream() ? faulty->events() : 0);
  if (way == CutWay::kEnd) {
    faulty->is_stream() ? stats.StreamEnded() : stats.SendAnswered();
    return FinishAnswer();
  }
  faulty->is_stream() ? stats.StreamCut() : stats.SendCut();
  if (way == CutWay::kFin) return connection_.Close();
  way == CutWay::kReset ? connection_.Reset() : connection_.CloseAbruptly();
}

void HttpSession::OnMoved() { feed_->kind() == Feed::Kind::kEvents ? Pump() : SendOnceWhole(); }

void HttpSession::SendOnceWhole() {
  HttpReply reply;
  if (feed_->Fill(reply.body, kBuildAhead) != Feed::State::kEnded) return;
  reply.headers = std::exchange(feed_headers_, {});
  following_.reset();
  feed_.reset();
  host_.site.stats().SendAnswered();
  Send(std::move(reply));
}

void HttpSession::Pump() {
  if (pumping_) return;
  const std::uint64_t events_before = feed_->events();
  chunk_.assign(kSizeLine, ' ');
  const Feed::State state = feed_->Fill(chunk_, kBuildAhead);
  const bool ended = state == Feed::State::kEnded;
  const bool no_text = chunk_.size() == kSizeLine;
  if (no_text && !ended && (head_sent_ || !head_at_once_)) return;
  std::size_t begin = no_text ? kSizeLine : WriteSizeLine(chunk_, chunk_.size() - kSizeLine);
  if (!no_text) chunk_ += "\r\n";
  if (ended) chunk_ += "0\r\n\r\n";
  if (!std::exchange(head_sent_, true)) {
    chunk_.replace(0, begin, StreamHead());
    begin = 0;
  }
  pumping_ = true;
  host_.site.stats().EventsWritten(feed_->events() - events_before);
  asio::async_write(connection_, asio::buffer(chunk_) + begin,
                    [self = shared_from_this(), ended](Error failed, std::size_t) { self->OnPumped(failed, ended); });
}

std::string HttpSession::StreamHead() {
  std::string head(kStreamHead);
  for (const auto& [name, value] : std::exchange(feed_headers_, {})) head += name + ": " + value + "\r\n";
  return head + (keep_alive_ ? "\r\n" : "Connection: close\r\n\r\n");
}

void HttpSession::OnPumped(Error failed, bool ended) {
  pumping_ = false;
  if (failed) return OnClientGone();
  if (!feed_) return;
  if (ended) return EndStream();
  if (chunk_.capacity() > kIdleBuffer && chunk_.size() < kBuildAhead) std::string().swap(chunk_);
  Pump();
}

void HttpSession::EndStream() {
  following_.reset();
  feed_.reset();
  std::string().swap(chunk_);
  host_.site.stats().StreamEnded();
  FinishAnswer();
}

void HttpSession::Watch() {
  watching_ = true;
  connection_.async_read_some(buffer_.prepare(256), [self = shared_from_this()](Error failed, std::size_t size) {
    self->OnWatched(failed, size);
  });
}

void HttpSession::OnWatched(Error failed, std::size_t size) {
  watching_ = false;
  buffer_.commit(size);
  if (!connection_.is_open()) return;
  if (answered_) return !failed || failed == asio::error::operation_aborted ? ReadHead() : Close();
  if (failed || buffer_.size() > kLargestPipelined) return OnClientGone();
  Watch();
}

void HttpSession::OnClientGone() {
  StatsBook& stats = host_.site.stats();
  following_.reset();
  Feed* const feed = faulty_ != nullptr ? faulty_->feed() : feed_.get();
  const std::string subject = feed == nullptr ? std::string() : feed->subject();
  const bool is_stream = feed != nullptr && feed->kind() == Feed::Kind::kEvents;
  if (feed != nullptr) feed->OnClientGone();
  if (faulty_ != nullptr) {
    faulty_->Stop();
    if (is_stream) stats.EventsWritten(faulty_->events());
  }
  if (is_stream) {
    stats.StreamLost(method_, subject, faulty_ != nullptr ? faulty_->events() : feed->events());
  } else if (feed != nullptr || faulty_ != nullptr) {
    stats.SendLost(method_, subject);
  }
  faulty_.reset();
  feed_.reset();
  Close();
}

}  // namespace sluice::agent
