#include "client/agent/llm/llm_site.h"

#include <array>
#include <charconv>
#include <utility>

#include "absl/status/statusor.h"
#include "client/agent/json_text.h"
#include "client/agent/llm/plain.h"

namespace sluice::agent::llm {

struct LlmSite::Interface {
  std::string_view path;
  std::string_view name;  // for the statistics
  std::string_view list;  // the member that holds the messages
  const Dialect& (*dialect)();
  bool anthropic = false;
};

namespace {

constexpr auto kInterfaces = std::to_array<LlmSite::Interface>({
    {"/v1/chat/completions", "chat.completions", "messages", &OpenAiChat},
    {"/v1/responses", "responses", "input", &OpenAiResponses},
    {"/v1/messages", "messages", "messages", &Anthropic, /*anthropic=*/true},
});
constexpr std::string_view kNowhere =
    "Nothing here: POST /v1/chat/completions, /v1/responses or /v1/messages, or GET /sse?script=words+5+100";
constexpr std::string_view kInvalid = "invalid_request_error";

struct Order {
  Script script;
  std::unique_ptr<Fault> fault;
};

absl::StatusOr<Order> ReadOrder(const HttpCall& call, std::string_view text) {
  const OrderedText parts = SplitOrders(text);
  Order order;
  if (!parts.orders.empty()) {
    absl::StatusOr<Fault> fault = ParseFault(parts.orders, "null");
    if (!fault.ok()) return fault.status();
    order.fault = std::make_unique<Fault>(*std::move(fault));
  }
  absl::StatusOr<Script> script = ParseScript(parts.script);
  if (!script.ok()) return script.status();
  order.script = *std::move(script);
  if (order.script.mirror) {
    order.script.pieces = {R"({"headers":)" + HeadersJson(call) + R"(,"body":)" + Quoted(call.body) + "}"};
  }
  return order;
}

}  // namespace

SiteAnswer LlmSite::Answer(const HttpCall& call, Now now) {
  if (call.path() == "/sse") return AnswerPlain(call, now);
  for (const Interface& interface : kInterfaces) {
    if (call.path() != interface.path) continue;
    if (call.method != "POST") return {{}, WrongMethod("POST")};
    return AnswerModel(interface, call, now);
  }
  return {{}, PlainReply(404, kNowhere)};
}

std::optional<HttpReply> LlmSite::CheckKey(const Interface& interface, const HttpCall& call) const {
  if (options_.key.empty()) return std::nullopt;
  const std::string_view shown = call.Header(interface.anthropic ? "x-api-key" : "Authorization").value_or("");
  if (shown == (interface.anthropic ? options_.key : "Bearer " + options_.key)) return std::nullopt;
  constexpr std::string_view kType = "authentication_error";
  return HttpReply{.status = 401, .body = interface.dialect().ErrorBody(kType, "The key is missing or wrong", "")};
}

SiteAnswer LlmSite::AnswerModel(const Interface& interface, const HttpCall& call, Now now) {
  stats().Request(interface.name);
  const Dialect& dialect = interface.dialect();
  if (auto refused = CheckKey(interface, call)) return {interface.name, *std::move(refused)};
  const auto bad = [&](std::string_view message, std::string_view param) -> SiteAnswer {
    return {interface.name, HttpReply{.status = 400, .body = dialect.ErrorBody(kInvalid, message, param)}};
  };
  if (!IsJson(call.content_type)) return bad("Content-Type must be application/json", "");
  if (interface.anthropic && !call.Header("anthropic-version")) {
    return bad("header is required, for example 2023-06-01", "anthropic-version");
  }
  const auto read = ReadRequest(call.body, interface.list);
  if (const auto* wrong = std::get_if<BadRequest>(&read)) return bad(wrong->message, wrong->param);
  return BeginRun(interface, call, std::get<Request>(read), now);
}

SiteAnswer LlmSite::BeginRun(const Interface& interface, const HttpCall& call, const Request& request, Now now) {
  const Dialect& dialect = interface.dialect();
  absl::StatusOr<Order> order = ReadOrder(call, request.text);
  std::string wrong = order.ok() ? "" : std::string(order.status().message());
  if (wrong.empty() && !request.stream && !IsBounded(order->script)) wrong = "More than 64 MiB: ask for a stream";
  if (!wrong.empty()) {
    return {interface.name, HttpReply{.status = 400, .body = dialect.ErrorBody(kInvalid, wrong, interface.list)}};
  }
  const std::string id = make_id_();
  const auto run =
      std::make_shared<Run>(clockwork_, RunOrder{id, request.model, now.unix_time.count() / 1000, request.prompt_tokens,
                                                 request.include_usage, std::move(order->script)});
  run->Start(now);
  std::unique_ptr<Feed> feed;
  if (request.stream) {
    feed = std::make_unique<RunFeed>(run, dialect);
  } else {
    feed = std::make_unique<WholeFeed>(run, dialect);
  }
  SiteAnswer answer = AnswerOf(interface.name, std::move(feed), std::move(order->fault));
  answer.headers = {{std::string(dialect.request_id_header()), "req_" + id}};
  return answer;
}

SiteAnswer LlmSite::AnswerPlain(const HttpCall& call, Now now) {
  constexpr std::string_view kName = "sse";
  if (call.method != "GET" && call.method != "POST") return {{}, WrongMethod("GET, POST")};
  stats().Request(kName);
  absl::StatusOr<Order> order = ReadOrder(call, QueryValue(call.query(), "script").value_or("words 3 0"));
  if (!order.ok()) return {kName, PlainReply(400, "script: " + std::string(order.status().message()))};
  Script& script = order->script;
  const std::string_view last = call.Header("Last-Event-ID").value_or("0");
  std::int64_t first = 0;
  const auto number = std::from_chars(last.data(), last.data() + last.size(), first);
  const bool whole = number.ec == std::errc() && number.ptr == last.data() + last.size();
  if (!whole || first < 0 || first > script.pace.steps) {
    return {kName,
            PlainReply(400, "Last-Event-ID must be the id of an event, 1 to " + std::to_string(script.pace.steps))};
  }
  if (first > 0 && first == script.pace.steps) return {kName, EmptyReply(204)};  // do not come back
  RunOrder rest{.id = make_id_(), .script = script};
  rest.script.pace.steps -= first;
  const auto run = std::make_shared<Run>(clockwork_, std::move(rest));
  run->Start(now);
  return AnswerOf(kName, std::make_unique<PlainFeed>(run, std::move(script), first), std::move(order->fault));
}

}  // namespace sluice::agent::llm
