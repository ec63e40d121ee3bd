#include "client/agent/mcp/mcp_site.h"

#include <utility>

namespace sluice::agent::mcp {
namespace {

constexpr std::string_view kNowhere = "Nothing here: the endpoint is / or /mcp";

}  // namespace

McpSite::McpSite(const Options& options, std::function<std::string()> make_id, const SessionLimits& limits)
    : options_(options),
      sessions_(limits, clockwork_, stats(), std::move(make_id)),
      performer_(sessions_),
      legacy_(options_, clockwork_, stats(), sessions_, performer_),
      modern_(options_, clockwork_, stats(), performer_) {}

SiteAnswer McpSite::Answer(const HttpCall& call, Now now) {
  if (call.path() != "/" && call.path() != "/mcp") return {{}, PlainReply(404, kNowhere)};
  if (call.method == "POST") return Post(call, now);
  if (options_.eras == Eras::kModern) return {{}, WrongMethod("POST")};
  if (call.method == "GET") {
    stats().Request("GET");
    return legacy_.Get(call);
  }
  if (call.method != "DELETE") return {{}, WrongMethod("POST, GET, DELETE")};
  stats().Request("DELETE");
  return {"DELETE", legacy_.Delete(call)};
}

SiteAnswer McpSite::Post(const HttpCall& call, Now now) {
  if (!IsJson(call.content_type)) {
    return {{}, ErrorReply(415, "null", kServerError, "Content-Type must be application/json")};
  }
  auto read = ReadMessage(call.body);
  if (auto* refused = std::get_if<HttpReply>(&read)) return {{}, std::move(*refused)};
  const Message& message = std::get<Message>(read);
  stats().Request(message.kind == Message::Kind::kResponse ? "response" : KnownMethod(message.method));
  const bool modern = Modern::IsMeant(message);
  if (modern && options_.eras != Eras::kLegacy) return modern_.Post(call, message, now);
  if (options_.eras != Eras::kModern) return legacy_.Post(call, message, now);
  return {{}, Modern::RefuseVersion(message, "")};
}

}  // namespace sluice::agent::mcp
