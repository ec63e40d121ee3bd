// The tenant of each request of A2A.
#include "server/translate/a2a_tenant.h"

#include <gtest/gtest.h>

#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;

// As the message itself tells it.
std::string TenantBy(const A2aMethod& method, const std::string& request) {
  pb::Arena arena;
  const auto message = ParseMessage(method.request, request, arena);
  if (!message.ok()) return "not parsed";
  return (*message)->GetReflection()->GetString(**message, (*message)->GetDescriptor()->FindFieldByName("tenant"));
}

TEST(A2aTenantTest, IsReadReplacedAndTakenAwayInEveryRequest) {
  for (const A2aMethod& method : AllA2aMethods()) {
    std::string request;
    EXPECT_EQ(TenantOf(method, request), "") << method.rpc;
    SetTenant(method, "", request);
    EXPECT_EQ(request, "") << method.rpc;
    for (const std::string tenant : {"acme", "other", ""}) {
      SetTenant(method, tenant, request);
      EXPECT_EQ(TenantOf(method, request), tenant) << method.rpc;
      EXPECT_EQ(TenantBy(method, request), tenant) << method.rpc;
    }
  }
}

TEST(A2aTenantTest, IsNoneInWhatIsNoMessage) {
  const A2aMethod& method = *FindA2aMethod("GetTask");
  for (const std::string request : {"\xff", "\x0a",
                                    "\x0a\x05"
                                    "ab",
                                    "\x08\x01"})
    EXPECT_EQ(TenantOf(method, request), "");
}

}  // namespace
}  // namespace sluice::translate
