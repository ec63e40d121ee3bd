// A2A in a session: a streaming method is answered by many responses, of which the last state decides.
// The client writes the JSON, so that the name of its method tells the version.
#include <memory>
#include <utility>

#include "server/base/status.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_end_rule.h"
#include "server/translate/a2a_facts.h"
#include "server/translate/a2a_json.h"
#include "server/translate/a2a_v03_json.h"
#include "server/translate/errors.h"
#include "server/translate/session_core.h"
#include "server/translate/session_protocol.h"

namespace sluice::translate {
namespace {

constexpr std::string_view kStreamResponse = "lf.a2a.v1.StreamResponse";
constexpr std::size_t kMaxTaskIdBytes = 1024;

class A2aSession final : public SessionProtocol {
 public:
  using SessionProtocol::SessionProtocol;

  void OnClientMessage(std::string json, const JsonRpcMessage& message) override {
    const A2aMethod* method = FindA2aJsonRpcMethod(message.method);
    const bool is_v03 = method != nullptr && method->rpc != message.method;
    const SessionExchange& exchange = core_.Post(std::move(json), message,
                                                 {{"content-type", "application/json"},
                                                  {"accept", "application/json, text/event-stream"},
                                                  {"a2a-version", is_v03 ? "0.3" : "1.0"}});
    SessionRequest* request = core_.FindRequest(exchange.request_id);
    if (request == nullptr) return;
    request->a2a.many = method != nullptr && method->streaming;
    request->a2a.is_v03 = is_v03;
  }

  bool OnMessage(SessionExchange&, const JsonRpcMessage& message, SessionRequest* asked) override {
    if (asked != nullptr && asked->a2a.many && message.kind == JsonRpcKind::kResult) Note(*asked, message.result);
    return true;
  }

  bool IsOver(const SessionRequest& request) const override {
    return !request.a2a.many || request.a2a.rule.OverAtOnce();
  }

  absl::Status Verdict(const SessionRequest& request, const SessionExchange& exchange,
                       const ExchangeEnd& end) const override {
    if (!request.a2a.many || request.responses == 0) return SessionProtocol::Verdict(request, exchange, end);
    const bool well = request.a2a.rule.EndsWell(end.outcome, exchange.answer.inside_event());
    return well ? absl::OkStatus() : StatusFromEnd(end);
  }

  void OnTimer(Session::TimerId id) override {
    for (auto& [request_id, request] : core_.requests()) {
      if (request.a2a.grace != id) continue;
      request.a2a.grace = 0;
      if (!request.a2a.rule.OverAfterGrace()) return;  // a later event took the end back
      if (!std::exchange(request.a2a.grace_anew, false)) return core_.EndRequest(request, absl::OkStatus());
      request.a2a.grace = core_.SetTimer(kA2aGrace);
      return;
    }
  }

  void AddParticulars(const SessionRequest& request, absl::Status& told) const override {
    const SessionRequest::A2a& a2a = request.a2a;
    if (!a2a.task_id.empty()) AddErrorMetadata(told, "task_id", a2a.task_id);
    if (!a2a.rule.last_state().empty()) AddErrorMetadata(told, "last_state", a2a.rule.last_state());
  }

 private:
  static absl::StatusOr<A2aMessage> Read(std::string_view event, bool is_v03) {
    if (is_v03) return ResultFromV03Json(*FindA2aMethod("SubscribeToTask"), event);
    absl::StatusOr<std::string> wire = JsonToProto(kStreamResponse, event);
    if (!wire.ok()) return wire.status();
    return A2aMessage{*std::move(wire)};
  }

  void Note(SessionRequest& request, std::string_view result) {
    const absl::StatusOr<A2aMessage> event = Read(result, request.a2a.is_v03);
    if (!event.ok()) return;
    A2aFacts facts = ReadResponseFacts(event->wire);
    facts.final_update = event->final_update.value_or(false);
    if (!facts.task_id.empty() && facts.task_id.size() <= kMaxTaskIdBytes) request.a2a.task_id = facts.task_id;
    if (!request.a2a.rule.Note(facts)) return;
    request.a2a.grace_anew = request.a2a.grace != 0;
    if (!request.a2a.grace_anew) request.a2a.grace = core_.SetTimer(kA2aGrace);
  }
};

}  // namespace

std::unique_ptr<SessionProtocol> MakeA2aProtocol(SessionCore& core) { return std::make_unique<A2aSession>(core); }

}  // namespace sluice::translate
