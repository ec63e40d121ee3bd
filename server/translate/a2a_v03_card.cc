// Agent cards of A2A 0.3 ⇄ those of 1.0.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/translate/a2a_v03_proto.h"

namespace sluice::translate {
namespace {

namespace v03 = ::a2a::v1;
namespace v10 = lf::a2a::v1;

constexpr std::string_view kDefaultTransport = "JSONRPC";
constexpr std::string_view kVersion = "0.3";

// Messages whose fields have the same numbers and types in both versions; a field that only `from` has is left behind.
template <typename From, typename To>
void CopyWire(const From& from, To& to) {
  (void)to.ParseFromString(from.SerializeAsString());
  to.DiscardUnknownFields();
}

// 1.0 writes "0.3", 0.3 a full version.
std::string MajorMinor(const std::string& version) {
  const std::size_t minor = version.find('.');
  return minor == version.npos ? version : version.substr(0, version.find('.', minor + 1));
}
std::string MajorMinorPatch(const std::string& version) {
  return MajorMinor(version) == version ? absl::StrCat(version, ".0") : version;
}

// Requirements have a name of their own in each version, on a card as on a skill.
template <typename Told>
auto* RequirementsOf(Told& told) {
  if constexpr (requires { told.security_requirements(); }) {
    return told.mutable_security_requirements();
  } else {
    return told.mutable_security();
  }
}
template <typename Told>
const auto& RequirementsIn(const Told& told) {
  if constexpr (requires { told.security_requirements(); }) {
    return told.security_requirements();
  } else {
    return told.security();
  }
}

using Names = std::set<std::string>;

// The schemes, and which of them cannot be told: those of a kind, or an OAuth flow, that `to` does not know.
template <typename From, typename To>
Names CopySchemes(const From& from, To& to) {
  Names untold;
  for (const auto& [name, scheme] : from) {
    auto& copy = to[name];
    CopyWire(scheme, copy);
    const bool had_flow = scheme.oauth2_security_scheme().flows().flow_case() != 0;
    const bool has_flow = copy.oauth2_security_scheme().flows().flow_case() != 0;
    if (copy.scheme_case() == 0 || (had_flow && !has_flow)) untold.insert(name);
  }
  for (const std::string& name : untold) to.erase(name);
  return untold;
}

// A requirement is met by all its schemes together, so that without one of them it is another.
template <typename From, typename To>
void CopyRequirements(const From& from, const Names& untold, To& to) {
  RequirementsOf(to)->Clear();
  for (const auto& requirement : RequirementsIn(from)) {
    const auto& schemes = requirement.schemes();
    const bool names_one =
        std::any_of(schemes.begin(), schemes.end(), [&](const auto& scheme) { return untold.contains(scheme.first); });
    if (!names_one) CopyWire(requirement, *RequirementsOf(to)->Add());
  }
}

template <typename From, typename To>
void CopyCommon(const From& from, To& to) {
  to.set_name(from.name());
  to.set_description(from.description());
  to.set_version(from.version());
  if (from.has_provider()) CopyWire(from.provider(), *to.mutable_provider());
  if (from.has_capabilities()) CopyWire(from.capabilities(), *to.mutable_capabilities());
  const Names untold = CopySchemes(from.security_schemes(), *to.mutable_security_schemes());
  CopyRequirements(from, untold, to);
  to.mutable_default_input_modes()->CopyFrom(from.default_input_modes());
  to.mutable_default_output_modes()->CopyFrom(from.default_output_modes());
  for (const auto& skill : from.skills()) {
    auto& copy = *to.add_skills();
    CopyWire(skill, copy);
    CopyRequirements(skill, untold, copy);
  }
  for (const auto& signature : from.signatures()) CopyWire(signature, *to.add_signatures());
  if (!from.documentation_url().empty()) to.set_documentation_url(from.documentation_url());
  if (!from.icon_url().empty()) to.set_icon_url(from.icon_url());
}

// The interfaces that a client of 0.3 can use, the preferred one first; all, if the agent names none of its version.
std::vector<const v10::AgentInterface*> InterfacesOf03(const v10::AgentCard& card) {
  std::vector<const v10::AgentInterface*> all;
  std::vector<const v10::AgentInterface*> fitting;
  for (const v10::AgentInterface& one : card.supported_interfaces()) {
    all.push_back(&one);
    if (one.protocol_version().rfind("0.", 0) == 0) fitting.push_back(&one);
  }
  return fitting.empty() ? all : fitting;
}

}  // namespace

void Convert(const v03::AgentCard& from, v10::AgentCard& to) {
  CopyCommon(from, to);
  const std::string version =
      from.protocol_version().empty() ? std::string(kVersion) : MajorMinor(from.protocol_version());
  const auto add = [&](const std::string& url, const std::string& transport) {
    v10::AgentInterface& one = *to.add_supported_interfaces();
    one.set_url(url);
    one.set_protocol_binding(transport.empty() ? std::string(kDefaultTransport) : transport);
    one.set_protocol_version(version);
  };
  add(from.url(), from.preferred_transport());
  for (const v03::AgentInterface& one : from.additional_interfaces()) add(one.url(), one.transport());
  if (from.supports_authenticated_extended_card()) to.mutable_capabilities()->set_extended_agent_card(true);
}

void Convert(const v10::AgentCard& from, v03::AgentCard& to) {
  CopyCommon(from, to);
  for (const v10::AgentInterface* one : InterfacesOf03(from)) {
    if (to.url().empty()) {
      to.set_url(one->url());
      to.set_preferred_transport(one->protocol_binding());
      to.set_protocol_version(MajorMinorPatch(one->protocol_version()));
    } else {
      v03::AgentInterface& other = *to.add_additional_interfaces();
      other.set_url(one->url());
      other.set_transport(one->protocol_binding());
    }
  }
  to.set_supports_authenticated_extended_card(from.capabilities().extended_agent_card());
}

}  // namespace sluice::translate
