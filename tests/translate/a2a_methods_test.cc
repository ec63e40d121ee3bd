#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/descriptor.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/translate/a2a_call.h"

namespace sluice::translate {
namespace {

const google::protobuf::ServiceDescriptor& Service() {
  return *lf::a2a::v1::Task::descriptor()->file()->FindServiceByName("A2AService");
}

TEST(A2aMethods, TableHasEveryRpcOfTheServiceWithItsTypes) {
  ASSERT_EQ(AllA2aMethods().size(), 11u);
  ASSERT_EQ(Service().method_count(), 11);
  for (int i = 0; i < Service().method_count(); ++i) {
    const auto& rpc = *Service().method(i);
    const A2aMethod* row = FindA2aMethod(rpc.name());
    ASSERT_NE(row, nullptr) << rpc.name();
    EXPECT_EQ(row->rpc, rpc.name());
    EXPECT_EQ(row->request, rpc.input_type()->full_name()) << rpc.name();
    EXPECT_EQ(row->response, rpc.output_type()->full_name()) << rpc.name();
    EXPECT_EQ(row->streaming, rpc.server_streaming()) << rpc.name();
  }
}

TEST(A2aMethods, OnlyWhatChangesNothingMayBeSentOnceMore) {
  std::string read_only;
  for (const A2aMethod& method : AllA2aMethods()) {
    if (method.read_only) read_only += std::string(method.rpc) + " ";
  }
  EXPECT_EQ(read_only,
            "GetTask ListTasks SubscribeToTask GetTaskPushNotificationConfig ListTaskPushNotificationConfigs "
            "GetExtendedAgentCard ");
}

TEST(A2aMethods, AnotherNameIsNotFound) {
  EXPECT_EQ(FindA2aMethod("message/send"), nullptr);
  EXPECT_EQ(FindA2aMethod("sendMessage"), nullptr);
  EXPECT_EQ(FindA2aMethod(""), nullptr);
}

}  // namespace
}  // namespace sluice::translate
