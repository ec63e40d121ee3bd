// The tenant of a serialized A2A 1.0 request: read and replaced without parsing the rest of it.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_TENANT_H_
#define SLUICE_SERVER_TRANSLATE_A2A_TENANT_H_

#include <string>
#include <string_view>

#include "server/translate/a2a_call.h"

namespace sluice::translate {

// As it stands in `request`, into which it points; empty when there is none.
std::string_view TenantOf(const A2aMethod& method, std::string_view request);

// Gives the request this tenant; an empty one takes it away.
void SetTenant(const A2aMethod& method, std::string_view tenant, std::string& request);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_TENANT_H_
