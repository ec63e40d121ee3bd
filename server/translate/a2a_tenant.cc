#include "server/translate/a2a_tenant.h"

#include <cstdint>

#include "server/translate/wire_fields.h"
#include "server/translate/wire_writer.h"

namespace sluice::translate {
namespace {

// Its number is 1 in all requests but one.
int NumberOf(const A2aMethod& method) { return method.rpc == "ListTaskPushNotificationConfigs" ? 4 : 1; }

}  // namespace

std::string_view TenantOf(const A2aMethod& method, std::string_view request) {
  std::string_view tenant;
  const int number = NumberOf(method);
  ForEachField(request, [&](int field, std::uint64_t, std::string_view bytes) {
    if (field == number) tenant = bytes;
  });
  return tenant;
}

// Of a field that is there twice the last one counts.
void SetTenant(const A2aMethod& method, std::string_view tenant, std::string& request) {
  if (TenantOf(method, request) == tenant) return;
  WireWriter field;
  field.BytesField(WireTag(NumberOf(method), WireType::kLengthDelimited), tenant);
  request += field.text();
}

}  // namespace sluice::translate
