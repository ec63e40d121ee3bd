// Does what a script says once a call has made its steps.
#ifndef SLUICE_CLIENT_AGENT_MCP_PERFORMER_H_
#define SLUICE_CLIENT_AGENT_MCP_PERFORMER_H_

#include <list>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "client/agent/mcp/call.h"
#include "client/agent/mcp/message.h"
#include "client/agent/mcp/session_store.h"

namespace sluice::agent::mcp {

// A stream of subscriptions/listen (2026-07-28).
struct Listener {
  std::string id;  // of its request, JSON text
  bool tools_changed = false;
  std::set<std::string> resources;
  std::shared_ptr<Channel> channel;
};

// Thread: the agent's.
class Performer {
 public:
  explicit Performer(SessionStore& sessions) : sessions_(sessions) {}

  // `session` is null for a call without one.
  void Perform(Call& call, const std::shared_ptr<Session>& session);
  // A client's response to a question; false when nobody asked.
  bool TakeResponse(Session& session, const Message& response);

  using Listening = std::list<std::shared_ptr<Listener>>::iterator;
  Listening Listen(std::shared_ptr<Listener> listener) { return listeners_.insert(listeners_.end(), listener); }
  void StopListening(Listening place) { listeners_.erase(place); }

 private:
  void Ask(Call& call, const std::shared_ptr<Session>& session);
  void TellToolsChanged(Session* session);
  void TellResourceUpdated(Session* session, const std::string& uri);
  void EndListeners();

  SessionStore& sessions_;
  std::list<std::shared_ptr<Listener>> listeners_;
};

// The method, and a request's params as JSON text.
struct QuestionText {
  std::string_view method;
  std::string_view capability;
  std::string_view params;
};
QuestionText TextOf(Question question);

// "result":{…} of an answer to a question, whose "result" or "error" member `reply` is.
std::string AnsweredResult(Question question, std::string_view reply, bool modern);

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_PERFORMER_H_
