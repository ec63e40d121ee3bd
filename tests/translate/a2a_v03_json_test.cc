// The JSON of A2A 0.3 against A2A 1.0, one golden pair per message and direction.
#include "server/translate/a2a_v03_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/status.h"
#include "server/translate/a2a_json.h"
#include "tests/translate/a2a_answers.h"

namespace sluice::translate {
namespace {

using ::testing::HasSubstr;

// The result of a 0.3 agent in ProtoJSON of 1.0, or what is wrong with it.
std::string Read(std::string_view rpc, std::string_view json) {
  const A2aMethod& method = *FindA2aMethod(rpc);
  const auto result = ResultFromV03Json(method, json);
  if (!result.ok()) return std::string(result.status().message());
  return *ProtoToJson(method.response, result->wire) + (result->final_update.value_or(false) ? " final" : "");
}

// The params of 1.0 as a 0.3 agent gets them, or what is wrong with them.
std::string Write(std::string_view rpc, std::string_view json) {
  const auto params = ParamsToV03Json(*FindA2aMethod(rpc), json);
  return params.ok() ? *params : std::string(params.status().message());
}

struct Pair {
  std::string name, rpc, v03, v10;
  friend void PrintTo(const Pair& row, std::ostream* os) { *os << row.name; }
};
std::string NameOf(const ::testing::TestParamInfo<Pair>& row) { return row.param.name; }

// ---- results --------------------------------------------------------------------------------------------------------

class A2aV03ResultTest : public ::testing::TestWithParam<Pair> {};

TEST_P(A2aV03ResultTest, IsReadAsA2a10) { EXPECT_EQ(Read(GetParam().rpc, GetParam().v03), GetParam().v10); }

const std::string kTask03 =
    R"({"kind":"task","id":"t-1","contextId":"c-1","status":{"state":"input-required","message":{"kind":"message",)"
    R"("messageId":"m","role":"agent","parts":[{"kind":"text","text":"which?"}]},)"
    R"("timestamp":"2025-10-28T12:30:00.123456+02:00"},"artifacts":[{"artifactId":"a","name":"n","description":"d",)"
    R"("parts":[{"kind":"text","text":"x","metadata":{"k":1}}],"extensions":["urn:e"]}],"history":[{"kind":"message",)"
    R"("messageId":"m-1","role":"user","parts":[{"kind":"text","text":"hi"}],"referenceTaskIds":["t-0"]}],)"
    R"("metadata":{"n":null}})";
const std::string kTask10 =
    R"({"id":"t-1","contextId":"c-1","status":{"state":"TASK_STATE_INPUT_REQUIRED","message":{"messageId":"m",)"
    R"("role":"ROLE_AGENT","parts":[{"text":"which?"}]},"timestamp":"2025-10-28T10:30:00.123456Z"},"artifacts":[)"
    R"({"artifactId":"a","name":"n","description":"d","parts":[{"text":"x","metadata":{"k":1}}],"extensions":["urn:e"]}],)"
    R"("history":[{"messageId":"m-1","role":"ROLE_USER","parts":[{"text":"hi"}],"referenceTaskIds":["t-0"]}],)"
    R"("metadata":{"n":null}})";
const std::string kHook03 = R"({"taskId":"t","pushNotificationConfig":{"id":"h","url":"http://hook","token":"x",)"
                            R"("authentication":{"schemes":["Bearer","Basic"],"credentials":"c"}}})";
const std::string kHook10 = R"({"id":"h","taskId":"t","url":"http://hook","token":"x",)"
                            R"("authentication":{"scheme":"Bearer\u001fBasic","credentials":"c"}})";

INSTANTIATE_TEST_SUITE_P(
    Messages, A2aV03ResultTest,
    ::testing::Values(
        Pair{"Task", "GetTask", kTask03, kTask10}, Pair{"TaskOfCancel", "CancelTask", kTask03, kTask10},
        Pair{"TaskOfSend", "SendMessage", kTask03, R"({"task":)" + kTask10 + "}"},
        Pair{"MessageOfSend", "SendMessage", R"({"kind":"message","messageId":"m","role":"agent","parts":[]})",
             R"({"message":{"messageId":"m","role":"ROLE_AGENT"}})"},
        Pair{"TaskEvent", "SendStreamingMessage", kTask03, R"({"task":)" + kTask10 + "}"},
        Pair{"MessageEvent", "SubscribeToTask",
             R"({"kind":"message","messageId":"m","contextId":"c","taskId":"t","role":"agent","parts":[)"
             R"({"kind":"text","text":""}],"metadata":{"a":{"b":[1.5,"x",true]}},"extensions":["urn:e"]})",
             R"({"message":{"messageId":"m","contextId":"c","taskId":"t","role":"ROLE_AGENT","parts":[{"text":""}],)"
             R"("metadata":{"a":{"b":[1.5,"x",true]}},"extensions":["urn:e"]}})"},
        Pair{"StatusUpdate", "SendStreamingMessage",
             R"({"kind":"status-update","taskId":"t","contextId":"c","status":{"state":"working"},"final":false,)"
             R"("metadata":{"k":"v"}})",
             R"({"statusUpdate":{"taskId":"t","contextId":"c","status":{"state":"TASK_STATE_WORKING"},)"
             R"("metadata":{"k":"v"}}})"},
        Pair{"LastStatusUpdate", "SendStreamingMessage",
             R"({"final":true,"status":{"state":"completed"},"contextId":"c","taskId":"t","kind":"status-update"})",
             R"({"statusUpdate":{"taskId":"t","contextId":"c","status":{"state":"TASK_STATE_COMPLETED"}}} final)"},
        Pair{"ArtifactUpdate", "SubscribeToTask",
             R"({"kind":"artifact-update","taskId":"t","contextId":"c","artifact":{"artifactId":"a","parts":[)"
             R"({"kind":"text","text":"x"}]},"append":true,"lastChunk":true,"metadata":{"k":"v"}})",
             R"({"artifactUpdate":{"taskId":"t","contextId":"c","artifact":{"artifactId":"a","parts":[{"text":"x"}]},)"
             R"("append":true,"lastChunk":true,"metadata":{"k":"v"}}})"},
        Pair{"PushNotificationConfig", "CreateTaskPushNotificationConfig", kHook03, kHook10},
        Pair{"PushNotificationConfigs", "ListTaskPushNotificationConfigs", "[" + kHook03 + "," + kHook03 + "]",
             R"({"configs":[)" + kHook10 + "," + kHook10 + "]}"},
        Pair{"NoPushNotificationConfigs", "ListTaskPushNotificationConfigs", "[]", "{}"},
        Pair{"Nothing", "DeleteTaskPushNotificationConfig", "null", "{}"}),
    NameOf);

std::vector<Pair> Parts() {
  const auto part = [](const std::string& name, const std::string& v03, const std::string& v10) {
    return Pair{name, "GetTask", R"({"id":"t","artifacts":[{"artifactId":"a","parts":[)" + v03 + "]}]}",
                R"({"id":"t","artifacts":[{"artifactId":"a","parts":[)" + v10 + "]}]}"};
  };
  return std::vector<Pair>{
      part("FileBytes",
           R"({"kind":"file","file":{"bytes":"AAEC","mimeType":"image/png","name":"f"},"metadata":{"k":1}})",
           R"({"raw":"AAEC","metadata":{"k":1},"filename":"f","mediaType":"image/png"})"),
      part("FileUri", R"({"kind":"file","file":{"name":null,"uri":"http://x/y","bytes":null}})",
           R"({"url":"http://x/y"})"),
      part("Data", R"({"kind":"data","data":{"a":[1,null,{"b":true}]}})", R"({"data":{"a":[1,null,{"b":true}]}})"),
      part("WrappedData", R"({"kind":"data","data":{"value":[1]},"metadata":{"data_part_compat":true,"k":"v"}})",
           R"({"data":[1],"metadata":{"k":"v"}})"),
      part("WrappedNull", R"({"kind":"data","data":{"value":null},"metadata":{"data_part_compat":true}})",
           R"({"data":null})"),
      part("UnmarkedValue", R"({"kind":"data","data":{"value":1}})", R"({"data":{"value":1}})")};
}
INSTANTIATE_TEST_SUITE_P(Parts, A2aV03ResultTest, ::testing::ValuesIn(Parts()), NameOf);

std::vector<Pair> States() {
  const auto state = [](const std::string& name, const std::string& word, const std::string& status) {
    return Pair{name, "GetTask", R"({"id":"t","status":{"state":")" + word + R"("}})",
                R"({"id":"t","status":)" + status + "}"};
  };
  return std::vector<Pair>{state("Submitted", "submitted", R"({"state":"TASK_STATE_SUBMITTED"})"),
                           state("Working", "working", R"({"state":"TASK_STATE_WORKING"})"),
                           state("InputRequired", "input-required", R"({"state":"TASK_STATE_INPUT_REQUIRED"})"),
                           state("Completed", "completed", R"({"state":"TASK_STATE_COMPLETED"})"),
                           state("Canceled", "canceled", R"({"state":"TASK_STATE_CANCELED"})"),
                           state("Failed", "failed", R"({"state":"TASK_STATE_FAILED"})"),
                           state("Rejected", "rejected", R"({"state":"TASK_STATE_REJECTED"})"),
                           state("AuthRequired", "auth-required", R"({"state":"TASK_STATE_AUTH_REQUIRED"})"),
                           state("Unknown", "unknown", "{}"),
                           state("Invented", "pondering", "{}")};
}
INSTANTIATE_TEST_SUITE_P(States, A2aV03ResultTest, ::testing::ValuesIn(States()), NameOf);

std::vector<Pair> Times() {
  const auto time = [](const std::string& name, const std::string& text, const std::string& status) {
    return Pair{name, "GetTask", R"({"id":"t","status":{"timestamp":")" + text + R"("}})",
                R"({"id":"t","status":)" + status + "}"};
  };
  return std::vector<Pair>{
      time("Zulu", "2025-10-28T10:30:00Z", R"({"timestamp":"2025-10-28T10:30:00Z"})"),
      time("Offset", "2025-10-28T10:30:00.5+00:00", R"({"timestamp":"2025-10-28T10:30:00.500Z"})"),
      time("Naive", "2025-10-28T10:30:00.123456", R"({"timestamp":"2025-10-28T10:30:00.123456Z"})"),
      time("Blank", "2025-10-28 10:30:00", R"({"timestamp":"2025-10-28T10:30:00Z"})"),
      time("NoTime", "just now", "{}")};
}
INSTANTIATE_TEST_SUITE_P(Times, A2aV03ResultTest, ::testing::ValuesIn(Times()), NameOf);

INSTANTIATE_TEST_SUITE_P(
    WithoutKind, A2aV03ResultTest,
    ::testing::Values(Pair{"Task", "SubscribeToTask", R"({"id":"t","status":{"state":"working"},"kind":null})",
                           R"({"task":{"id":"t","status":{"state":"TASK_STATE_WORKING"}}})"},
                      Pair{"Message", "SendMessage", R"({"messageId":"m","role":"agent","parts":[{"text":"x"}]})",
                           R"({"message":{"messageId":"m","role":"ROLE_AGENT","parts":[{"text":"x"}]}})"},
                      Pair{"StatusUpdate", "SubscribeToTask",
                           R"({"taskId":"t","status":{"state":"working"},"final":true})",
                           R"({"statusUpdate":{"taskId":"t","status":{"state":"TASK_STATE_WORKING"}}} final)"},
                      Pair{"ArtifactUpdate", "SubscribeToTask", R"({"taskId":"t","artifact":{"artifactId":"a"}})",
                           R"({"artifactUpdate":{"taskId":"t","artifact":{"artifactId":"a"}}})"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Card, A2aV03ResultTest,
    ::testing::Values(
        Pair{
            "Whole", "GetExtendedAgentCard",
            R"({"protocolVersion":"0.3.0","name":"n","description":"d","url":"http://a/","preferredTransport":"JSONRPC",)"
            R"("additionalInterfaces":[{"url":"a:1","transport":"GRPC"}],"provider":{"organization":"o","url":"http://o"},)"
            R"("version":"1","documentationUrl":"http://doc","iconUrl":"http://icon","capabilities":{"streaming":true,)"
            R"("stateTransitionHistory":true,"extensions":[{"uri":"urn:e","required":true,"params":{"p":1}}]},)"
            R"("securitySchemes":{"k":{"type":"apiKey","in":"header","name":"x-key"}},"security":[{"k":[]},{"o":["s"]}],)"
            R"("defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],"skills":[{"id":"s","name":"s",)"
            R"("description":"d","tags":["t"],"security":[{"k":["r"]}]}],"supportsAuthenticatedExtendedCard":true,)"
            R"("signatures":[{"protected":"p","signature":"s","header":{"kid":"1"}}]})",
            R"({"name":"n","description":"d","supportedInterfaces":[{"url":"http://a/","protocolBinding":"JSONRPC",)"
            R"("protocolVersion":"0.3"},{"url":"a:1","protocolBinding":"GRPC","protocolVersion":"0.3"}],)"
            R"("provider":{"url":"http://o","organization":"o"},"version":"1","documentationUrl":"http://doc",)"
            R"("capabilities":{"streaming":true,"extensions":[{"uri":"urn:e","required":true,"params":{"p":1}}],)"
            R"("extendedAgentCard":true},"securitySchemes":{"k":{"apiKeySecurityScheme":{"location":"header",)"
            R"("name":"x-key"}}},"securityRequirements":[{"schemes":{"k":{}}},{"schemes":{"o":{"list":["s"]}}}],)"
            R"("defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],"skills":[{"id":"s","name":"s",)"
            R"("description":"d","tags":["t"],"securityRequirements":[{"schemes":{"k":{"list":["r"]}}}]}],)"
            R"("signatures":[{"protected":"p","signature":"s","header":{"kid":"1"}}],"iconUrl":"http://icon"})"},
        Pair{
            "Bare", "GetExtendedAgentCard", R"({"name":"n","url":"http://a/"})",
            R"({"name":"n","supportedInterfaces":[{"url":"http://a/","protocolBinding":"JSONRPC","protocolVersion":"0.3"}]})"}),
    NameOf);

std::vector<Pair> Schemes() {
  const auto scheme = [](const std::string& name, const std::string& v03, const std::string& v10) {
    return Pair{name, "GetExtendedAgentCard", R"({"url":"u","securitySchemes":{"k":)" + v03 + "}}",
                R"({"supportedInterfaces":[{"url":"u","protocolBinding":"JSONRPC","protocolVersion":"0.3"}],)"
                R"("securitySchemes":{"k":)" +
                    v10 + "}}"};
  };
  return std::vector<Pair>{
      scheme("ApiKey", R"({"in":"cookie","name":"x","description":"d","type":"apiKey"})",
             R"({"apiKeySecurityScheme":{"description":"d","location":"cookie","name":"x"}})"),
      scheme("Http", R"({"type":"http","scheme":"bearer","bearerFormat":"JWT"})",
             R"({"httpAuthSecurityScheme":{"scheme":"bearer","bearerFormat":"JWT"}})"),
      scheme("OAuth2",
             R"({"type":"oauth2","oauth2MetadataUrl":"m","flows":{"clientCredentials":{"tokenUrl":"t",)"
             R"("refreshUrl":"r","scopes":{"s":"what"}}}})",
             R"({"oauth2SecurityScheme":{"flows":{"clientCredentials":{"tokenUrl":"t","refreshUrl":"r",)"
             R"("scopes":{"s":"what"}}},"oauth2MetadataUrl":"m"}})"),
      scheme("OpenIdConnect", R"({"type":"openIdConnect","openIdConnectUrl":"u"})",
             R"({"openIdConnectSecurityScheme":{"openIdConnectUrl":"u"}})"),
      scheme("MutualTls", R"({"type":"mutualTLS","description":"d"})", R"({"mtlsSecurityScheme":{"description":"d"}})"),
      // With the requirements that name them.
      Pair{"Unknown", "GetExtendedAgentCard",
           R"({"url":"u","securitySchemes":{"new":{"type":"handshake","grip":"firm"},"none":{"scheme":"x"},)"
           R"("tls":{"type":"mutualTLS"}},"security":[{"new":[]},{"tls":[]},{"tls":[],"none":["s"]}],)"
           R"("skills":[{"id":"s","security":[{"none":[]},{"tls":[]}]}]})",
           R"({"supportedInterfaces":[{"url":"u","protocolBinding":"JSONRPC","protocolVersion":"0.3"}],)"
           R"("securitySchemes":{"tls":{"mtlsSecurityScheme":{}}},"securityRequirements":[{"schemes":{"tls":{}}}],)"
           R"("skills":[{"id":"s","securityRequirements":[{"schemes":{"tls":{}}}]}]})"}};
}
INSTANTIATE_TEST_SUITE_P(Schemes, A2aV03ResultTest, ::testing::ValuesIn(Schemes()), NameOf);

struct Wrong {
  std::string name, rpc, json, why;
  friend void PrintTo(const Wrong& row, std::ostream* os) { *os << row.name; }
};
class A2aV03WrongResultTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(A2aV03WrongResultTest, SaysWhatDoesNotFit) {
  EXPECT_THAT(Read(GetParam().rpc, GetParam().json), HasSubstr(GetParam().why));
}

INSTANTIATE_TEST_SUITE_P(
    Results, A2aV03WrongResultTest,
    ::testing::Values(
        Wrong{"OtherVersion", "SendMessage", R"({"task":{"id":"t"}})", "it is an answer of A2A 1.0"},
        Wrong{"NoKind", "SubscribeToTask", R"({"x":1})", "it has no member kind"},
        Wrong{"OtherKind", "SubscribeToTask", R"({"kind":"dance"})", R"(its kind is "dance")"},
        Wrong{"UpdateOfSend", "SendMessage", R"({"kind":"status-update","taskId":"t","status":{}})", "it is an update"},
        Wrong{"NoObject", "SubscribeToTask", "[1]", "it has no member kind"},
        Wrong{"NoObjectInside", "GetTask", R"({"status":7})", "status: an object was expected"},
        Wrong{"NoText", "GetTask", R"({"artifacts":[{"parts":[{"text":{}}]}]})",
              "artifacts[0].parts[0].text: a string was expected"},
        Wrong{"NoBase64", "GetTask", R"({"artifacts":[{"parts":[{"kind":"file","file":{"bytes":"!"}}]}]})",
              "artifacts[0].parts[0].file.bytes: base64 was expected"},
        Wrong{"BytesAndUri", "GetTask", R"({"artifacts":[{"parts":[{"file":{"bytes":"AA==","uri":"u"}}]}]})",
              "only one of the members"},
        Wrong{"NewKind", "SendMessage", R"({"kind":"message","parts":[{"kind":"text","text":""},{"kind":"smell"}]})",
              R"(parts[1]: no content that is known here; its kind is "smell")"},
        Wrong{"NoData", "GetTask", R"({"artifacts":[{"parts":[{"kind":"data","data":null,"metadata":{}}]}]})",
              R"(artifacts[0].parts[0]: no content that is known here; its kind is "data")"},
        Wrong{"NoBytesNorUri", "GetTask", R"({"artifacts":[{"parts":[{"kind":"file","file":{"name":"f"}}]}]})",
              R"(its kind is "file")"},
        Wrong{"NoKindOfPart", "GetTask", R"({"artifacts":[{"parts":[{}]}]})", R"(its kind is "")"},
        Wrong{"NoPart", "GetTask", R"({"artifacts":[{"parts":[1]}]})", "parts[0]: an object was expected"},
        Wrong{"NoArray", "ListTaskPushNotificationConfigs", R"({"configs":[]})", "'[' was expected"},
        Wrong{"CutArray", "ListTaskPushNotificationConfigs", R"([{"taskId":"t"} {"taskId":"u"}])", "',' or ']'"},
        Wrong{"Garbage", "GetExtendedAgentCard", "{", "a member name was expected"}),
    [](const auto& row) { return row.param.name; });

// ---- params ---------------------------------------------------------------------------------------------------------

class A2aV03ParamsTest : public ::testing::TestWithParam<Pair> {};

TEST_P(A2aV03ParamsTest, AreWrittenFromA2a10) { EXPECT_EQ(Write(GetParam().rpc, GetParam().v10), GetParam().v03); }

const std::string kMessage10 =
    R"({"messageId":"m-1","contextId":"c","taskId":"t","role":"ROLE_USER","parts":[{"text":"hi\n","metadata":{"k":1.50}},)"
    R"({"raw":"AAEC","filename":"f.bin","mediaType":"image/png"},{"url":"http://x/y"},{"data":{"a":[1,null]}},)"
    R"({"data":[1],"metadata":{"m":2}},{"data":null}],"metadata":{"k":1.5},"extensions":["urn:e"],)"
    R"("referenceTaskIds":["t0"]})";
const std::string kMessage03 =
    R"({"kind":"message","messageId":"m-1","contextId":"c","taskId":"t","role":"user","parts":[)"
    R"({"kind":"text","text":"hi\n","metadata":{"k":1.50}},)"
    R"({"kind":"file","file":{"bytes":"AAEC","mimeType":"image/png","name":"f.bin"}},)"
    R"({"kind":"file","file":{"uri":"http://x/y"}},{"kind":"data","data":{"a":[1,null]}},)"
    R"({"kind":"data","data":{"value":[1]},"metadata":{"m":2,"data_part_compat":true}},)"
    R"({"kind":"data","data":{"value":null},"metadata":{"data_part_compat":true}}],)"
    R"("metadata":{"k":1.5},"extensions":["urn:e"],"referenceTaskIds":["t0"]})";
const std::string kConfig03 = R"("pushNotificationConfig":{"id":"h","url":"http://hook","token":"x",)"
                              R"("authentication":{"schemes":["Bearer","Basic"],"credentials":"c"}})";

INSTANTIATE_TEST_SUITE_P(
    Requests, A2aV03ParamsTest,
    ::testing::Values(
        Pair{"Send", "SendMessage",
             R"({"message":)" + kMessage03 + R"(,"configuration":{"acceptedOutputModes":["text/plain"],)" + kConfig03 +
                 R"(,"historyLength":0,"blocking":false},"metadata":{"m":"n"}})",
             R"({"message":)" + kMessage10 +
                 R"(,"configuration":{"acceptedOutputModes":["text/plain"],"taskPushNotificationConfig":)" + kHook10 +
                 R"(,"historyLength":0,"returnImmediately":true},"metadata":{"m":"n"}})"},
        Pair{"Stream", "SendStreamingMessage",
             R"({"message":)" + kMessage03 + R"(,"configuration":{"acceptedOutputModes":[],"blocking":true}})",
             R"({"message":)" + kMessage10 + "}"},
        Pair{
            "OfTheAgent", "SendMessage",
            R"({"message":{"kind":"message","messageId":"m","role":"agent","parts":[]},"configuration":{"acceptedOutputModes":[],"blocking":true}})",
            R"({"message":{"messageId":"m","role":"ROLE_AGENT"}})"},
        Pair{"Get", "GetTask", R"({"id":"t","historyLength":3})", R"({"id":"t","historyLength":3})"},
        Pair{"Cancel", "CancelTask", R"({"id":"t","metadata":{"k":1}})", R"({"id":"t","metadata":{"k":1}})"},
        Pair{"Subscribe", "SubscribeToTask", R"({"id":"t"})", R"({"id":"t"})"},
        Pair{"SetConfig", "CreateTaskPushNotificationConfig", R"({"taskId":"t",)" + kConfig03 + "}", kHook10},
        Pair{"GetConfig", "GetTaskPushNotificationConfig", R"({"id":"t","pushNotificationConfigId":"h"})",
             R"({"taskId":"t","id":"h"})"},
        Pair{"ListConfigs", "ListTaskPushNotificationConfigs", R"({"id":"t"})", R"({"taskId":"t","pageSize":5})"},
        Pair{"DeleteConfig", "DeleteTaskPushNotificationConfig", R"({"id":"t","pushNotificationConfigId":"h"})",
             R"({"taskId":"t","id":"h"})"},
        Pair{"Card", "GetExtendedAgentCard", "", "{}"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Refused, A2aV03ParamsTest,
    ::testing::Values(Pair{"Tenant", "GetTask", "tenant cannot be told to an agent of A2A 0.3; leave it out",
                           R"({"tenant":"acme","id":"t"})"},
                      Pair{"TenantOfHook", "SendMessage",
                           "configuration.task_push_notification_config.tenant cannot be told to an agent of A2A 0.3",
                           R"({"message":{},"configuration":{"taskPushNotificationConfig":{"tenant":"acme"}}})"},
                      Pair{"Page", "ListTaskPushNotificationConfigs",
                           "page_token is of no list of this agent: A2A 0.3 has no pages",
                           R"({"taskId":"t","pageToken":"p"})"},
                      Pair{"List", "ListTasks", "the agent speaks A2A 0.3, which has no ListTasks", "{}"}),
    NameOf);

TEST(A2aV03Params, WhatIsRefusedIsNamed) {
  const auto tenant = ParamsToV03Json(*FindA2aMethod("GetTask"), R"({"tenant":"acme","id":"t"})");
  EXPECT_EQ(tenant.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ErrorReason(tenant.status()), "INVALID_PARAMS");
  const auto list = ParamsToV03Json(*FindA2aMethod("ListTasks"), "{}");
  EXPECT_EQ(list.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(list.status()), "UNSUPPORTED_OPERATION");
}

// Nobody may make the gateway recurse or work without end.
TEST(A2aV03Json, BoundsNesting) {
  std::string deep = R"({"id":"t","metadata":)";
  for (int i = 0; i < 100'000; ++i) deep += R"({"a":)";
  EXPECT_THAT(Read("GetTask", deep), HasSubstr("nested deeper"));
}

}  // namespace
}  // namespace sluice::translate
