#include "server/http/agents.h"

#include <array>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "server/config/keys.h"
#include "server/translate/json_scanner.h"

namespace sluice::http {
namespace {

using discovery::UpstreamEntry;
using translate::QuoteJson;

constexpr std::string_view kAgents = "/agents";
constexpr std::array<std::string_view, 2> kCardPaths = {"/.well-known/agent-card.json", "/.well-known/agent.json"};
constexpr std::string_view kNoCard = R"({"description":"The gateway has read no agent card of this agent."})";
constexpr std::string_view kHtmlHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Agents</title><style>
body{font-family:sans-serif;margin:2em}td,th{text-align:left;vertical-align:top;padding:.3em 1em .3em 0}
</style></head><body><h1>Agents</h1>
<table><tr><th>Name</th><th>Kind</th><th>A2A</th><th>Reachable</th><th>Agent</th><th>Card</th></tr>
)";

// A row of the catalogue.
struct Row {
  std::string name;
  std::string kind;
  std::string version;  // kind a2a: of A2A
  bool reachable = true;
  std::string agent_name;  // of its card
  std::string description;
  std::string card_path;  // kind a2a
};

Row RowOf(const UpstreamEntry& entry) {
  Row row;
  row.name = entry.config.name;
  row.kind = config::NameOf(entry.config.kind);
  row.reachable = entry.reachable.load();
  if (entry.config.kind != config::UpstreamKind::kA2a) return row;
  const auto agent = entry.agent();
  row.version = translate::NameOf(agent->version);
  row.card_path = absl::StrCat(std::string(kAgents), "/", row.name, std::string(kCardPaths[0]));
  if (agent->card == nullptr) return row;
  row.agent_name = agent->card->name;
  row.description = agent->card->description;
  return row;
}

std::string ToJson(const Row& row) {
  std::string json = absl::StrCat("{\"name\":", QuoteJson(row.name), ",\"kind\":", QuoteJson(row.kind),
                                  ",\"reachable\":", row.reachable ? "true" : "false");
  const auto add = [&json](std::string_view name, const std::string& text) {
    if (!text.empty()) absl::StrAppend(&json, ",", QuoteJson(name), ":", QuoteJson(text));
  };
  add("version", row.version);
  add("agentName", row.agent_name);
  add("description", row.description);
  add("cardUrl", row.card_path);
  return json + '}';
}

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string ToHtml(const Row& row) {
  const std::string card = row.card_path.empty() ? "" : absl::StrCat("<a href=\"", row.card_path, "\">card</a>");
  const std::string agent = absl::StrCat("<b>", Escaped(row.agent_name), "</b><br>", Escaped(row.description));
  const std::vector<std::string> cells = {Escaped(row.name),
                                          row.kind,
                                          row.version,
                                          row.reachable ? "yes" : "no",
                                          row.agent_name.empty() ? Escaped(row.description) : agent,
                                          card};
  return absl::StrCat("<tr><td>", absl::StrJoin(cells, "</td><td>"), "</td></tr>\n");
}

}  // namespace

std::optional<Page> AgentPages::Find(std::string_view path, std::string_view accept,
                                     std::string_view a2a_version) const {
  if (path == kAgents) return Catalogue(accept.find("text/html") != std::string_view::npos);
  for (const std::string_view card : kCardPaths) {
    if (!path.ends_with(card)) continue;
    path.remove_suffix(card.size());
    const bool named = path.starts_with(kAgents) && path.substr(kAgents.size()).starts_with('/');
    if (!named && !path.empty()) return std::nullopt;
    const UpstreamEntry* agent = named ? FindAgent(path.substr(kAgents.size() + 1)) : directory_.default_agent();
    const bool says_10 = a2a_version == "1" || a2a_version.starts_with("1.");
    if (agent != nullptr) return CardOf(*agent, says_10 ? translate::A2aVersion::k10 : translate::A2aVersion::k03);
  }
  return std::nullopt;
}

const UpstreamEntry* AgentPages::FindAgent(std::string_view name) const {
  for (const UpstreamEntry& entry : directory_.all()) {
    if (entry.config.kind == config::UpstreamKind::kA2a && entry.config.name == name) return &entry;
  }
  return nullptr;
}

Page AgentPages::Catalogue(bool html) const {
  std::vector<std::string> rows;
  for (const UpstreamEntry& entry : directory_.all())
    rows.push_back(html ? ToHtml(RowOf(entry)) : ToJson(RowOf(entry)));
  if (html) {
    return {"text/html; charset=utf-8",
            absl::StrCat(std::string(kHtmlHead), absl::StrJoin(rows, ""), "</table></body></html>\n"), "no-cache"};
  }
  return {"application/json", absl::StrCat("{\"agents\":[", absl::StrJoin(rows, ","), "]}\n"), "no-cache"};
}

Page AgentPages::CardOf(const UpstreamEntry& entry, translate::A2aVersion reader) const {
  const auto agent = entry.agent();
  const std::string_view card = agent->card != nullptr ? std::string_view(agent->card->json) : kNoCard;
  return {"application/json", translate::RewriteCard(card, directory_.InterfaceOf(entry), entry.config.name, reader),
          agent->card != nullptr ? "public, max-age=60" : "no-cache"};
}

}  // namespace sluice::http
