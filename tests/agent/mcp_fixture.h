// The MCP server without sockets.
#ifndef SLUICE_TESTS_AGENT_MCP_FIXTURE_H_
#define SLUICE_TESTS_AGENT_MCP_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/agent/mcp/mcp_site.h"

namespace sluice::agent::mcp {

using Headers = std::vector<std::pair<std::string, std::string>>;

class McpFixture : public ::testing::Test {
 protected:
  explicit McpFixture(const Options& options = {}, const SessionLimits& limits = {})
      : site_(
            options, [this] { return "session-" + std::to_string(++ids_); }, limits) {}

  // Time stands still but for this.
  void Pass(int ms) {
    now_.steady += std::chrono::milliseconds(ms);
    site_.Advance(now_);
  }

  SiteAnswer Serve(std::string_view method, const std::string& body, const Headers& headers) {
    HttpCall call{.method = method, .target = "/mcp", .body = body};
    for (const auto& [name, value] : headers) {
      call.headers.emplace_back(name, value);
      if (name == "Content-Type") call.content_type = value;
    }
    return site_.Serve(call, now_);
  }
  SiteAnswer Post(const std::string& body, const Headers& more = {}) {
    Headers headers = {{"Content-Type", "application/json"}, {"Accept", "application/json, text/event-stream"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return Serve("POST", body, headers);
  }
  SiteAnswer Get(const Headers& more = {}) {
    Headers headers = {{"Accept", "text/event-stream"}, {"Mcp-Session-Id", session_}};
    headers.insert(headers.end(), more.begin(), more.end());
    return Serve("GET", "", headers);
  }
  SiteAnswer Resume(const std::string& last_event_id) { return Get({{"Last-Event-ID", last_event_id}}); }

  // Begins a session; what follows is in it.
  std::string Initialize(const std::string& version = "2025-06-18",
                         const std::string& capabilities = R"({"sampling":{},"elicitation":{},"roots":{}})") {
    SiteAnswer answer = Post(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":")" +
                             version + R"(","capabilities":)" + capabilities + "}}");
    const std::string text = Ready(answer);
    session_ = answer.headers.empty() ? "" : answer.headers.at(0).second;
    return text;
  }
  SiteAnswer Ask(const std::string& body) { return Post(body, {{"Mcp-Session-Id", session_}}); }
  // A call of the tool `script`; `id` is JSON text.
  SiteAnswer Call(const std::string& script, const std::string& id = "1", const std::string& token = "\"t\"") {
    return Ask(ToolCall(script, id, R"("_meta":{"progressToken":)" + token + "}"));
  }
  static std::string ToolCall(const std::string& script, const std::string& id, const std::string& more) {
    return R"({"jsonrpc":"2.0","id":)" + id +
           R"(,"method":"tools/call","params":{"name":"script","arguments":{"text":")" + script + "\"}," + more + "}}";
  }

  static Feed* FeedOf(SiteAnswer& answer) {
    auto* feed = std::get_if<std::unique_ptr<Feed>>(&answer.what);
    return feed == nullptr ? nullptr : feed->get();
  }
  // What is ready of an answer that comes bit by bit; a mark when it has ended with it.
  static std::string Ready(SiteAnswer& answer) {
    Feed* const feed = FeedOf(answer);
    if (feed == nullptr) return "(at once) " + std::get<HttpReply>(answer.what).body;
    std::string text;
    const Feed::State state = feed->Fill(text, 1 << 20);
    return state == Feed::State::kEnded ? text + "(end)" : text;
  }
  // 0 for a feed.
  static int Status(const SiteAnswer& answer) {
    const auto* reply = std::get_if<HttpReply>(&answer.what);
    return reply == nullptr ? 0 : reply->status;
  }
  static std::string Body(const SiteAnswer& answer) {
    const auto* reply = std::get_if<HttpReply>(&answer.what);
    return reply == nullptr ? "" : reply->body;
  }
  McpStats Stats() { return site_.stats().Read().mcp; }

  int ids_ = 0;
  Now now_{SteadyTime(std::chrono::hours(1)), UnixMillis(0)};
  McpSite site_;
  std::string session_;
};

}  // namespace sluice::agent::mcp

#endif  // SLUICE_TESTS_AGENT_MCP_FIXTURE_H_
