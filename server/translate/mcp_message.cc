#include "server/translate/mcp_message.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/json_members.h"

namespace sluice::translate {
namespace {

constexpr std::string_view kVersionKey = "io.modelcontextprotocol/protocolVersion";
constexpr std::size_t kMaxSessionIdBytes = 1024;

bool IsPlain(std::string_view text) {
  const auto plain = [](char c) { return c >= ' ' && c <= '~'; };
  if (text.empty()) return true;
  return std::all_of(text.begin(), text.end(), plain) && text.front() != ' ' && text.back() != ' ';
}

}  // namespace

McpFacts ReadMcpFacts(const JsonRpcMessage& message) {
  McpFacts facts;
  const bool named = message.method == "tools/call" || message.method == "prompts/get";
  ForEachMember(message.params, [&](const std::string& name, std::string_view value) {
    if (name == "_meta") {
      ForEachMember(value, [&](const std::string& key, std::string_view meta) {
        if (key == kVersionKey) facts.protocol_version = StringOf(meta);
      });
    } else if ((name == "name" && named) || (name == "uri" && message.method == "resources/read")) {
      if (value.starts_with('"')) facts.name = UnquoteJson(value);
    } else if (name == "arguments") {
      facts.arguments = value;
    } else if (name == "requestId" && message.method == "notifications/cancelled") {
      facts.cancelled_id = value;
    }
  });
  return facts;
}

std::string ReadNegotiatedVersion(std::string_view raw_result) {
  std::string version;
  ForEachMember(raw_result, [&](const std::string& name, std::string_view value) {
    if (name == "protocolVersion") version = StringOf(value);
  });
  return version;
}

std::string McpHeaderValue(std::string_view text) {
  const bool like_encoded = text.starts_with("=?base64?") && text.ends_with("?=");
  if (IsPlain(text) && !like_encoded) return std::string(text);
  return absl::StrCat("=?base64?", absl::Base64Escape(ToAbsl(text)), "?=");
}

std::string MakeCancelled(std::string_view raw_id, std::string_view reason) {
  return absl::StrCat(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)", ToAbsl(raw_id),
                      R"(,"reason":)", QuoteJson(reason), "}}");
}

std::string MakeMethodNotFound(std::string_view raw_id, std::string_view why) {
  return absl::StrCat(R"({"jsonrpc":"2.0","id":)", ToAbsl(raw_id), R"(,"error":{"code":-32601,"message":)",
                      QuoteJson(why), "}}");
}

bool IsMcpSessionId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxSessionIdBytes &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace sluice::translate
