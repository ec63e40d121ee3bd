// What A2A 0.3 can say goes to 1.0 and comes back as it was; what cannot go along is listed in protos/A2A.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/translate/a2a_client.h"
#include "server/translate/a2a_json.h"
#include "server/translate/a2a_v03_json.h"
#include "server/translate/a2a_v03_proto.h"
#include "server/translate/json_members.h"
#include "tests/translate/property.h"
#include "tests/translate/random_message.h"

namespace sluice::translate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;
namespace pb = google::protobuf;
namespace v03 = ::a2a::v1;
namespace v10 = lf::a2a::v1;

std::string Difference(const pb::Message& a, const pb::Message& b) {
  std::string difference;
  pb::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  return differencer.Compare(a, b) ? "" : difference + a.ShortDebugString();
}

// ---- the property ---------------------------------------------------------------------------------------------------

void Visit(pb::Message& message, const std::function<void(pb::Message&)>& visit) {
  visit(message);
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != field->CPPTYPE_MESSAGE || field->is_map()) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      Visit(field->is_repeated() ? *reflection.MutableRepeatedMessage(&message, field, i)
                                 : *reflection.MutableMessage(&message, field),
            visit);
    }
  }
}

// Gives a random message what its peers require of it: without that it says nothing that could come back.
void Complete(pb::Message& message, FileBytes file_bytes) {
  Visit(message, [&](pb::Message& one) {
    if (auto* part = dynamic_cast<v03::Part*>(&one)) {
      if (part->part_case() == v03::Part::PART_NOT_SET) part->set_text("");
    } else if (auto* file = dynamic_cast<v03::FilePart*>(&one)) {
      if (file->file_case() == v03::FilePart::FILE_NOT_SET) file->set_file_with_uri("http://x");
      if (file->has_file_with_bytes() && file_bytes == FileBytes::kBase64) {
        file->set_file_with_bytes(absl::Base64Escape(file->file_with_bytes()));
      }
    } else if (auto* data = dynamic_cast<v03::DataPart*>(&one)) {
      data->mutable_data();
    } else if (auto* authentication = dynamic_cast<v03::AuthenticationInfo*>(&one)) {
      authentication->clear_schemes();
      authentication->add_schemes("Bearer");
      authentication->add_schemes("Basic");
    } else if (auto* card = dynamic_cast<v03::AgentCard*>(&one)) {
      card->set_url("http://a/");
      card->set_preferred_transport("JSONRPC");
      card->set_protocol_version("0.3.0");
      card->mutable_capabilities();
      for (auto& [name, scheme] : *card->mutable_security_schemes()) {
        if (scheme.scheme_case() == v03::SecurityScheme::SCHEME_NOT_SET) scheme.mutable_mtls_security_scheme();
      }
    } else if (auto* interface = dynamic_cast<v03::AgentInterface*>(&one)) {
      interface->set_transport("GRPC");
    }
  });
}

class A2aV03RoundTripTest : public ::testing::TestWithParam<FileBytes> {
 protected:
  template <typename V03Message>
  V03Message Random(std::uint64_t seed) const {
    V03Message message;
    testing::RandomMessage(seed).Fill(message);
    EXPECT_TRUE(message.ParseFromString(message.SerializeAsString()));  // of a map's equal keys the last one stays
    Complete(message, GetParam());
    return message;
  }
};

TEST_P(A2aV03RoundTripTest, AnEventComesBack) {
  testing::ForEachSeed(/*rounds=*/1000, [&](std::uint64_t seed) {
    const auto event = Random<v03::StreamResponse>(seed);
    v10::StreamResponse there;
    v03::StreamResponse back;
    Convert(event, GetParam(), there);
    A2aMessage answer{there.SerializeAsString()};
    if (event.has_status_update()) answer.final_update = event.status_update().final();  // beside the event in 1.0
    const A2aClient client(A2aVersion::k03, {.file_bytes = GetParam()});
    ASSERT_TRUE(back.ParseFromString(client.Answer(*FindA2aMethod("SubscribeToTask"), answer)));
    EXPECT_EQ(Difference(event, back), "");
  });
}

TEST_P(A2aV03RoundTripTest, AWebhookComesBack) {
  testing::ForEachSeed(/*rounds=*/100, [&](std::uint64_t seed) {
    const auto config = Random<v03::PushNotificationConfig>(seed);
    v10::TaskPushNotificationConfig there;
    v03::TaskPushNotificationConfig back;
    Convert(config, there);
    there.set_task_id("t");
    Convert(there, back);
    EXPECT_EQ(Difference(config, back.push_notification_config()), "");
    EXPECT_EQ(back.name(), "tasks/t/pushNotificationConfigs/" + config.id());
  });
}

TEST_P(A2aV03RoundTripTest, ACardComesBack) {
  testing::ForEachSeed(/*rounds=*/300, [&](std::uint64_t seed) {
    const auto card = Random<v03::AgentCard>(seed);
    v10::AgentCard there;
    v03::AgentCard back;
    Convert(card, there);
    Convert(there, back);
    EXPECT_EQ(Difference(card, back), "");
  });
}

// A client of 0.3 before an agent of 0.3: what it sent is what the agent reads.
TEST_P(A2aV03RoundTripTest, AMessageComesThroughTheJson) {
  const A2aMethod& send = *FindA2aMethod("SendMessage");
  testing::ForEachSeed(/*rounds=*/500, [&](std::uint64_t seed) {
    v03::SendMessageRequest request;
    *request.mutable_request() = Random<v03::Message>(seed);
    request.mutable_request()->set_role(seed % 2 == 0 ? v03::ROLE_USER : v03::ROLE_AGENT);
    const auto pivot =
        A2aClient(A2aVersion::k03, {.file_bytes = GetParam()}).Request(send, request.SerializeAsString());
    ASSERT_TRUE(pivot.ok()) << pivot.status();
    const auto json = ProtoToJson(send.request, *pivot);
    if (!json.ok()) {  // the request is one level more
      EXPECT_THAT(json.status().message(), HasSubstr("nested too deep"));
      return;
    }
    const auto params = ParamsToV03Json(send, *json);
    ASSERT_TRUE(params.ok()) << params.status();
    std::string_view message;
    ForEachMember(*params, [&](const std::string& name, std::string_view value) {
      if (name == "message") message = value;
    });
    const auto read = ResultFromV03Json(send, message);
    ASSERT_TRUE(read.ok()) << read.status() << *params;
    v03::SendMessageResponse back;
    ASSERT_TRUE(back.ParseFromString(A2aClient(A2aVersion::k03, {.file_bytes = GetParam()}).Answer(send, *read)));
    EXPECT_EQ(Difference(request.request(), back.msg()), "") << *params;
  });
}

INSTANTIATE_TEST_SUITE_P(FileBytes, A2aV03RoundTripTest, ::testing::Values(FileBytes::kBase64, FileBytes::kRaw),
                         [](const auto& row) { return row.param == FileBytes::kBase64 ? "Base64" : "Raw"; });

// ---- the losses -----------------------------------------------------------------------------------------------------

const A2aClient kClient03(A2aVersion::k03, {});
const A2aClient kClient10(A2aVersion::k10, {});

// What a client of 0.3 gets of an answer of 1.0, in ProtoJSON.
std::string For03(std::string_view rpc, std::string_view json) {
  const A2aMethod& method = *FindA2aMethod(rpc);
  return *ProtoToJson(method.v03.response, kClient03.Answer(method, {*JsonToProto(method.response, json)}));
}
// What a client of 1.0 gets of an answer of 0.3.
std::string From03(std::string_view rpc, std::string_view json) {
  const A2aMethod& method = *FindA2aMethod(rpc);
  return *ProtoToJson(method.response, kClient10.Answer(method, *ResultFromV03Json(method, json)));
}
// What an agent of 0.3 gets of a request of 1.0.
std::string To03(std::string_view rpc, std::string_view json) { return *ParamsToV03Json(*FindA2aMethod(rpc), json); }

struct Loss {
  std::string what;  // the first column of the table in protos/A2A.md
  std::function<void()> check;
};

std::string Card10(const std::string& members) { return R"({"supportedInterfaces":[],)" + members + "}"; }

const std::vector<Loss>& Losses() {
  static const std::vector<Loss> losses = {
      {"`filename` and `media_type` of a part that is no file",
       [] {
         const std::string part = R"({"text":"x","filename":"lost","mediaType":"lost/lost"})";
         const std::string kept = For03("SendMessage", R"({"message":{"parts":[)" + part + "]}}");
         EXPECT_EQ(kept, R"({"message":{"content":[{"text":"x"}]}})");
         EXPECT_THAT(To03("SendMessage", R"({"message":{"parts":[)" + part + "]}}"), Not(HasSubstr("lost")));
       }},
      {"`reference_task_ids` of a message",
       [] {
         const std::string message = R"({"message":{"messageId":"m","referenceTaskIds":["t"]}})";
         EXPECT_EQ(For03("SendMessage", message), R"({"message":{"messageId":"m"}})");
         EXPECT_THAT(To03("SendMessage", message), HasSubstr("referenceTaskIds")) << "the JSON has it";
       }},
      {"security schemes of a kind, or with an OAuth flow, that the other version has not; the requirements that name "
       "them",
       [] {
         const std::string card = For03("GetExtendedAgentCard", Card10(R"("securitySchemes":{
             "lost":{"oauth2SecurityScheme":{"description":"d","flows":{"deviceCode":{"tokenUrl":"u"}}}},
             "kept":{"oauth2SecurityScheme":{"flows":{}}}},
             "securityRequirements":[{"schemes":{"lost":{},"kept":{}}},{"schemes":{"kept":{}}}],
             "skills":[{"id":"s","securityRequirements":[{"schemes":{"lost":{}}}]}])"));
         EXPECT_EQ(card, R"({"securitySchemes":{"kept":{"oauth2SecurityScheme":{"flows":{}}}},)"
                         R"("security":[{"schemes":{"kept":{}}}],"skills":[{"id":"s"}]})");
         EXPECT_THAT(From03("GetExtendedAgentCard", R"({"url":"u","securitySchemes":{"lost":{"type":"handshake"}},
                                                        "security":[{"lost":[]}]})"),
                     Not(HasSubstr("lost")));
       }},
      {"`pkce_required` of the authorization code flow",
       [] {
         const std::string card =
             For03("GetExtendedAgentCard", Card10(R"("securitySchemes":{"o":{"oauth2SecurityScheme":
             {"flows":{"authorizationCode":{"tokenUrl":"t","pkceRequired":true}}}}})"));
         EXPECT_THAT(card, HasSubstr(R"("authorizationCode":{"tokenUrl":"t"})"));
       }},
      {"interfaces of 1.0, where the card has some of 0.3; `tenant` of an interface",
       [] {
         const std::string card = For03("GetExtendedAgentCard", R"({"supportedInterfaces":[
             {"url":"lost","protocolBinding":"GRPC","protocolVersion":"1.0"},
             {"url":"kept","protocolBinding":"GRPC","protocolVersion":"0.3","tenant":"lost"}]})");
         EXPECT_EQ(card, R"({"url":"kept","preferredTransport":"GRPC","protocolVersion":"0.3.0"})");
       }},
      {"whether a capability that is false was told",
       [] {
         EXPECT_EQ(For03("GetExtendedAgentCard", Card10(R"("capabilities":{"streaming":false})")),
                   R"({"capabilities":{}})");
         EXPECT_THAT(From03("GetExtendedAgentCard", R"({"url":"u","capabilities":{"streaming":false}})"),
                     HasSubstr(R"("capabilities":{})"));
       }},
      {"`task_id` of a webhook that is sent with a message",
       [] {
         EXPECT_THAT(
             To03("SendMessage",
                  R"({"message":{},"configuration":{"taskPushNotificationConfig":{"taskId":"lost","url":"u"}}})"),
             HasSubstr(R"("pushNotificationConfig":{"url":"u"})"));
       }},
      {"`page_size` of a list of webhooks",
       [] { EXPECT_EQ(To03("ListTaskPushNotificationConfigs", R"({"taskId":"t","pageSize":1})"), R"({"id":"t"})"); }},
      {"`final` of a status update whose task is not over",
       [] {
         EXPECT_EQ(From03("SubscribeToTask", R"({"kind":"status-update","status":{"state":"working"},"final":true})"),
                   R"({"statusUpdate":{"status":{"state":"TASK_STATE_WORKING"}}})");
       }},
      {"`schemes` of a webhook after the first",
       [] {
         const std::string hook =
             R"({"taskId":"t","pushNotificationConfig":{"url":"u","authentication":{"schemes":["A","lost"]}}})";
         const std::string kept = R"({"taskId":"t","url":"u","authentication":{"scheme":"A"}})";
         EXPECT_EQ(From03("GetTaskPushNotificationConfig", hook), kept);
         EXPECT_EQ(From03("ListTaskPushNotificationConfigs", "[" + hook + "]"), R"({"configs":[)" + kept + "]}");
       }},
      {"OAuth flows after the first",
       [] {
         const std::string card = From03("GetExtendedAgentCard", R"({"url":"u","securitySchemes":{"o":{"type":"oauth2",
             "flows":{"password":{"tokenUrl":"kept"},"implicit":{"authorizationUrl":"lost"}}}}})");
         EXPECT_THAT(card, HasSubstr(R"("flows":{"password":{"tokenUrl":"kept"}})"));
       }},
      {"`stateTransitionHistory` of the capabilities",
       [] {
         EXPECT_THAT(From03("GetExtendedAgentCard", R"({"url":"u","capabilities":{"stateTransitionHistory":true}})"),
                     HasSubstr(R"("capabilities":{})"));
       }},
      {"the patch number of `protocolVersion`",
       [] {
         EXPECT_THAT(From03("GetExtendedAgentCard", R"({"url":"u","protocolVersion":"0.3.7"})"),
                     HasSubstr(R"("protocolVersion":"0.3"})"));
       }},
      {"a `timestamp` that is no time",
       [] {
         EXPECT_EQ(From03("GetTask", R"({"id":"t","status":{"timestamp":"lost"}})"), R"({"id":"t","status":{}})");
       }},
      {"`tenant` of a webhook",
       [] {
         EXPECT_EQ(For03("GetTaskPushNotificationConfig", R"({"tenant":"lost","taskId":"t","id":"h"})"),
                   R"({"name":"tasks/t/pushNotificationConfigs/h","pushNotificationConfig":{"id":"h"}})");
       }},
  };
  return losses;
}

TEST(A2aLosses, AreWhatTheyAreSaidToBe) {
  for (const Loss& loss : Losses()) {
    SCOPED_TRACE(loss.what);
    loss.check();
  }
}

// The rows between the two lines that mark the table.
TEST(A2aLosses, AreThoseOfTheDocumentation) {
  std::ifstream page(SLUICE_A2A_PAGE);
  ASSERT_TRUE(page) << SLUICE_A2A_PAGE;
  std::vector<std::string> documented;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == "| lost | on the way | why |") inside = true;
    if (line.empty()) inside = false;
    if (inside && line.starts_with("| ")) documented.push_back(line.substr(2, line.find(" |", 2) - 2));
  }
  ASSERT_FALSE(documented.empty());
  documented.erase(documented.begin());  // the head
  std::vector<std::string> tested;
  for (const Loss& loss : Losses()) tested.push_back(loss.what);
  EXPECT_THAT(documented, UnorderedElementsAreArray(tested));
}

}  // namespace
}  // namespace sluice::translate
