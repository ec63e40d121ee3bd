// How a card of A2A 1.0 says what an agent asks for, as A2A 0.3 said it. Pure.
//
// Readers of 0.3 refuse a card whose security they do not understand; those of 1.0 understand both.
#ifndef SLUICE_SERVER_TRANSLATE_CARD_SECURITY_H_
#define SLUICE_SERVER_TRANSLATE_CARD_SECURITY_H_

#include <string>
#include <string_view>

namespace sluice::translate {

// {"key": {"apiKeySecurityScheme": {"location": "header", ...}}} → {"key": {"type": "apiKey", "in": "header", ...}}.
// Schemes that have a type already are left as they are.
std::string SchemesOf03(std::string_view schemes);

// [{"schemes": {"key": {"list": ["scope"]}}}] → [{"key": ["scope"]}]
std::string RequirementsOf03(std::string_view requirements);

// `skills` with the requirements of each.
std::string SkillsOf03(std::string_view skills);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_CARD_SECURITY_H_
