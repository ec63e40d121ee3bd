#include "server/upstream/answer.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

namespace sluice::upstream {
namespace {

namespace http = boost::beast::http;

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr std::string_view kHeadTooLarge = "the head of the answer is larger than 64 KiB";

}  // namespace

AnswerParser::AnswerParser() {
  eager(true);
  body_limit(boost::none);
  header_limit(kMaxAnswerHeadBytes);
}

void AnswerParser::on_response_impl(int code, View reason, int /*version*/, ErrorCode& error) {
  head.status = code;
  head_bytes_ += reason.size();
  if (code < 100) error = http::error::bad_status;
}

void AnswerParser::on_field_impl(Field /*field*/, View name, View value, ErrorCode& error) {
  if (!in_head_) return;  // a trailer
  // Beast's own limit sees only what one read brought.
  head_bytes_ += name.size() + value.size() + 4;
  if (head_bytes_ > kMaxAnswerHeadBytes) {
    error = http::error::header_limit;
    return;
  }
  std::string lower(name.data(), name.size());
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLower);
  head.headers.emplace_back(std::move(lower), std::string(value.data(), value.size()));
}

void AnswerParser::on_header_impl(ErrorCode& /*error*/) { in_head_ = false; }

void AnswerParser::on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, ErrorCode& /*error*/) {}

std::size_t AnswerParser::on_body_impl(View bytes, ErrorCode& /*error*/) {
  body->append(bytes.data(), bytes.size());
  return bytes.size();
}

void AnswerParser::on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/, ErrorCode& /*error*/) {}

std::size_t AnswerParser::on_chunk_body_impl(std::uint64_t /*remain*/, View bytes, ErrorCode& /*error*/) {
  body->append(bytes.data(), bytes.size());
  return bytes.size();
}

void AnswerParser::on_finish_impl(ErrorCode& /*error*/) {}

AnswerReader::AnswerReader(bool answers_head) : answers_head_(answers_head) { NewParser(); }

void AnswerReader::NewParser() {
  parser_.emplace();
  if (answers_head_) parser_->skip(true);
}

AnswerReader::State AnswerReader::Feed(std::string_view bytes, AnswerPiece& piece) {
  // Beast asserts when the empty chunked body "0\r\n\r\n" is shown to it as three bytes and then as four.
  if (head_done_ && carry_ == "0\r\n" && bytes.size() == 1) {
    carry_.append(bytes);
    return State::kMore;
  }
  std::string joined;
  if (!carry_.empty()) {
    joined = std::exchange(carry_, {});
    joined.append(bytes);
    bytes = joined;
  }
  piece.body.reserve(head_done_ ? bytes.size() : 0);
  const State state = Parse(bytes, piece);
  if (state != State::kMore) return state;
  if (bytes.size() > kMaxAnswerHeadBytes) {
    return Malformed(head_done_ ? "a chunk head or the trailers are larger than 64 KiB" : std::string(kHeadTooLarge));
  }
  carry_.assign(bytes);
  return State::kMore;
}

// Takes from `bytes` what can be taken.
AnswerReader::State AnswerReader::Parse(std::string_view& bytes, AnswerPiece& piece) {
  while (!bytes.empty()) {
    boost::beast::error_code error;
    parser_->body = &piece.body;
    const std::size_t taken = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(taken);
    if (!head_done_ && parser_->is_header_done() && parser_->head.status / 100 != 1) {
      head_done_ = true;
      piece.head = std::move(parser_->head);
    }
    if (error == http::error::header_limit) return Malformed(std::string(kHeadTooLarge));
    if (error && error != http::error::need_more) return Malformed("not HTTP/1.1: " + error.message());
    if (parser_->is_done()) {
      if (head_done_) return OnDone(bytes);
      if (parser_->head.status == 101) return Malformed("it switched protocols without being asked");
      NewParser();
      continue;
    }
    if (error || taken == 0) break;
  }
  return State::kMore;
}

AnswerReader::State AnswerReader::OnDone(std::string_view left) {
  keeps_connection_ = parser_->keep_alive() && left.empty();
  return State::kDone;
}

bool AnswerReader::FinishAtClose() {
  // Without these looks put_eof() would call a connection that brought nothing a good answer.
  if (!parser_->got_some() || !parser_->is_header_done() || !carry_.empty()) return false;
  boost::beast::error_code error;
  parser_->put_eof(error);
  return !error && parser_->is_done();
}

AnswerReader::State AnswerReader::Malformed(std::string why) {
  error_ = std::move(why);
  return State::kMalformed;
}

}  // namespace sluice::upstream
