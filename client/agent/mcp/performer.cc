#include "client/agent/mcp/performer.h"

#include <utility>

#include "client/agent/json_text.h"
#include "client/agent/raw_json.h"

namespace sluice::agent::mcp {
namespace {

std::string Notification(std::string_view method, std::string_view params) {
  return R"({"jsonrpc":"2.0","method":)" + Quoted(method) + R"(,"params":{)" + std::string(params) + "}}";
}

// The notification as it goes to one subscription of 2026-07-28.
std::string Tagged(const Listener& listener, std::string_view method, std::string_view params) {
  std::string members = R"("_meta":{"io.modelcontextprotocol/subscriptionId":)" + listener.id + "}";
  if (!params.empty()) AppendItem(params, members);
  return Notification(method, members);
}

std::string ResultOf(const Call& call) {
  const Script& script = call.order().script;
  if (!script.raw_result.empty()) return "\"result\":" + script.raw_result;
  const std::string large(1024 * script.text_kib, '.');
  return ResultMember({.text = large.empty() ? script.text : large, .is_error = script.act == Act::kFail},
                      call.order().modern);
}

std::string Refusal(std::string_view text, const Call& call) {
  return ResultMember({.text = text, .is_error = true}, call.order().modern);
}

}  // namespace

QuestionText TextOf(Question question) {
  switch (question) {
    case Question::kElicitation:
      return {"elicitation/create", "elicitation",
              R"({"message":"What is your name?","requestedSchema":{"type":"object",)"
              R"("properties":{"name":{"type":"string"}},"required":["name"]}})"};
    case Question::kRoots:
      return {"roots/list", "roots", "{}"};
    case Question::kSampling:
    case Question::kNone:
      break;
  }
  return {"sampling/createMessage", "sampling",
          R"({"messages":[{"role":"user","content":{"type":"text","text":"Say hello."}}],"maxTokens":100})"};
}

std::string AnsweredResult(Question question, std::string_view reply, bool modern) {
  const std::string text = std::string(TextOf(question).method) + " was answered.";
  const std::string structured = R"({"answer":)" + std::string(reply) + "}";
  return ResultMember({.text = text, .structured = structured}, modern);
}

void Performer::Perform(Call& call, const std::shared_ptr<Session>& session) {
  const Script& script = call.order().script;
  if (script.question != Question::kNone) return Ask(call, session);
  if (script.act == Act::kNever) return;
  if (script.act == Act::kDropGet && session != nullptr) session->channel->BeginReading();  // nobody does
  if (script.act == Act::kToolsChanged) TellToolsChanged(session.get());
  if (script.act == Act::kResourceUpdated) TellResourceUpdated(session.get(), script.text);
  if (script.act == Act::kEndListen) EndListeners();
  if (script.act == Act::kLoseSession && session != nullptr) sessions_.End(session, &call);
  call.Answer(ResultOf(call));
}

void Performer::Ask(Call& call, const std::shared_ptr<Session>& session) {
  const Question question = call.order().script.question;
  const QuestionText text = TextOf(question);
  if (session == nullptr) return call.Answer(Refusal("Without a session nobody can be asked.", call));
  if (session->capabilities.count(std::string(text.capability)) == 0) {
    return call.Answer(Refusal("The client has not declared the capability " + std::string(text.capability), call));
  }
  const bool by_channel = call.order().script.json || (question == Question::kRoots && session->channel->open());
  const std::string id = std::to_string(session->next_question++);
  session->questions[id] = std::static_pointer_cast<Call>(call.shared_from_this());
  std::string request = R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":)" + Quoted(text.method) + R"(,"params":)" +
                        std::string(text.params) + "}";
  by_channel ? session->channel->Append(std::move(request)) : call.Ask(std::move(request));
}

bool Performer::TakeResponse(Session& session, const Message& response) {
  const auto question = session.questions.find(response.id);
  if (question == session.questions.end()) return false;
  const std::shared_ptr<Call> call = question->second.lock();
  session.questions.erase(question);
  if (call == nullptr) return true;
  std::string_view reply = RawMember(response.raw, "result");
  if (reply.empty()) reply = RawMember(response.raw, "error");
  call->Answer(AnsweredResult(call->order().script.question, reply, /*modern=*/false));
  return true;
}

void Performer::TellToolsChanged(Session* session) {
  constexpr std::string_view kMethod = "notifications/tools/list_changed";
  if (session != nullptr) session->channel->Append(Notification(kMethod, ""));
  const auto listeners = listeners_;
  for (const auto& listener : listeners) {
    if (listener->tools_changed) listener->channel->Append(Tagged(*listener, kMethod, ""));
  }
}

void Performer::TellResourceUpdated(Session* session, const std::string& uri) {
  constexpr std::string_view kMethod = "notifications/resources/updated";
  const std::string params = R"("uri":)" + Quoted(uri);
  if (session != nullptr && session->subscriptions.count(uri) > 0) {
    session->channel->Append(Notification(kMethod, params));
  }
  const auto listeners = listeners_;
  for (const auto& listener : listeners) {
    if (listener->resources.count(uri) > 0) listener->channel->Append(Tagged(*listener, kMethod, params));
  }
}

void Performer::EndListeners() {
  const auto listeners = listeners_;
  for (const auto& listener : listeners) {
    listener->channel->Append(R"({"jsonrpc":"2.0","id":)" + listener->id +
                              R"(,"result":{"resultType":"complete","_meta":{)"
                              R"("io.modelcontextprotocol/subscriptionId":)" +
                              listener->id + "}}}");
    listener->channel->Close();
  }
}

}  // namespace sluice::agent::mcp
