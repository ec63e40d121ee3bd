// Bytes in, one HTTP answer out: Beast's parser, fed as the bytes come.
#ifndef SLUICE_SERVER_UPSTREAM_ANSWER_H_
#define SLUICE_SERVER_UPSTREAM_ANSWER_H_

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/http.h"

namespace sluice::upstream {

inline constexpr std::size_t kMaxAnswerHeadBytes = std::size_t{64} * 1024;

// Beast's parser with our sinks. Collects a head, and appends body bytes to `*body`.
class AnswerParser final : public boost::beast::http::basic_parser<false> {
 public:
  AnswerParser();

  ResponseHead head;
  std::string* body = nullptr;

 private:
  using ErrorCode = boost::beast::error_code;
  using View = boost::beast::string_view;
  using Verb = boost::beast::http::verb;
  using Field = boost::beast::http::field;

  void on_request_impl(Verb, View, View, int, ErrorCode&) override {}
  void on_response_impl(int code, View reason, int version, ErrorCode& error) override;
  void on_field_impl(Field field, View name, View value, ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override;
  std::size_t on_body_impl(View bytes, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, View bytes, ErrorCode& error) override;
  void on_finish_impl(ErrorCode& error) override;

  std::size_t head_bytes_ = 0;
  bool in_head_ = true;
};

// What one Feed() brought.
struct AnswerPiece {
  std::optional<ResponseHead> head;
  std::string body;  // all of it, however many chunks it came in
};

// One answer, to the end that HTTP gives it. Interim (1xx) answers are skipped; trailers are dropped.
// The body has no limit here: it is handed on piece by piece. The head has one, and so has what must be kept between
// two reads (a cut chunk head, trailers).
class AnswerReader {
 public:
  enum class State { kMore, kDone, kMalformed };

  // The answer to HEAD has no body, whatever its headers say.
  explicit AnswerReader(bool answers_head);

  // To be called until it says kDone or kMalformed. What was good before the malformed byte is in `piece`.
  State Feed(std::string_view bytes, AnswerPiece& piece);
  // The peer closed cleanly. True: that is how this answer ends. False: it is cut.
  bool FinishAtClose();

  // Some of the answer itself is here (an interim answer does not count).
  bool begun() const { return parser_->got_some() || !carry_.empty(); }
  bool head_done() const { return head_done_; }
  // Done, and the connection may carry another exchange.
  bool keeps_connection() const { return keeps_connection_; }
  // Why it is malformed.
  const std::string& error() const { return error_; }

 private:
  State Parse(std::string_view& bytes, AnswerPiece& piece);
  State OnDone(std::string_view left);
  State Malformed(std::string why);
  void NewParser();

  const bool answers_head_;
  std::optional<AnswerParser> parser_;
  std::string carry_;  // bytes that the parser cannot take yet
  std::string error_;
  bool head_done_ = false;
  bool keeps_connection_ = false;
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_ANSWER_H_
