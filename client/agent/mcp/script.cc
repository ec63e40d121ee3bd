#include "client/agent/mcp/script.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "client/agent/script_words.h"

namespace sluice::agent::mcp {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::int64_t kLargestNotice = 1 << 20;
constexpr std::int64_t kLargestResultKib = 64 << 10;

Script Notices(Notice notice, std::int64_t count, std::int64_t interval_ms, std::int64_t bytes) {
  Script script;
  script.notice = notice;
  script.pace = {.steps = count, .interval = std::chrono::milliseconds(interval_ms)};
  script.notice_bytes = static_cast<std::size_t>(bytes);
  script.text = std::to_string(count) + (notice == Notice::kLog ? " messages logged." : " steps made.");
  return script;
}

Script Asking(Question question) {
  Script script;
  script.question = question;
  return script;
}

template <Act kAct>
Script Acting(const Numbers&) {
  Script script;
  script.act = kAct;
  script.text = "As asked.";
  return script;
}

const std::vector<WordRule<Script>>& Words() {
  static const NumberRule kCount{"N", kMostChunks};
  static const NumberRule kMillis{"MS", kLongestRun.count()};
  static const std::vector<WordRule<Script>> kWords = {
      {"progress", {kCount, kMillis}, [](const Numbers& n) { return Notices(Notice::kProgress, n[0], n[1], 0); }},
      {"size",
       {kCount, kMillis, {"B", kLargestNotice}},
       [](const Numbers& n) { return Notices(Notice::kProgress, n[0], n[1], n[2]); }},
      {"log", {kCount, kMillis}, [](const Numbers& n) { return Notices(Notice::kLog, n[0], n[1], 0); }},
      {"log", {}, [](const Numbers&) { return Notices(Notice::kLog, 1, 0, 0); }},
      {"big",
       {{"KIB", kLargestResultKib}},
       [](const Numbers& n) {
         Script script;
         script.text_kib = static_cast<std::size_t>(n[0]);
         return script;
       }},
      {"silent",
       {kMillis},
       [](const Numbers& n) {
         Script script = Acting<Act::kAnswer>(n);
         script.pace.end_delay = std::chrono::milliseconds(n[0]);
         return script;
       }},
      {"sample", {}, [](const Numbers&) { return Asking(Question::kSampling); }},
      {"elicit", {}, [](const Numbers&) { return Asking(Question::kElicitation); }},
      {"roots", {}, [](const Numbers&) { return Asking(Question::kRoots); }},
      {"changed", {}, &Acting<Act::kToolsChanged>},
      {"mirror", {}, &Acting<Act::kMirror>},
      {"fail", {}, &Acting<Act::kFail>},
      {"never", {}, &Acting<Act::kNever>},
      {"drop-get", {}, &Acting<Act::kDropGet>},
      {"lose-session", {}, &Acting<Act::kLoseSession>},
      {"end-listen", {}, &Acting<Act::kEndListen>},
  };
  return kWords;
}

std::string_view WithoutOuterBlanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// The rest of `text` when it begins with `word`.
std::optional<std::string_view> After(std::string_view word, std::string_view text) {
  if (text.substr(0, word.size()) != word) return std::nullopt;
  const std::string_view rest = text.substr(word.size());
  if (!rest.empty() && kBlanks.find(rest.front()) == std::string_view::npos) return std::nullopt;
  return WithoutOuterBlanks(rest);
}

absl::StatusOr<Script> Raw(std::string_view json) {
  boost::json::error_code failed;
  boost::json::parse({json.data(), json.size()}, failed);
  if (failed) return absl::InvalidArgumentError("raw: what follows is not JSON: " + failed.message());
  Script script;
  script.raw_result = json;
  return script;
}

Script Echo(std::string_view words) {
  Script script;
  script.text = words;
  return script;
}

absl::StatusOr<Script> ParseWords(std::string_view text) {
  if (const auto json = After("raw", text)) return Raw(*json);
  if (const auto words = After("echo", text)) return Echo(*words);
  if (const auto uri = After("updated", text); uri && !uri->empty()) {
    Script script = Echo(*uri);
    script.act = Act::kResourceUpdated;
    return script;
  }
  const absl::StatusOr<std::optional<Script>> script = MakeScript(Words(), text);
  if (!script.ok()) return script.status();
  if (!*script) return Echo(text);
  const absl::Status length = CheckLength(text, (*script)->pace.steps, (*script)->pace.interval);
  if (!length.ok()) return length;
  return **script;
}

// One of the orders that end with a semicolon, taken away from `text`; false when there is none.
absl::StatusOr<bool> TakeOrder(std::string_view& text, Script& orders) {
  const std::size_t end = text.find(';');
  if (end == std::string_view::npos) return false;
  const std::vector<std::string_view> words = SplitWords(text.substr(0, end), /*most=*/2);
  const std::string_view word = words.size() == 1 ? words[0] : std::string_view();
  if (word == "json") {
    orders.json = true;
  } else if (word == "again") {
    orders.again = true;
  } else {
    const auto poll = ReadWord("poll", {{"K", kMostChunks}}, words);
    if (!poll.ok()) return poll.status();
    if (!*poll) return false;
    if ((**poll)[0] == 0) return absl::InvalidArgumentError("poll: K must be at least 1");
    orders.poll = (**poll)[0];
  }
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace

absl::StatusOr<Script> ParseScript(std::string_view text) {
  Script orders;
  for (bool more = true; more;) {
    const absl::StatusOr<bool> taken = TakeOrder(text, orders);
    if (!taken.ok()) return taken.status();
    more = *taken;
  }
  absl::StatusOr<Script> script = ParseWords(WithoutOuterBlanks(text));
  if (!script.ok()) return script;
  script->json = orders.json;
  script->again = orders.again;
  script->poll = orders.poll;
  return script;
}

}  // namespace sluice::agent::mcp
