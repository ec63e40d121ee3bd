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

// Of a skill, for readers of 0.3; ProtoJSON leaves out what is empty.
constexpr std::array<Required, 4> kRequiredOfSkill = {
    {{"id", "\"\""}, {"name", "\"\""}, {"description", "\"\""}, {"tags", "[]"}}};

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

// The requirements of a card or of a skill by the reader's name. A reader of 0.3 may be of 1.0 as well, and keeps both.
void AddRequirements(const std::string& name, std::string_view value, A2aVersion reader, JsonObject& object) {
  if (reader == A2aVersion::k03) object.Add(name, value);
  object.Add(RequirementsMember(reader), RequirementsFor(reader, value));
}

bool HoldsRequirements(std::string_view name) {
  return name == RequirementsMember(A2aVersion::k10) || name == RequirementsMember(A2aVersion::k03);
}

std::string SkillFor(A2aVersion reader, std::string_view skill) {
  JsonObject object;
  ForEachMember(skill, [&](const std::string& name, std::string_view value) {
    if (value == "null") return;
    HoldsRequirements(name) ? AddRequirements(name, value, reader, object) : object.Add(name, value);
  });
  if (reader == A2aVersion::k10) return object.Take();
  for (const Required& required : kRequiredOfSkill) object.Add(required.name, required.json);
  return object.Take();
}

std::string SkillsFor(A2aVersion reader, std::string_view skills) {
  JsonArray array;
  ForEachElement(skills, [&](std::string_view one) { array.Add(SkillFor(reader, one)); });
  return array.Take();
}

bool IsTrue(std::string_view object, std::string_view member) {
  bool is_true = false;
  ForEachMember(object,
                [&](const std::string& name, std::string_view value) { is_true |= name == member && value == "true"; });
  return is_true;
}

// 1.0 tells among the capabilities what 0.3 tells beside them.
std::string CapabilitiesFor(A2aVersion reader, std::string_view capabilities, bool extended_card) {
  if (reader == A2aVersion::k03 || !extended_card) return std::string(capabilities);
  JsonObject object;
  object.Add("extendedAgentCard", "true");
  ForEachMember(capabilities, [&](const std::string& name, std::string_view value) { object.Add(name, value); });
  return object.Take();
}

// Writes the members of an agent's card, of either version, for one reader.
class CardWriter {
 public:
  CardWriter(std::string_view card, A2aVersion reader) : reader_(reader), extended_card_(IsTrue(card, kExtendedCard)) {
    ForEachMember(card, [&](const std::string& name, std::string_view value) {
      if (name == "capabilities") extended_card_ |= IsTrue(value, "extendedAgentCard");
    });
  }

  void Add(const std::string& name, std::string_view value, JsonObject& out) const {
    if (name == "securitySchemes") return out.Add(name, SchemesFor(reader_, value));
    if (name == "skills") return out.Add(name, SkillsFor(reader_, value));
    if (name == "capabilities") return out.Add(name, CapabilitiesFor(reader_, value, extended_card_));
    if (HoldsRequirements(name)) return AddRequirements(name, value, reader_, out);
    if (name != kExtendedCard) out.Add(name, value);
  }

  // What the reader insists on and was not told.
  void AddRequired(JsonObject& out) const {
    for (const Required& required : kRequired) Add(std::string(required.name), required.json, out);
    if (reader_ == A2aVersion::k03 && extended_card_) out.Add(kExtendedCard, "true");
  }

 private:
  static constexpr std::string_view kExtendedCard = "supportsAuthenticatedExtendedCard";

  const A2aVersion reader_;
  bool extended_card_;
};

}  // namespace

std::string RewriteCard(std::string_view card, const GatewayInterface& gateway, std::string_view name,
                        A2aVersion reader) {
  const CardWriter writer(card, reader);
  JsonObject out;
  AddInterfaces(gateway, reader, out);
  ForEachMember(card, [&](const std::string& member, std::string_view value) {
    const bool replaced = std::find(kReplaced.begin(), kReplaced.end(), member) != kReplaced.end();
    if (replaced || value == "null") return;
    writer.Add(member, value, out);
  });
  out.Add("name", QuoteJson(name));
  writer.AddRequired(out);
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
