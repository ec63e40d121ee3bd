#include "server/translate/card_security.h"

#include <array>

#include "server/translate/json_members.h"
#include "server/translate/json_object.h"

namespace sluice::translate {
namespace {

struct SchemeRow {
  std::string_view member;  // 1.0: which member an object of SecurityScheme has
  std::string_view type;    // 0.3: its `type`
};
constexpr std::array<SchemeRow, 5> kSchemes = {{{"apiKeySecurityScheme", "apiKey"},
                                                {"httpAuthSecurityScheme", "http"},
                                                {"oauth2SecurityScheme", "oauth2"},
                                                {"openIdConnectSecurityScheme", "openIdConnect"},
                                                {"mtlsSecurityScheme", "mutualTLS"}}};

std::string SchemeOf03(std::string_view scheme) {
  std::string converted(scheme);
  ForEachMember(scheme, [&](const std::string& member, std::string_view value) {
    for (const SchemeRow& row : kSchemes) {
      if (row.member != member) continue;
      JsonObject object;
      object.Add("type", QuoteJson(row.type));
      ForEachMember(value, [&](const std::string& name, std::string_view v) {
        object.Add(name == "location" ? "in" : std::string_view(name), v);
      });
      converted = object.Take();
    }
  });
  return converted;
}

// {"schemes": {"key": {"list": ["scope"]}}} → {"key": ["scope"]}
std::string RequirementOf03(std::string_view requirement) {
  std::string converted(requirement);
  ForEachMember(requirement, [&](const std::string& member, std::string_view schemes) {
    if (member != "schemes") return;
    JsonObject object;
    ForEachMember(schemes, [&](const std::string& name, std::string_view scopes) {
      std::string_view list = "[]";
      ForEachMember(scopes, [&](const std::string& n, std::string_view v) { list = n == "list" ? v : list; });
      object.Add(name, list);
    });
    converted = object.Take();
  });
  return converted;
}

std::string SkillOf03(std::string_view skill) {
  JsonObject object;
  ForEachMember(skill, [&](const std::string& name, std::string_view value) {
    object.Add(name, value);
    if (name == "securityRequirements") object.Add("security", RequirementsOf03(value));
  });
  return object.Take();
}

}  // namespace

std::string SchemesOf03(std::string_view schemes) {
  JsonObject object;
  ForEachMember(schemes,
                [&](const std::string& name, std::string_view scheme) { object.Add(name, SchemeOf03(scheme)); });
  return object.Take();
}

std::string RequirementsOf03(std::string_view requirements) {
  JsonArray array;
  ForEachElement(requirements, [&](std::string_view one) { array.Add(RequirementOf03(one)); });
  return array.Take();
}

std::string SkillsOf03(std::string_view skills) {
  JsonArray array;
  ForEachElement(skills, [&](std::string_view one) { array.Add(SkillOf03(one)); });
  return array.Take();
}

}  // namespace sluice::translate
