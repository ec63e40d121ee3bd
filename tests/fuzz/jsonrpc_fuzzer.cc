// server/translate/jsonrpc.h and json_scanner.h against a parser that is not ours: simdjson's DOM, and on it the rules
// of the envelope, written down a second time.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/translate/fast_utf8.h"
#include "server/translate/json_scanner.h"
#include "server/translate/jsonrpc.h"
#include "simdjson.h"
#include "tests/fuzz/fuzz_input.h"

namespace sluice::fuzz {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using translate::JsonRpcKind;
using translate::JsonRpcMessage;
using translate::JsonScanner;

int Depth(element value) {
  int below = 0;
  if (value.is_array()) {
    for (element item : simdjson::dom::array(value)) below = std::max(below, Depth(item));
    return below + 1;
  }
  if (!value.is_object()) return 0;
  for (const auto& member : simdjson::dom::object(value)) below = std::max(below, Depth(member.value));
  return below + 1;
}

// JSON-RPC 2.0, sections 4 and 5, of a client's message: its kind, or nothing.
std::optional<JsonRpcKind> KindOf(element message) {
  if (!message.is_object()) return std::nullopt;
  std::map<std::string_view, element> members;
  for (const auto& [name, value] : simdjson::dom::object(message)) {
    const bool ours = name == "jsonrpc" || name == "id" || name == "method" || name == "params" || name == "result" ||
                      name == "error";
    if (ours && !members.emplace(name, value).second) return std::nullopt;
  }
  const auto has = [&](std::string_view name) { return members.contains(name); };
  if (!has("jsonrpc") || !members["jsonrpc"].is_string()) return std::nullopt;
  if (std::string_view(members["jsonrpc"]) != "2.0") return std::nullopt;
  if (has("method") + has("result") + has("error") != 1) return std::nullopt;
  if (has("id") && !members["id"].is_string() && !members["id"].is_number() && !members["id"].is_null()) {
    return std::nullopt;
  }
  if (has("params") && !members["params"].is_object() && !members["params"].is_array()) return std::nullopt;
  if (has("method")) {
    if (!members["method"].is_string()) return std::nullopt;
    return has("id") ? JsonRpcKind::kRequest : JsonRpcKind::kNotification;
  }
  if (!has("id")) return std::nullopt;
  if (has("error") && !members["error"].is_object()) return std::nullopt;
  return has("result") ? JsonRpcKind::kResult : JsonRpcKind::kError;
}

// simdjson refuses what JSON allows and we must let pass: numbers beyond 64 bits, and half a surrogate pair.
bool IsTooStrict(simdjson::error_code error) {
  return error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR;
}

void CheckSpans(std::string_view text, const JsonRpcMessage& message) {
  for (const std::string_view span : {message.id, message.params, message.result, message.error}) {
    if (span.empty()) continue;
    Check(span.data() >= text.data() && span.data() + span.size() <= text.data() + text.size(),
          "spans are of the text");
    constexpr std::string_view kBlanks = " \t\r\n";
    Check(kBlanks.find(span.front()) == kBlanks.npos && kBlanks.find(span.back()) == kBlanks.npos,
          "spans have no blanks around them");
  }
}

bool Same(const JsonRpcMessage& a, const JsonRpcMessage& b) {
  return a.kind == b.kind && a.id == b.id && a.method == b.method && a.params == b.params && a.result == b.result &&
         a.error == b.error;
}

void CheckEnvelope(std::string_view text) {
  const auto scanned = translate::ScanJsonRpc(text);
  const auto validated = translate::ValidateJsonRpc(text);
  if (scanned.ok()) CheckSpans(text, *scanned);
  if (validated.ok()) Check(scanned.ok() && Same(*scanned, *validated), "what a client may send, an upstream may too");
  for (const auto& message : {scanned, validated}) {
    if (!message.ok()) Check(absl::IsInvalidArgument(message.status()), "a refusal is INVALID_ARGUMENT");
    if (message.ok() && !message->error.empty()) (void)translate::ParseJsonRpcError(message->error);
  }

  simdjson::dom::parser parser;
  const auto parsed = parser.parse(text.data(), text.size());
  if (IsTooStrict(parsed.error()) || text.starts_with("\xEF\xBB\xBF")) return;
  if (parsed.error() != simdjson::SUCCESS) return Check(!validated.ok(), "what is no JSON is refused");
  const auto kind = KindOf(parsed.value_unsafe());
  const bool expected = kind && Depth(parsed.value_unsafe()) <= JsonScanner::kMaxDepth;
  Check(validated.ok() == expected, "a message is taken if and only if it is JSON-RPC");
  if (expected) Check(validated->kind == *kind, "its kind is what its members say");
}

// The scanner looks at everything but UTF-8.
void CheckScanner(std::string_view text) {
  std::string_view value, skipped;
  JsonScanner scanner(text);
  const bool is_json = scanner.Value(value) && scanner.AtEnd();
  JsonScanner skipper(text);
  const bool ends = skipper.Skip(skipped);
  if (is_json) Check(ends && skipped == value, "skipping a value ends where the value ends");
  simdjson::dom::parser parser;
  const auto parsed = parser.parse(text.data(), text.size());
  if (IsTooStrict(parsed.error()) || !translate::IsValidUtf8(text) || text.starts_with("\xEF\xBB\xBF")) return;
  const bool deep = parsed.error() == simdjson::DEPTH_ERROR ||
                    (parsed.error() == simdjson::SUCCESS && Depth(parsed.value_unsafe()) > JsonScanner::kMaxDepth);
  if (!deep) Check(is_json == (parsed.error() == simdjson::SUCCESS), "the scanner takes JSON and nothing else");
  if (is_json && parsed.error() == simdjson::SUCCESS && parsed.value_unsafe().is_string()) {
    Check(translate::UnquoteJson(value) == std::string_view(parsed.value_unsafe()), "strings read as they should");
  }
}

void CheckQuoting(std::string_view text) {
  const std::string token = translate::QuoteJson(text);
  Check(translate::UnquoteJson(token) == text, "what is quoted unquotes to the same");
  const std::string request = translate::MakeJsonRpcRequest("1", text, token.empty() ? "" : "[" + token + "]");
  const auto read = translate::ValidateJsonRpc(request);
  if (!translate::IsValidUtf8(text)) return;
  Check(read.ok() && read->method == text && read->id == "1" && read->params == "[" + token + "]",
        "a request that we write reads back");
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = sluice::fuzz::AsText(data, size);
  sluice::fuzz::CheckEnvelope(text);
  sluice::fuzz::CheckScanner(text);
  sluice::fuzz::CheckQuoting(text);
  (void)sluice::translate::ParseJsonRpcError(text);
  return 0;
}
