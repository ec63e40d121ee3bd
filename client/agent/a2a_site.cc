#include "client/agent/a2a_site.h"

#include <functional>
#include <memory>
#include <utility>

#include "client/agent/agent_card.h"
#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

// The value of A2A-Version in a query: the header's other place.
std::string_view VersionInQuery(std::string_view query) {
  constexpr std::string_view kName = "A2A-Version=";
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    if (pair.substr(0, kName.size()) == kName) return pair.substr(kName.size());
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return {};
}

}  // namespace

A2aSite::A2aSite(std::string_view url, std::function<std::string()> make_id, const A2aOptions& options)
    : store_(StoreLimits{}, std::move(make_id)),
      methods_(store_, ToJson(ExtendedCard(url, options.versions))),
      rpc_(methods_, stats(), options.versions),
      card_path_(options.card_path),
      card_(ToJson(PublicCard(url, options.versions))),
      card_etag_('"' + std::to_string(std::hash<std::string>()(card_)) + '"') {}

SiteAnswer A2aSite::Answer(const HttpCall& call, Now now) {
  if (call.path() == "/") {
    if (call.method != "POST") return {{}, WrongMethod("POST")};
    return ServeRpc(call, now);
  }
  if (call.path() == card_path_) return {{}, call.method == "GET" ? ServeCard(call) : WrongMethod("GET")};
  const std::string card = card_path_.empty() ? "" : ", GET " + card_path_ + " the agent card";
  return {{}, PlainReply(404, "Nothing here: POST / is JSON-RPC" + card)};
}

HttpReply A2aSite::ServeCard(const HttpCall& call) const {
  HttpReply reply{.body = card_, .headers = {{"Cache-Control", "max-age=60"}, {"ETag", card_etag_}}};
  if (call.if_none_match == card_etag_) {
    reply.status = 304;
    reply.body.clear();
  }
  return reply;
}

SiteAnswer A2aSite::ServeRpc(const HttpCall& call, Now now) {
  const std::string_view version = call.version.empty() ? VersionInQuery(call.query()) : call.version;
  RpcAnswer answer = rpc_.Handle({call.body, call.content_type, version}, now);
  SiteAnswer served{answer.method, {}, std::move(answer.fault)};
  if (served.fault && served.fault->body) {
    served.what = HttpReply{.body = *served.fault->body};
  } else if (auto* feed = std::get_if<std::unique_ptr<Feed>>(&answer.what)) {
    served.what = std::move(*feed);
  } else {
    served.what = HttpReply{.body = std::move(std::get<std::string>(answer.what))};
  }
  return served;
}

}  // namespace sluice::agent
