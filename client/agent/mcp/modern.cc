#include "client/agent/mcp/modern.h"

#include <array>
#include <utility>

#include "client/agent/json_text.h"
#include "client/agent/mcp/catalog.h"
#include "client/agent/mcp/mcp_header.h"
#include "client/agent/raw_json.h"

namespace sluice::agent::mcp {
namespace {

constexpr std::string_view kVersion = "2026-07-28";
constexpr std::string_view kVersionKey = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kCapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view kLogLevelKey = "io.modelcontextprotocol/logLevel";
constexpr std::string_view kCapabilities =
    R"({"tools":{"listChanged":true},"resources":{"subscribe":true},"prompts":{},"logging":{}})";
// Where the answer to the one question of a script stands in inputRequests and inputResponses.
constexpr std::string_view kQuestionKey = "question";
constexpr std::string_view kRequestState = "asked once";
constexpr std::string_view kCacheable = R"("ttlMs":60000,"cacheScope":"public")";

const boost::json::object& MetaOf(const Message& message) { return ObjectAt(message.params, "_meta"); }

HttpReply Refused(const Message& message, int status, int code, std::string_view text, std::string_view data = {}) {
  return ErrorReply(status, message.id.empty() ? "null" : message.id, code, text, data);
}

// What Mcp-Name must say; empty: the method needs none.
std::string NameOf(const Message& message) {
  if (message.method == "tools/call" || message.method == "prompts/get") return StringAt(message.params, "name");
  if (message.method == "resources/read") return StringAt(message.params, "uri");
  return {};
}

std::string CompleteMember(std::string_view members) {
  std::string result = R"("resultType":"complete",)" + std::string(kCacheable);
  if (!members.empty()) AppendItem(members, result);
  return "\"result\":{" + result + "}";
}

std::string DiscoverMembers() {
  return R"("supportedVersions":[")" + std::string(kVersion) + R"("],"capabilities":)" + std::string(kCapabilities) +
         R"(,"_meta":{"io.modelcontextprotocol/serverInfo":)" + std::string(kServerInfo) + "}";
}

std::string InputRequired(Question question) {
  const QuestionText text = TextOf(question);
  return R"({"resultType":"input_required","inputRequests":{)" + Quoted(kQuestionKey) + R"(:{"method":)" +
         Quoted(text.method) + R"(,"params":)" + std::string(text.params) + R"(}},"requestState":)" +
         Quoted(kRequestState) + "}";
}

// What the listener wants and gets; returns it as members of "notifications".
std::string ReadFilter(const boost::json::object& wanted, Listener& listener) {
  const boost::json::value* const tools = wanted.if_contains("toolsListChanged");
  listener.tools_changed = tools != nullptr && tools->is_bool() && tools->get_bool();
  std::string agreed = listener.tools_changed ? R"("toolsListChanged":true)" : "";
  const boost::json::value* const uris = wanted.if_contains("resourceSubscriptions");
  if (uris == nullptr || !uris->is_array()) return agreed;
  std::string resources;
  for (const boost::json::value& uri : uris->get_array()) {
    if (!uri.is_string()) continue;
    listener.resources.emplace(uri.get_string());
    AppendItem(ToJson(uri), resources);
  }
  AppendItem(R"("resourceSubscriptions":[)" + resources + "]", agreed);
  return agreed;
}

}  // namespace

bool Modern::IsMeant(const Message& message) { return !StringAt(MetaOf(message), kVersionKey).empty(); }

HttpReply Modern::RefuseVersion(const Message& message, std::string_view version) {
  return Refused(message, 400, kUnsupportedVersion, "Unsupported protocol version",
                 R"({"supported":[")" + std::string(kVersion) + R"("],"requested":)" + Quoted(version) + "}");
}

SiteAnswer Modern::Post(const HttpCall& http, const Message& message, Now now) {
  const std::string version = StringAt(MetaOf(message), kVersionKey);
  const std::string mismatch = HeaderMismatch(
      http, {{"MCP-Protocol-Version", version}, {"Mcp-Method", message.method}, {"Mcp-Name", NameOf(message)}});
  if (!mismatch.empty()) return {{}, Refused(message, 400, kHeaderMismatch, mismatch)};
  if (version != kVersion) return {{}, RefuseVersion(message, version)};
  if (MetaOf(message).if_contains(boost::json::string_view(kCapabilitiesKey.data(), kCapabilitiesKey.size())) ==
      nullptr) {
    return {{}, Refused(message, 400, kInvalidParams, "params._meta must have " + std::string(kCapabilitiesKey))};
  }
  if (message.kind == Message::Kind::kNotification) return {{}, EmptyReply(202)};
  if (message.method == "tools/call") return CallTool(http, message, now);
  if (message.method == "subscriptions/listen") return Listen(message);
  std::string error;
  std::optional<std::string> members = ReadResult(message.method, message.params, error);
  if (message.method == "server/discover") members = DiscoverMembers();
  if (!error.empty()) return {{}, Refused(message, 200, kInvalidParams, error)};
  if (!members) return {"other", Refused(message, 404, kMethodNotFound, "Method not found")};
  return {KnownMethod(message.method),
          HttpReply{.body = R"({"jsonrpc":"2.0","id":)" + message.id + "," + CompleteMember(*members) + "}"}};
}

SiteAnswer Modern::CallTool(const HttpCall& http, const Message& message, Now now) {
  const HeaderArgument mirrored = HeaderArgumentOf(StringAt(message.params, "name"));
  if (!mirrored.header.empty()) {
    const std::string value = StringAt(ObjectAt(message.params, "arguments"), mirrored.argument);
    const std::string mismatch = HeaderMismatch(http, {{"Mcp-Param-" + std::string(mirrored.header), value}});
    if (!mismatch.empty()) return {{}, Refused(message, 400, kHeaderMismatch, mismatch)};
  }
  auto tool = ReadToolCall(http, message, /*modern=*/true);
  if (!tool.ok()) return {"tools/call", Refused(message, 200, kInvalidParams, std::string(tool.status().message()))};
  const Question question = tool->script.question;
  if (question == Question::kNone) return Begin(message, *std::move(tool), now);

  const QuestionText text = TextOf(question);
  if (!ObjectAt(MetaOf(message), kCapabilitiesKey).contains({text.capability.data(), text.capability.size()})) {
    return {"tools/call", Refused(message, 400, kMissingCapability, "The client must have the capability asked for",
                                  R"({"requiredCapabilities":{)" + Quoted(text.capability) + ":{}}}")};
  }
  const std::string_view reply = RawMember(message.raw, {"params", "inputResponses", kQuestionKey});
  if (!reply.empty() && StringAt(message.params, "requestState") != kRequestState) {
    return {"tools/call", Refused(message, 200, kInvalidParams, "requestState must come back as it was")};
  }
  tool->script.question = Question::kNone;
  const std::string answered = AnsweredResult(question, reply, /*modern=*/true);
  tool->script.raw_result = reply.empty() ? InputRequired(question) : answered.substr(answered.find('{'));
  return Begin(message, *std::move(tool), now);
}

SiteAnswer Modern::Begin(const Message& message, ToolCall tool, Now now) {
  CallOrder order{.id = message.id, .script = std::move(tool.script), .modern = true};
  order.progress_token = RawMember(message.raw, {"params", "_meta", "progressToken"});
  order.script.json |= options_.json;
  const bool json = order.script.json;
  const bool unwanted_log = order.script.notice == Notice::kLog && StringAt(MetaOf(message), kLogLevelKey).empty();
  order.mute = json || unwanted_log;
  const auto call = std::make_shared<Call>(clockwork_, stats_, std::move(order), /*number=*/1,
                                           [this](Call& now_through) { performer_.Perform(now_through, nullptr); });
  FeedHooks hooks;
  hooks.on_client_gone = [this, call] {
    if (call->settled()) return;
    call->Cancel();
    stats_.Update([](AgentStats& stats) { ++stats.mcp.calls_cancelled; });
  };
  hooks.on_over = [call] { call->Cancel(); };
  call->Start(now);
  std::unique_ptr<Feed> feed;
  if (json) {
    feed = std::make_unique<CallFeed>(call, std::move(hooks));
  } else {
    feed = std::make_unique<StreamFeed>(call, StreamFeed::Options{.ids = false}, std::move(hooks));
  }
  return AnswerOf("tools/call", std::move(feed), std::move(tool.fault));
}

SiteAnswer Modern::Listen(const Message& message) {
  auto listener = std::make_shared<Listener>();
  listener->id = message.id;
  const std::string agreed = ReadFilter(ObjectAt(message.params, "notifications"), *listener);
  listener->channel = std::make_shared<Channel>(clockwork_, /*number=*/0);
  listener->channel->Append(
      R"({"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{)"
      R"("io.modelcontextprotocol/subscriptionId":)" +
      listener->id + R"(},"notifications":{)" + agreed + "}}}");
  const auto place = performer_.Listen(listener);
  stats_.Update([](AgentStats& stats) { ++stats.mcp.get_streams_open; });
  FeedHooks hooks;
  hooks.on_over = [this, place] {
    performer_.StopListening(place);
    stats_.Update([](AgentStats& stats) { --stats.mcp.get_streams_open; });
  };
  return {"subscriptions/listen",
          std::make_unique<StreamFeed>(listener->channel, StreamFeed::Options{.ids = false}, std::move(hooks))};
}

}  // namespace sluice::agent::mcp
