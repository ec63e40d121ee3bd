// MCP over Streamable HTTP, 2025-03-26 to 2025-11-25: one endpoint, three verbs, sessions.
#ifndef SLUICE_CLIENT_AGENT_MCP_LEGACY_H_
#define SLUICE_CLIENT_AGENT_MCP_LEGACY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "client/agent/mcp/message.h"
#include "client/agent/mcp/options.h"
#include "client/agent/mcp/performer.h"
#include "client/agent/mcp/session_store.h"
#include "client/agent/site.h"

namespace sluice::agent::mcp {

// Thread: the agent's.
class Legacy {
 public:
  // All must outlive it.
  Legacy(const Options& options, Clockwork& clockwork, StatsBook& stats, SessionStore& sessions, Performer& performer)
      : options_(options), clockwork_(clockwork), stats_(stats), sessions_(sessions), performer_(performer) {}

  SiteAnswer Post(const HttpCall& http, const Message& message, Now now);
  // The standalone stream, or with Last-Event-ID any earlier one.
  SiteAnswer Get(const HttpCall& http);
  HttpReply Delete(const HttpCall& http);

 private:
  using Found = std::variant<std::shared_ptr<Session>, HttpReply>;

  // The session of a request that is not `initialize`; null when there are none.
  Found FindSession(const HttpCall& http) const;
  SiteAnswer Initialize(const Message& message, Now now);
  HttpReply TakeNotification(const std::shared_ptr<Session>& session, const Message& message);
  HttpReply TakeResponse(const std::shared_ptr<Session>& session, const Message& message);
  SiteAnswer TakeRequest(const std::shared_ptr<Session>& session, const HttpCall& http, const Message& message,
                         Now now);
  // The outcome of a request that is answered at once.
  std::string OutcomeOf(Session* session, const Message& message) const;
  SiteAnswer AnswerAtOnce(const std::shared_ptr<Session>& session, const Message& message, std::string outcome,
                          Now now);
  SiteAnswer CallTool(const std::shared_ptr<Session>& session, const HttpCall& http, const Message& message, Now now);
  SiteAnswer Begin(const std::shared_ptr<Session>& session, CallOrder order, std::unique_ptr<Fault> fault,
                   std::function<void(Call&)> on_through, Now now);
  static std::unique_ptr<Feed> FirstFeed(const std::shared_ptr<Session>& session, const std::shared_ptr<Call>& call);
  std::unique_ptr<Feed> ReadChannel(const std::shared_ptr<Channel>& channel, std::uint64_t first);
  SiteAnswer OpenChannel(const std::shared_ptr<Session>& session);
  SiteAnswer Resume(const std::shared_ptr<Session>& session, std::string_view last_event_id);

  const Options& options_;
  Clockwork& clockwork_;
  StatsBook& stats_;
  SessionStore& sessions_;
  Performer& performer_;
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_LEGACY_H_
