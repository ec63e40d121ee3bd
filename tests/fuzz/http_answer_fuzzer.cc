// server/upstream/answer.h: the same bytes are the same answer however the network cut them.
// The input: a byte whose lowest bit says that HEAD is answered and whose others seed the cuts, then the answer.
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/upstream/answer.h"
#include "tests/fuzz/fuzz_input.h"

namespace sluice::fuzz {
namespace {

using upstream::AnswerPiece;
using upstream::AnswerReader;
using State = AnswerReader::State;

struct Outcome {
  State state = State::kMore;
  int status = 0;
  Headers headers;
  std::string body;
  bool ends_at_close = false;
  bool keeps_connection = false;
};

// `next_size()` says how large the next piece is, at least 1.
template <typename NextSize>
Outcome Read(bool answers_head, std::string_view bytes, NextSize next_size) {
  AnswerReader reader(answers_head);
  Outcome outcome;
  while (!bytes.empty() && outcome.state == State::kMore) {
    const std::string_view fed = bytes.substr(0, next_size());
    const std::vector<char> tight(fed.begin(), fed.end());  // nothing may be read behind it
    AnswerPiece piece;
    outcome.state = reader.Feed({tight.data(), tight.size()}, piece);
    if (piece.head) {
      Check(outcome.status == 0, "an answer has one head");
      outcome.status = piece.head->status;
      outcome.headers = piece.head->headers;
    }
    Check(piece.body.empty() || outcome.status != 0, "the head comes before the body");
    outcome.body += piece.body;
    bytes.remove_prefix(fed.size());
  }
  Check((outcome.state == State::kMalformed) == !reader.error().empty(), "what is malformed says why");
  Check(reader.head_done() == (outcome.status != 0), "the head is told when it is done");
  // What came behind the answer in another piece is the connection's to see.
  outcome.keeps_connection = reader.keeps_connection() && bytes.empty();
  if (outcome.state == State::kMore) outcome.ends_at_close = reader.FinishAtClose();
  return outcome;
}

// Beast looks at a head that comes in pieces only when it is whole: what is malformed is then found out later, or not
// before the end of the connection. It is never taken for an answer.
void CheckSame(const Outcome& whole, const Outcome& cut) {
  if (whole.state == State::kMalformed) {
    return Check(cut.state != State::kDone && !cut.ends_at_close, "what is malformed is no answer however it is cut");
  }
  Check(whole.state == cut.state, "the end is the same");
  Check(whole.status == cut.status && whole.headers == cut.headers, "the head is the same");
  Check(whole.body == cut.body, "the body is the same");
  Check(whole.ends_at_close == cut.ends_at_close, "closing means the same");
  Check(whole.keeps_connection == cut.keeps_connection, "the connection is kept or not");
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  std::string_view bytes = AsText(data, size);
  const std::uint8_t first = TakeByte(bytes);
  const bool answers_head = first % 2 == 1;
  std::minstd_rand cuts(first / 2 + 1u);
  const Outcome whole = Read(answers_head, bytes, [&] { return bytes.size(); });
  CheckSame(whole, Read(answers_head, bytes, [] { return std::size_t{1}; }));
  CheckSame(whole, Read(answers_head, bytes, [&] { return std::size_t{1 + cuts() % 9}; }));
  return 0;
}
