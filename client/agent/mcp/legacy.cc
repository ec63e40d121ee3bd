#include "client/agent/mcp/legacy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

#include "client/agent/json_text.h"
#include "client/agent/mcp/catalog.h"
#include "client/agent/mcp/tool_call.h"
#include "client/agent/raw_json.h"

namespace sluice::agent::mcp {
namespace {

constexpr auto kVersions = std::to_array<std::string_view>({"2025-03-26", "2025-06-18", "2025-11-25"});
// From here on a stream begins with an event that carries an id alone.
constexpr std::string_view kFirstPrimed = "2025-11-25";
constexpr std::string_view kCapabilities =
    R"({"tools":{"listChanged":true},"resources":{"subscribe":true},"prompts":{},"logging":{}})";

bool IsKnown(std::string_view version) {
  for (const std::string_view known : kVersions) {
    if (known == version) return true;
  }
  return false;
}

bool Accepts(const HttpCall& http, std::string_view type) {
  return http.Header("Accept").value_or("").find(type) != std::string_view::npos;
}

HttpReply Refused(int status, int code, std::string_view message) { return ErrorReply(status, "null", code, message); }

std::string RequestId(const Message& message) { return std::string(RawMember(message.raw, {"params", "requestId"})); }

// "7-12": stream 7, event 12.
std::optional<std::pair<std::uint64_t, std::uint64_t>> ReadEventId(std::string_view id) {
  const char* const end = id.data() + id.size();
  std::pair<std::uint64_t, std::uint64_t> place;
  const auto stream = std::from_chars(id.data(), end, place.first);
  if (stream.ec != std::errc() || stream.ptr == end || *stream.ptr != '-') return std::nullopt;
  const auto event = std::from_chars(stream.ptr + 1, end, place.second);
  if (event.ec != std::errc() || event.ptr != end) return std::nullopt;
  return place;
}

}  // namespace

SiteAnswer Legacy::Post(const HttpCall& http, const Message& message, Now now) {
  if (!Accepts(http, "application/json") || !Accepts(http, "text/event-stream")) {
    return {{}, Refused(406, kServerError, "Accept must have both application/json and text/event-stream")};
  }
  if (message.method == "initialize" && message.kind == Message::Kind::kRequest) return Initialize(message, now);
  Found found = FindSession(http);
  if (auto* refused = std::get_if<HttpReply>(&found)) return {{}, std::move(*refused)};
  const auto& session = std::get<0>(found);
  if (message.kind == Message::Kind::kNotification) return {{}, TakeNotification(session, message)};
  if (message.kind == Message::Kind::kResponse) return {{}, TakeResponse(session, message)};
  return TakeRequest(session, http, message, now);
}

Legacy::Found Legacy::FindSession(const HttpCall& http) const {
  const std::string_view version = http.Header("MCP-Protocol-Version").value_or("");
  if (!version.empty() && !IsKnown(version)) {
    return Refused(400, kServerError, "Unsupported MCP-Protocol-Version: use 2025-03-26, 2025-06-18 or 2025-11-25");
  }
  if (options_.stateless) return nullptr;
  const auto id = http.Header("Mcp-Session-Id");
  if (!id || id->empty()) return Refused(400, kServerError, "Mcp-Session-Id is missing: initialize gives it");
  std::shared_ptr<Session> session = sessions_.Find(*id);
  if (session == nullptr && options_.unknown_session_is_400) {
    return Refused(400, kServerError, "No valid session ID provided");
  }
  if (session == nullptr) return Refused(404, kSessionNotFound, "Session not found");
  if (!version.empty() && version != session->version) {
    return Refused(400, kServerError, "MCP-Protocol-Version must be the one of initialize, " + session->version);
  }
  return session;
}

SiteAnswer Legacy::Initialize(const Message& message, Now now) {
  std::string version = StringAt(message.params, "protocolVersion");
  if (!IsKnown(version)) version = kVersions.back();
  std::shared_ptr<Session> session;
  if (!options_.stateless) {
    session = sessions_.Create(version);
    for (const auto& member : ObjectAt(message.params, "capabilities")) session->capabilities.emplace(member.key());
  }
  return AnswerAtOnce(session, message,
                      R"("result":{"protocolVersion":)" + Quoted(version) + R"(,"capabilities":)" +
                          std::string(kCapabilities) + R"(,"serverInfo":)" + std::string(kServerInfo) + "}",
                      now);
}

HttpReply Legacy::TakeNotification(const std::shared_ptr<Session>& session, const Message& message) {
  if (message.method == "notifications/initialized" && session != nullptr && !session->channel->open()) {
    stats_.Update([](AgentStats& stats) { ++stats.mcp.initialized_without_get; });
  }
  if (message.method == "notifications/cancelled") {
    const auto call = session == nullptr ? nullptr : session->FindRunning(RequestId(message));
    if (call != nullptr) call->Cancel();
    stats_.Update([&](AgentStats& stats) {
      ++stats.mcp.cancels_received;
      if (call != nullptr) ++stats.mcp.calls_cancelled;
    });
  }
  return EmptyReply(202);
}

HttpReply Legacy::TakeResponse(const std::shared_ptr<Session>& session, const Message& message) {
  const bool asked = session != nullptr && performer_.TakeResponse(*session, message);
  stats_.Update([&](AgentStats& stats) { ++(asked ? stats.mcp.responses_received : stats.mcp.unknown_responses); });
  return EmptyReply(202);
}

SiteAnswer Legacy::TakeRequest(const std::shared_ptr<Session>& session, const HttpCall& http, const Message& message,
                               Now now) {
  if (session != nullptr && session->FindRunning(message.id) != nullptr) {
    return {{}, ErrorReply(400, message.id, kInvalidRequest, "A request with this id is running")};
  }
  if (message.method == "tools/call") return CallTool(session, http, message, now);
  return AnswerAtOnce(session, message, OutcomeOf(session.get(), message), now);
}

std::string Legacy::OutcomeOf(Session* session, const Message& message) const {
  constexpr std::string_view kNothing = R"("result":{})";
  if (message.method == "ping" || message.method == "logging/setLevel") return std::string(kNothing);
  if (message.method == "resources/subscribe" || message.method == "resources/unsubscribe") {
    const std::string uri = StringAt(message.params, "uri");
    if (uri.empty()) return ErrorMember(kInvalidParams, "uri is required");
    if (session == nullptr) return ErrorMember(kServerError, "Without a session there are no subscriptions");
    if (message.method == "resources/unsubscribe") {
      session->subscriptions.erase(uri);
    } else if (session->subscriptions.size() < sessions_.limits().subscriptions) {
      session->subscriptions.insert(uri);
    }
    return std::string(kNothing);
  }
  std::string error;
  const auto members = ReadResult(message.method, message.params, error);
  if (!error.empty()) return ErrorMember(kInvalidParams, error);
  if (members) return "\"result\":{" + *members + "}";
  return ErrorMember(kMethodNotFound, "Method not found");
}

SiteAnswer Legacy::AnswerAtOnce(const std::shared_ptr<Session>& session, const Message& message, std::string outcome,
                                Now now) {
  CallOrder order{.id = message.id};
  order.script.json = options_.json;
  SiteAnswer answer = Begin(
      session, std::move(order), nullptr, [outcome = std::move(outcome)](Call& call) { call.Answer(outcome); }, now);
  answer.method = KnownMethod(message.method);
  return answer;
}

SiteAnswer Legacy::CallTool(const std::shared_ptr<Session>& session, const HttpCall& http, const Message& message,
                            Now now) {
  auto tool = ReadToolCall(http, message, /*modern=*/false);
  if (!tool.ok())
    return AnswerAtOnce(session, message, ErrorMember(kInvalidParams, std::string(tool.status().message())), now);
  CallOrder order{.id = message.id, .script = std::move(tool->script)};
  order.progress_token = RawMember(message.raw, {"params", "_meta", "progressToken"});
  order.script.json |= options_.json;
  if (order.script.again && tool->fault != nullptr) order.fault_again = std::make_shared<const Fault>(*tool->fault);
  const std::weak_ptr<Session> of_session = session;
  return Begin(
      session, std::move(order), std::move(tool->fault),
      [this, of_session](Call& call) { performer_.Perform(call, of_session.lock()); }, now);
}

SiteAnswer Legacy::Begin(const std::shared_ptr<Session>& session, CallOrder order, std::unique_ptr<Fault> fault,
                         std::function<void(Call&)> on_through, Now now) {
  if (!sessions_.MakeRoom()) {
    return {{}, ErrorReply(200, order.id, kInternalError, "Too many calls are running: cancel some")};
  }
  const bool json = order.script.json;
  order.mute = json;
  order.primed = !json && session != nullptr && session->version >= kFirstPrimed;
  const auto call = std::make_shared<Call>(clockwork_, stats_, std::move(order),
                                           session == nullptr ? 1 : session->next_call++, std::move(on_through));
  HttpHeaders headers;
  if (session != nullptr) {
    sessions_.Keep(session, call);
    headers.emplace_back("Mcp-Session-Id", session->id);
  }
  call->Start(now);
  SiteAnswer answer = AnswerOf("tools/call", FirstFeed(session, call), std::move(fault));
  if (auto* reply = std::get_if<HttpReply>(&answer.what)) reply->headers = headers;
  answer.headers = std::move(headers);
  answer.head_at_once = !json;
  return answer;
}

std::unique_ptr<Feed> Legacy::FirstFeed(const std::shared_ptr<Session>& session, const std::shared_ptr<Call>& call) {
  FeedHooks hooks;
  if (session == nullptr) hooks.on_over = [call] { call->Cancel(); };  // nobody could ask for the rest
  const Script& script = call->order().script;
  if (script.json) return std::make_unique<CallFeed>(call, std::move(hooks));
  const StreamFeed::Options options{.body_limit = static_cast<std::uint64_t>(script.poll), .ids = session != nullptr};
  return std::make_unique<StreamFeed>(call, options, std::move(hooks));
}

SiteAnswer Legacy::Get(const HttpCall& http) {
  if (options_.stateless) return {{}, WrongMethod("POST")};
  if (!Accepts(http, "text/event-stream")) {
    return {{}, Refused(406, kServerError, "Accept must have text/event-stream")};
  }
  Found found = FindSession(http);
  if (auto* refused = std::get_if<HttpReply>(&found)) return {{}, std::move(*refused)};
  const auto& session = std::get<0>(found);
  const auto last_event_id = http.Header("Last-Event-ID");
  SiteAnswer answer = last_event_id ? Resume(session, *last_event_id) : OpenChannel(session);
  answer.method = "GET";
  answer.headers = {{"Mcp-Session-Id", session->id}};
  answer.head_at_once = true;
  return answer;
}

SiteAnswer Legacy::OpenChannel(const std::shared_ptr<Session>& session) {
  if (session->channel->open()) return {{}, Refused(409, kServerError, "The session's GET stream is open already")};
  return {{}, ReadChannel(session->channel, session->channel->ready())};
}

std::unique_ptr<Feed> Legacy::ReadChannel(const std::shared_ptr<Channel>& channel, std::uint64_t first) {
  channel->AddReader();
  stats_.Update([](AgentStats& stats) { ++stats.mcp.get_streams_open; });
  FeedHooks hooks;
  hooks.on_over = [this, channel] {
    channel->RemoveReader();
    stats_.Update([](AgentStats& stats) { --stats.mcp.get_streams_open; });
  };
  return std::make_unique<StreamFeed>(channel, StreamFeed::Options{.first = first}, std::move(hooks));
}

SiteAnswer Legacy::Resume(const std::shared_ptr<Session>& session, std::string_view last_event_id) {
  const auto place = ReadEventId(last_event_id);
  const auto stream = place ? session->FindStream(place->first) : nullptr;
  const bool gone = stream == nullptr || place->second >= stream->ready() || place->second + 1 < stream->oldest() ||
                    place->second + 1 + kReplayedEvents < stream->ready();
  if (gone) return {{}, Refused(400, kServerError, "Last-Event-ID is unknown, or too much has come since")};
  stats_.Update([](AgentStats& stats) { ++stats.mcp.resumes; });
  const std::uint64_t first = place->second + 1 - std::min(place->second + 1, options_.resume_repeats);
  if (stream == session->channel) return {{}, ReadChannel(session->channel, first)};
  const auto call = std::static_pointer_cast<Call>(stream);
  const StreamFeed::Options options{.first = first,
                                    .body_limit = static_cast<std::uint64_t>(call->order().script.poll),
                                    .stays_open = options_.resume_stays_open};
  const auto& fault = call->order().fault_again;
  return AnswerOf({}, std::make_unique<StreamFeed>(call, options),
                  fault == nullptr ? nullptr : std::make_unique<Fault>(*fault));
}

HttpReply Legacy::Delete(const HttpCall& http) {
  if (options_.stateless) return WrongMethod("POST");
  Found found = FindSession(http);
  if (auto* refused = std::get_if<HttpReply>(&found)) return std::move(*refused);
  sessions_.End(std::get<0>(found));
  stats_.Update([](AgentStats& stats) { ++stats.mcp.sessions_deleted; });
  return EmptyReply(200);
}

}  // namespace sluice::agent::mcp
