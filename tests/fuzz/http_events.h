// What an exchange tells its call, read from a fuzzer's input.
#ifndef SLUICE_TESTS_FUZZ_HTTP_EVENTS_H_
#define SLUICE_TESTS_FUZZ_HTTP_EVENTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/base/http.h"

namespace sluice::fuzz {

struct Event {
  enum class Kind { kHead, kBytes, kGrace, kEnd };
  Kind kind;
  ResponseHead head = {};  // has one header at least, the content type
  std::string bytes = {};
  ExchangeEnd end = {};
};

// "200text/event-stream"; after a line feed other headers may follow, one a line: "retry-after:5".
ResponseHead ReadHead(std::string_view piece);
// A byte names the outcome; what follows it is the detail.
ExchangeEnd ReadEnd(std::string_view piece);

// The exchange that pieces tell (a2a_answer_fuzzer.cc): a head, bytes, the end, in this order and in any case an end.
std::vector<Event> ReadExchange(const std::vector<std::string_view>& pieces);

// The same bytes in other pieces.
std::vector<Event> Joined(const std::vector<Event>& events);
std::vector<Event> ByteByByte(const std::vector<Event>& events);

}  // namespace sluice::fuzz

#endif  // SLUICE_TESTS_FUZZ_HTTP_EVENTS_H_
