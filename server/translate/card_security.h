// What an agent asks of its callers, as cards of A2A 1.0 and of A2A 0.3 say it. Pure.
//
// Readers of 0.3 refuse a card whose security they do not understand. What has the reader's form already, or none that
// is known, is left as it is.
#ifndef SLUICE_SERVER_TRANSLATE_CARD_SECURITY_H_
#define SLUICE_SERVER_TRANSLATE_CARD_SECURITY_H_

#include <string>
#include <string_view>

#include "server/translate/a2a_version.h"

namespace sluice::translate {

// The member of a card and of a skill that holds the requirements.
std::string_view RequirementsMember(A2aVersion version);

// 1.0: {"key": {"apiKeySecurityScheme": {"location": "header", ...}}}
// 0.3: {"key": {"type": "apiKey", "in": "header", ...}}
// For 0.3 a flow of OAuth has the `scopes` that its readers insist on; for 1.0 it is the first of several, as there is
// room for one.
std::string SchemesFor(A2aVersion reader, std::string_view schemes);

// 1.0: [{"schemes": {"key": {"list": ["scope"]}}}]
// 0.3: [{"key": ["scope"]}]
std::string RequirementsFor(A2aVersion reader, std::string_view requirements);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_CARD_SECURITY_H_
