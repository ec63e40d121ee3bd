// Answers of an agent, as tests write them down.
#ifndef SLUICE_TESTS_TRANSLATE_A2A_ANSWERS_H_
#define SLUICE_TESTS_TRANSLATE_A2A_ANSWERS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "server/translate/a2a_call.h"

namespace sluice::translate::testing {

inline constexpr A2aCall::Limits kLimits{.event_bytes = 64 * 1024, .error_body_bytes = 4 * 1024};

inline ResponseHead Head(int status, std::string content_type) {
  return {.status = status, .headers = {{"content-type", std::move(content_type)}}};
}
inline ResponseHead SseHead() { return Head(200, "text/event-stream"); }
inline ResponseHead JsonHead() { return Head(200, "application/json"); }

inline ExchangeEnd Ended(ExchangeOutcome outcome) { return {outcome, "127.0.0.1:8080", /*request_sent=*/true}; }

inline std::string Sse(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }
inline std::string Result(std::string_view result, std::string_view id = "1") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)" + std::string(result) + "}";
}
inline std::string Error(int code, std::string_view id = "1") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"error":{"code":)" + std::to_string(code) +
         R"(,"message":"the agent says no"}})";
}

inline std::string TaskJson(std::string_view state) {
  return R"({"id":"t-1","contextId":"c-1","status":{"state":"TASK_STATE_)" + std::string(state) + R"("}})";
}
inline std::string TaskEvent(std::string_view state) { return Sse(Result(R"({"task":)" + TaskJson(state) + "}")); }
inline std::string StatusEvent(std::string_view state) {
  return Sse(Result(R"({"statusUpdate":{"taskId":"t-1","contextId":"c-1","status":{"state":"TASK_STATE_)" +
                    std::string(state) + R"("}}})"));
}
inline std::string ArtifactEvent(std::string_view text = "chunk") {
  return Sse(
      Result(R"({"artifactUpdate":{"taskId":"t-1","contextId":"c-1","artifact":{"artifactId":"a","parts":[{"text":")" +
             std::string(text) + R"("}]},"append":true}})"));
}
inline constexpr std::string_view kMessageJson =
    R"({"messageId":"m-2","role":"ROLE_AGENT","parts":[{"text":"hello"}]})";
inline std::string MessageEvent() { return Sse(Result(R"({"message":)" + std::string(kMessageJson) + "}")); }

inline lf::a2a::v1::SendMessageRequest Hello() {
  lf::a2a::v1::SendMessageRequest request;
  request.mutable_message()->set_message_id("m-1");
  request.mutable_message()->set_role(lf::a2a::v1::ROLE_USER);
  request.mutable_message()->add_parts()->set_text("hi");
  return request;
}

// A call of `rpc` that is well formed.
inline A2aCall BeginCall(std::string_view rpc, std::string_view id = "1", A2aCall::Limits limits = kLimits) {
  const A2aMethod& method = *FindA2aMethod(rpc);
  if (rpc == "SendMessage" || rpc == "SendStreamingMessage") {
    return *A2aCall::Begin(method, Hello().SerializeAsString(), id, limits);
  }
  lf::a2a::v1::GetTaskRequest by_id;  // CancelTask and SubscribeToTask have `id` at the same number
  by_id.set_id("t-1");
  return *A2aCall::Begin(method, by_id.SerializeAsString(), id, limits);
}

// "OK", or the reason of an error, or its code where it has none; "-" when there is no end.
inline std::string EndOf(const Step& step) {
  if (!step.end) return "-";
  if (step.end->ok()) return "OK";
  const std::string reason = ErrorReason(*step.end);
  return reason.empty() ? absl::StatusCodeToString(step.end->code()) : reason;
}

}  // namespace sluice::translate::testing

#endif  // SLUICE_TESTS_TRANSLATE_A2A_ANSWERS_H_
