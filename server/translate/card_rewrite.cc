#include "server/translate/card_rewrite.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/card_security.h"
#include "server/translate/json_members.h"
#include "server/translate/json_object.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

constexpr std::string_view kBinding = "GRPC";
constexpr std::string_view kVersion03 = "0.3.0";

// Where the agent itself is, and who vouches for that.
constexpr std::array<std::string_view, 6> kReplaced = {
    "supportedInterfaces", "url", "preferredTransport", "additionalInterfaces", "protocolVersion", "signatures"};

// What readers of both versions insist on, and the value of a card that does not say.
struct Required {
  std::string_view name;
  std::string_view json;
};
constexpr std::array<Required, 6> kRequired = {{{"description", "\"\""},
                                                {"version", "\"unknown\""},
                                                {"capabilities", "{\"streaming\":true}"},
                                                {"defaultInputModes", "[\"text/plain\"]"},
                                                {"defaultOutputModes", "[\"text/plain\"]"},
                                                {"skills", "[]"}}};

std::string Interface(const GatewayInterface& gateway, std::string_view version, bool with_tenant) {
  JsonObject object;
  object.Add("url", QuoteJson(gateway.address));
  object.Add("protocolBinding", QuoteJson(kBinding));
  object.Add("protocolVersion", QuoteJson(version));
  if (with_tenant && !gateway.tenant.empty()) object.Add("tenant", QuoteJson(gateway.tenant));
  return object.Take();
}

void AddInterfaces(const GatewayInterface& gateway, A2aVersion reader, JsonObject& card) {
  const std::string of_10 = Interface(gateway, "1.0", true);
  if (!gateway.reachable_by_03) return card.Add("supportedInterfaces", absl::StrCat("[", of_10, "]"));
  card.Add("supportedInterfaces", absl::StrCat("[", of_10, ",", Interface(gateway, "0.3", false), "]"));
  if (reader == A2aVersion::k10) return;
  const std::string url = QuoteJson(gateway.address);
  card.Add("url", url);
  card.Add("preferredTransport", QuoteJson(kBinding));
  card.Add("protocolVersion", QuoteJson(kVersion03));
  card.Add("additionalInterfaces", absl::StrCat("[{\"url\":", url, ",\"transport\":\"GRPC\"}]"));
}

// A member of the agent's card, for readers of 0.3 too.
void AddMember(const std::string& name, std::string_view value, JsonObject& card) {
  if (name == "securitySchemes") return card.Add(name, SchemesOf03(value));
  if (name == "skills") return card.Add(name, SkillsOf03(value));
  card.Add(name, value);
  if (name == "securityRequirements") card.Add("security", RequirementsOf03(value));
  if (name != "capabilities") return;
  ForEachMember(value, [&](const std::string& capability, std::string_view is) {
    if (capability == "extendedAgentCard" && is == "true") card.Add("supportsAuthenticatedExtendedCard", is);
  });
}

}  // namespace

std::string RewriteCard(std::string_view card, const GatewayInterface& gateway, std::string_view name,
                        A2aVersion reader) {
  JsonObject out;
  AddInterfaces(gateway, reader, out);
  ForEachMember(card, [&](const std::string& member, std::string_view value) {
    const bool replaced = std::find(kReplaced.begin(), kReplaced.end(), member) != kReplaced.end();
    if (replaced || value == "null") return;
    reader == A2aVersion::k10 ? out.Add(member, value) : AddMember(member, value, out);
  });
  out.Add("name", QuoteJson(name));
  for (const Required& required : kRequired) out.Add(required.name, required.json);
  return out.Take();
}

std::string RewriteCardMessage(std::string_view card, const GatewayInterface& gateway) {
  lf::a2a::v1::AgentCard message;
  if (!ParseBytes(card, message)) return std::string(card);
  message.clear_signatures();
  message.clear_supported_interfaces();
  const auto add = [&](std::string_view version) -> lf::a2a::v1::AgentInterface& {
    auto& interface = *message.add_supported_interfaces();
    interface.set_url(gateway.address);
    interface.set_protocol_binding(std::string(kBinding));
    interface.set_protocol_version(std::string(version));
    return interface;
  };
  add("1.0").set_tenant(gateway.tenant);
  if (gateway.reachable_by_03) add("0.3");
  return message.SerializeAsString();
}

}  // namespace sluice::translate
