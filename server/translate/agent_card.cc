#include "server/translate/agent_card.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/utf8.h"
#include "server/translate/json_members.h"
#include "server/translate/json_scanner.h"

namespace sluice::translate {
namespace {

constexpr std::size_t kMaxInterfaces = 16;
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kMaxDescription = 1024;
constexpr std::size_t kMaxTenant = 256;

absl::Status NoCard(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("no agent card: ", std::string(why)));
}

bool IsTrue(std::string_view raw) { return raw == "true"; }

// "1.0", "1.0.1"; "0.3.0", "0.2.5". Nothing for a version that is not spoken here.
std::optional<A2aVersion> VersionOf(const std::string& text) {
  if (text == "1" || absl::StartsWith(text, "1.")) return A2aVersion::k10;
  if (absl::StartsWith(text, "0.3") || absl::StartsWith(text, "0.2.")) return A2aVersion::k03;
  return std::nullopt;
}

// An interface as a card tells it, in either shape.
struct ToldInterface {
  std::string url;
  std::string binding;
  std::string version;
  std::string tenant;
};

ToldInterface ReadInterface(std::string_view raw) {
  ToldInterface told;
  ForEachMember(raw, [&](const std::string& name, std::string_view value) {
    if (name == "url") told.url = StringOf(value);
    if (name == "protocolBinding" || name == "transport") told.binding = StringOf(value);
    if (name == "protocolVersion") told.version = StringOf(value);
    if (name == "tenant") told.tenant = StringOf(value);
  });
  return told;
}

std::vector<ToldInterface> ReadInterfaces(std::string_view raw) {
  std::vector<ToldInterface> list;
  ForEachElement(raw, [&](std::string_view element) {
    if (list.size() < kMaxInterfaces) list.push_back(ReadInterface(element));
  });
  return list;
}

// The members of 0.3 that tell where the agent is.
struct OldMembers {
  ToldInterface main{.url = "", .binding = "JSONRPC", .version = "0.3.0", .tenant = ""};
  std::vector<ToldInterface> additional;
};

class CardReader {
 public:
  void Read(const std::string& name, std::string_view value) {
    if (name == "name") card_.name = ToValidUtf8(StringOf(value), kMaxName);
    if (name == "description") card_.description = ToValidUtf8(StringOf(value), kMaxDescription);
    if (name == "version") card_.version = ToValidUtf8(StringOf(value), kMaxName);
    if (name == "supportsAuthenticatedExtendedCard") card_.extended_card |= IsTrue(value);
    if (name == "capabilities") ForEachMember(value, [this](const auto& n, auto v) { ReadCapability(n, v); });
    if (name == "supportedInterfaces") supported_ = ReadInterfaces(value);
    if (name == "url") old_.main.url = StringOf(value);
    if (name == "additionalInterfaces") old_.additional = ReadInterfaces(value);
    if (name == "preferredTransport" && value != "null") old_.main.binding = StringOf(value);
    if (name == "protocolVersion" && value != "null") old_.main.version = StringOf(value);
  }

  AgentCard Finish() {
    for (const ToldInterface& told : supported_) Add(told);
    Add(old_.main);
    for (ToldInterface& told : old_.additional) {
      told.version = old_.main.version;
      Add(told);
    }
    std::stable_partition(card_.interfaces.begin(), card_.interfaces.end(),
                          [](const AgentInterface& one) { return one.version == A2aVersion::k10; });
    return std::move(card_);
  }

 private:
  void ReadCapability(const std::string& name, std::string_view value) {
    if (name == "streaming") card_.streaming = IsTrue(value);
    if (name == "pushNotifications") card_.push_notifications = IsTrue(value);
    if (name == "extendedAgentCard") card_.extended_card |= IsTrue(value);
  }

  void Add(const ToldInterface& told) {
    const auto version = VersionOf(told.version);
    if (told.url.empty() || !version || !absl::EqualsIgnoreCase(told.binding, "JSONRPC")) return;
    if (told.tenant.size() > kMaxTenant) return;
    AgentInterface found{told.url, *version, told.tenant};
    auto& list = card_.interfaces;
    const bool known = std::find(list.begin(), list.end(), found) != list.end();
    if (!known && list.size() < kMaxInterfaces) list.push_back(std::move(found));
  }

  AgentCard card_;
  std::vector<ToldInterface> supported_;
  OldMembers old_;
};

}  // namespace

absl::StatusOr<AgentCard> ReadAgentCard(std::string_view json) {
  if (json.size() > kMaxCardBytes) return NoCard(absl::StrCat("more than ", kMaxCardBytes, " bytes"));
  JsonScanner scanner(json);
  std::string_view whole;
  if (scanner.Peek() != '{') return NoCard("a JSON object was expected");
  if (!scanner.Value(whole)) return scanner.error();
  if (!scanner.AtEnd()) return NoCard("something follows the JSON object");
  if (ToValidUtf8(json, json.size()) != json) return NoCard("not UTF-8");
  CardReader reader;
  ForEachMember(whole, [&](const std::string& name, std::string_view value) { reader.Read(name, value); });
  AgentCard card = reader.Finish();
  if (card.name.empty() && card.interfaces.empty()) return NoCard("it has neither a name nor an interface");
  card.json = std::string(whole);
  return card;
}

}  // namespace sluice::translate
