#include "server/translate/card_security.h"

#include <array>
#include <utility>

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

// A scheme in either form.
struct Scheme {
  const SchemeRow* row = nullptr;  // null: it is in none of them
  std::string_view members;        // an object
};

Scheme Read(std::string_view json) {
  Scheme scheme;
  ForEachMember(json, [&](const std::string& name, std::string_view value) {
    for (const SchemeRow& row : kSchemes) {
      if (row.member == name && value.starts_with('{')) scheme = {&row, value};
      if (name == "type" && StringOf(value) == row.type) scheme = {&row, json};
    }
  });
  return scheme;
}

std::string WithScopes(std::string_view flow) {
  JsonObject object;
  ForEachMember(flow, [&](const std::string& name, std::string_view value) {
    if (value != "null") object.Add(name, value);
  });
  object.Add("scopes", "{}");
  return object.Take();
}

std::string FlowsFor(A2aVersion reader, std::string_view flows) {
  JsonObject object;
  bool first = true;
  ForEachMember(flows, [&](const std::string& name, std::string_view flow) {
    if (!flow.starts_with('{')) return;
    if (reader == A2aVersion::k03) return object.Add(name, WithScopes(flow));
    if (std::exchange(first, false)) object.Add(name, flow);
  });
  return object.Take();
}

std::string SchemeFor(A2aVersion reader, std::string_view json) {
  const auto [row, members] = Read(json);
  if (row == nullptr) return std::string(json);
  const bool for_03 = reader == A2aVersion::k03;
  JsonObject object;
  if (for_03) object.Add("type", QuoteJson(row->type));
  ForEachMember(members, [&](const std::string& name, std::string_view value) {
    if (name == "type" || value == "null") return;
    if (name == "flows") return object.Add(name, FlowsFor(reader, value));
    const bool place = name == "location" || name == "in";
    object.Add(place ? std::string_view(for_03 ? "in" : "location") : name, value);
  });
  if (for_03 && row->type == "oauth2") object.Add("flows", "{}");
  if (for_03) return object.Take();
  JsonObject scheme;
  scheme.Add(row->member, object.Take());
  return scheme.Take();
}

// The object of names and scopes, {"key": ["scope"]} or {"key": {"list": ["scope"]}}, for the reader.
std::string NamesFor(A2aVersion reader, std::string_view names) {
  JsonObject object;
  ForEachMember(names, [&](const std::string& name, std::string_view scopes) {
    std::string_view list = scopes.starts_with('[') ? scopes : "[]";
    ForEachMember(scopes, [&](const std::string& n, std::string_view v) { list = n == "list" ? v : list; });
    if (reader == A2aVersion::k03) return object.Add(name, list);
    JsonObject of_10;
    of_10.Add("list", list);
    object.Add(name, of_10.Take());
  });
  return object.Take();
}

std::string RequirementFor(A2aVersion reader, std::string_view requirement) {
  std::string_view names = requirement;
  ForEachMember(requirement, [&](const std::string& member, std::string_view value) {
    if (member == "schemes" && value.starts_with('{')) names = value;  // an array: of 0.3, a scheme of that name
  });
  std::string converted = NamesFor(reader, names);
  if (reader == A2aVersion::k03) return converted;
  JsonObject of_10;
  of_10.Add("schemes", converted);
  return of_10.Take();
}

}  // namespace

std::string_view RequirementsMember(A2aVersion version) {
  return version == A2aVersion::k03 ? "security" : "securityRequirements";
}

std::string SchemesFor(A2aVersion reader, std::string_view schemes) {
  JsonObject object;
  ForEachMember(schemes,
                [&](const std::string& name, std::string_view scheme) { object.Add(name, SchemeFor(reader, scheme)); });
  return object.Take();
}

std::string RequirementsFor(A2aVersion reader, std::string_view requirements) {
  JsonArray array;
  ForEachElement(requirements, [&](std::string_view one) { array.Add(RequirementFor(reader, one)); });
  return array.Take();
}

}  // namespace sluice::translate
