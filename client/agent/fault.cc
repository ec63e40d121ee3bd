#include "client/agent/fault.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/status/status.h"
#include "client/agent/script.h"

namespace sluice::agent {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kFaultWord = "fault";
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

// Where the first of `marks` stands outside of quotes; the text's size when there is none.
std::size_t FindOutsideQuotes(std::string_view text, std::string_view marks) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (!quoted && marks.find(text[i]) != std::string_view::npos) return i;
  }
  return text.size();
}

std::vector<std::string> SplitWords(std::string_view order) {
  std::vector<std::string> words;
  while (!order.empty()) {
    const std::size_t end = FindOutsideQuotes(order, kBlanks);
    std::string word(order.substr(0, end));
    order.remove_prefix(std::min(order.size(), end + 1));
    if (word.empty()) continue;
    word.erase(std::remove(word.begin(), word.end(), '\''), word.end());
    words.push_back(std::move(word));
  }
  return words;
}

template <typename Value>
struct Choice {
  std::string_view word;
  Value value;
};

// What is answered.
struct Request {
  std::string_view id;  // JSON text
  ErrorData data;
};

// Reads the words of one order, one after the other; the first thing that is wrong is kept.
class OrderReader {
 public:
  OrderReader(std::vector<std::string> words, std::string_view usage) : words_(std::move(words)), usage_(usage) {}

  std::int64_t Number(std::string_view name, std::int64_t least, std::int64_t most) {
    const std::string word = Next();
    std::int64_t value = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    const bool whole = read.ec == std::errc() && read.ptr == word.data() + word.size();
    if (!whole || value < least || value > most) {
      Fail(std::string(name) + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
      return least;
    }
    return value;
  }

  template <typename Choices>
  auto OneOf(std::string_view name, const Choices& choices) {
    const std::string word = Next();
    std::string known;
    for (const auto& choice : choices) {
      if (choice.word == word) return choice.value;
      known += (known.empty() ? "" : ", ") + std::string(choice.word);
    }
    Fail(std::string(name) + " must be one of " + known);
    return choices[0].value;
  }

  // The value of the next word when it is `name=value`.
  std::optional<std::string> Option(std::string_view name) {
    if (next_ >= words_.size() || words_[next_].rfind(std::string(name) + "=", 0) != 0) return std::nullopt;
    return words_[next_++].substr(name.size() + 1);
  }

  void Fail(const std::string& what) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError("fault " + words_[0] + ": " + what + "; the order is: " + std::string(usage_));
  }

  absl::Status Finish() {
    if (next_ < words_.size()) Fail("'" + words_[next_] + "' does not belong there");
    return status_;
  }

 private:
  std::string Next() { return next_ < words_.size() ? words_[next_++] : std::string(); }

  const std::vector<std::string> words_;
  const std::string_view usage_;
  std::size_t next_ = 1;
  absl::Status status_;
};

constexpr auto kWays = std::to_array<Choice<CutWay>>({
    {"end", CutWay::kEnd},
    {"fin", CutWay::kFin},
    {"reset", CutWay::kReset},
    {"abrupt", CutWay::kAbrupt},
    {"half-close", CutWay::kHalfClose},
    {"silence", CutWay::kSilence},
});

constexpr auto kLineEnds = std::to_array<Choice<std::string_view>>({{"cr", "\r"}, {"crlf", "\r\n"}, {"lf", "\n"}});

// $ID stands for the request's id.
constexpr auto kOddEvents = std::to_array<Choice<std::string_view>>({
    {"not-json", "This is not JSON."},
    {"not-rpc", R"({"hello":"world"})"},
    {"wrong-id", R"({"jsonrpc":"2.0","id":"nobody asked","result":{}})"},
    {"null-id", R"({"jsonrpc":"2.0","id":null,"result":{}})"},
    {"both", R"({"jsonrpc":"2.0","id":$ID,"result":{},"error":{"code":-32603,"message":"as ordered"}})"},
    {"neither", R"({"jsonrpc":"2.0","id":$ID})"},
    {"bad-result", R"({"jsonrpc":"2.0","id":$ID,"result":{"task":"not an object"}})"},
});

std::string WithId(std::string_view text, std::string_view id) {
  std::string data(text);
  if (const std::size_t at = data.find("$ID"); at != std::string::npos) data.replace(at, 3, id);
  return data;
}

void TakeCut(OrderReader& order, Fault& fault, Cut cut) {
  if (fault.cut) order.Fail("one answer is cut once");
  cut.way = order.OneOf("WAY", kWays);
  fault.cut = cut;
}

std::uint64_t Events(OrderReader& order) { return static_cast<std::uint64_t>(order.Number("K", 0, kMostChunks)); }

void ReadCut(OrderReader& order, const Request&, Fault& fault) {
  TakeCut(order, fault, {CutPlace::kAnswer});
  if (fault.cut->way == CutWay::kEnd) order.Fail("WAY cannot be end, there is no body yet");
}

void ReadCutBytes(OrderReader& order, const Request&, Fault& fault) {
  TakeCut(order, fault, {CutPlace::kBytes, static_cast<std::uint64_t>(order.Number("K", 0, kMostBytes))});
}

void ReadCutEvents(OrderReader& order, const Request&, Fault& fault) {
  TakeCut(order, fault, {CutPlace::kEvents, Events(order)});
}

void ReadOddEvent(OrderReader& order, const Request& request, Fault& fault) {
  const std::uint64_t after = Events(order);
  fault.odd_events.push_back({after, WithId(order.OneOf("KIND", kOddEvents), request.id), /*last=*/false});
}

std::string ReadRpcError(OrderReader& order, const Request& request) {
  constexpr std::int64_t kLargestCode = 1'000'000'000;
  RpcError error;
  error.code = static_cast<RpcErrorCode>(order.Number("CODE", -kLargestCode, kLargestCode));
  error.message = "An error, as ordered.";
  error.reason = order.Option("reason").value_or("");
  error.metadata_key = "fault";
  error.metadata_value = "ordered";
  const auto other_id = order.Option("id");
  if (other_id && *other_id != "null") order.Fail("id can only be null");
  return ErrorAnswer(other_id ? "null" : request.id, error, request.data);
}

void ReadErrorEvent(OrderReader& order, const Request& request, Fault& fault) {
  const std::uint64_t after = Events(order);
  fault.odd_events.push_back({after, ReadRpcError(order, request), /*last=*/true});
}

void TakeBody(OrderReader& order, std::string body, Fault& fault) {
  if (fault.body) order.Fail("the answer has another body already");
  fault.body = std::move(body);
}

void ReadError(OrderReader& order, const Request& request, Fault& fault) {
  TakeBody(order, ReadRpcError(order, request), fault);
}

// RFC 9110, 5.1 and 5.5; what frames the message is ours to say.
bool IsHeader(const std::string& name, const std::string& value) {
  constexpr std::string_view kNameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  constexpr auto kFraming = std::to_array<std::string_view>({"content-length", "transfer-encoding", "connection"});
  std::string lower = name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  return !name.empty() && name.find_first_not_of(kNameBytes) == std::string::npos && printable &&
         std::find(kFraming.begin(), kFraming.end(), lower) == kFraming.end();
}

void ReadHttp(OrderReader& order, const Request&, Fault& fault) {
  fault.status = static_cast<int>(order.Number("STATUS", 200, 599));
  if (auto type = order.Option("type")) {
    if (!IsHeader("content-type", *type)) order.Fail("type must be printable");
    fault.content_type = std::move(*type);
  }
  while (const auto header = order.Option("header")) {
    const std::size_t colon = std::min(header->find(':'), header->size());
    const std::string name = header->substr(0, colon);
    const std::string value = header->substr(std::min(header->size(), colon + 1));
    if (!IsHeader(name, value)) order.Fail("header must be NAME:VALUE, printable, and none that frames the message");
    fault.headers.emplace_back(name, value);
  }
  if (auto body = order.Option("body")) TakeBody(order, std::move(*body), fault);
}

void ReadLineEnds(OrderReader& order, const Request&, Fault& fault) {
  fault.line_end = order.OneOf("the line end", kLineEnds);
}

std::chrono::milliseconds Millis(OrderReader& order, std::int64_t least) {
  return std::chrono::milliseconds(order.Number("MS", least, kLongestRun.count()));
}

void ReadComments(OrderReader& order, const Request&, Fault& fault) { fault.comments = Millis(order, 1); }

void ReadDrip(OrderReader& order, const Request&, Fault& fault) { fault.drip = Millis(order, 0); }

struct OrderRule {
  std::string_view word;
  std::string_view usage;
  void (*read)(OrderReader& order, const Request& request, Fault& fault);
};

constexpr auto kOrders = std::to_array<OrderRule>({
    {"cut", "cut WAY", &ReadCut},
    {"cut-bytes", "cut-bytes K WAY", &ReadCutBytes},
    {"cut-events", "cut-events K WAY", &ReadCutEvents},
    {"odd-event", "odd-event K KIND", &ReadOddEvent},
    {"error-event", "error-event K CODE [reason=REASON] [id=null]", &ReadErrorEvent},
    {"error", "error CODE [reason=REASON] [id=null]", &ReadError},
    {"http", "http STATUS [type=MEDIA-TYPE] [header=NAME:VALUE]... [body=BODY]", &ReadHttp},
    {"line-ends", "line-ends cr|crlf|lf", &ReadLineEnds},
    {"comments", "comments MS", &ReadComments},
    {"drip", "drip MS", &ReadDrip},
});

absl::Status UnknownOrder(const std::string& word) {
  std::string known;
  for (const OrderRule& rule : kOrders) known += (known.empty() ? "" : ", ") + std::string(rule.word);
  return absl::InvalidArgumentError("fault: '" + word + "' is no order; the orders are " + known);
}

absl::Status ReadOrder(std::string_view text, const Request& request, Fault& fault) {
  std::vector<std::string> words = SplitWords(text);
  if (words.empty()) return absl::InvalidArgumentError("fault: an order is missing");
  const auto* rule =
      std::find_if(kOrders.begin(), kOrders.end(), [&](const auto& row) { return row.word == words[0]; });
  if (rule == kOrders.end()) return UnknownOrder(words[0]);
  OrderReader order(std::move(words), rule->usage);
  rule->read(order, request, fault);
  return order.Finish();
}

}  // namespace

OrderedText SplitOrders(std::string_view text) {
  const std::string_view trimmed = text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::string_view word = trimmed.substr(0, trimmed.find_first_of(std::string(kBlanks) + ";"));
  if (word != kFaultWord) return {{}, text};
  const std::size_t end = FindOutsideQuotes(trimmed, ";");
  return {trimmed.substr(0, std::min(end + 1, trimmed.size())), trimmed.substr(std::min(end + 1, trimmed.size()))};
}

absl::StatusOr<Fault> ParseFault(std::string_view orders, std::string_view id, ErrorData data) {
  if (orders.empty() || orders.back() != ';') {
    return absl::InvalidArgumentError(
        "fault: a semicolon and the script must follow, for example: fault cut fin; hello");
  }
  if (std::count(orders.begin(), orders.end(), '\'') % 2 != 0) {
    return absl::InvalidArgumentError("fault: a single quote is not closed");
  }
  orders.remove_suffix(1);
  orders.remove_prefix(kFaultWord.size());
  Fault fault;
  for (bool more = true; more;) {
    const std::size_t end = FindOutsideQuotes(orders, ",");
    const absl::Status read = ReadOrder(orders.substr(0, end), {id, data}, fault);
    if (!read.ok()) return read;
    more = end < orders.size();
    if (more) orders.remove_prefix(end + 1);
  }
  std::stable_sort(fault.odd_events.begin(), fault.odd_events.end(),
                   [](const OddEvent& a, const OddEvent& b) { return a.after < b.after; });
  return fault;
}

}  // namespace sluice::agent
