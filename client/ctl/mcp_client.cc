#include "client/ctl/mcp_client.h"

#include <utility>

#include "client/ctl/error_text.h"
#include "client/ctl/json_view.h"
#include "client/ctl/printer.h"
#include "server/translate/jsonrpc.h"
#include "sluice/client/errors.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;
using translate::JsonRpcKind;

constexpr char kClientInfo[] = R"({"name":"sluicectl","version":")" SLUICE_VERSION "\"}";
constexpr char kLegacyVersion[] = "2025-11-25", kModernVersion[] = "2026-07-28";

std::string Initialize(std::int64_t id) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"initialize","params":{"protocolVersion":")" +
         kLegacyVersion + R"(","capabilities":{},"clientInfo":)" + kClientInfo + "}}";
}

// MCP 2026-07-28, "Per-request metadata".
std::string ModernMeta() {
  return std::string(R"(,"io.modelcontextprotocol/protocolVersion":")") + kModernVersion +
         R"(","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":)" + kClientInfo;
}

// We have declared no capabilities, so a server has no business to ask; only `ping` may always come.
std::string AnswerTo(std::string_view id, std::string_view method) {
  const std::string head = R"({"jsonrpc":"2.0","id":)" + std::string(id);
  if (method == "ping") return head + R"(,"result":{}})";
  return head + R"(,"error":{"code":-32601,"message":"sluicectl answers no requests of a server"}})";
}

}  // namespace

absl::Status StatusOfRpcError(std::string_view error) {
  const translate::JsonRpcError parsed = translate::ParseJsonRpcError(error);
  const std::string message = "the server says: " + parsed.message + " (" + std::to_string(parsed.code) + ")";
  switch (parsed.code) {
    case -32600:
    case -32602:
      return absl::InvalidArgumentError(message);
    case -32601:
      return absl::UnimplementedError(message);
    case -32002:
      return absl::NotFoundError(message);
    case -32603:
      return absl::InternalError(message);
    default:
      return absl::UnknownError(message);
  }
}

McpClient::McpClient(Era era, std::string method, std::string members)
    : method_(std::move(method)), members_(std::move(members)), era_(era) {}

McpClient::News McpClient::Take(const pb::SessionResponse& frame) {
  switch (frame.frame_case()) {
    case pb::SessionResponse::kOpened:
      return Begin(frame.opened());
    case pb::SessionResponse::kMessage:
      return TakeMessage(frame.message().json());
    case pb::SessionResponse::kEnded:
      return TakeEnded(frame.ended());
    default:
      return {};
  }
}

McpClient::News McpClient::Begin(const pb::Opened& opened) {
  if (era_ == Era::kAuto) era_ = opened.era() == "modern" ? Era::kModern : Era::kLegacy;
  ready_ = era_ == Era::kModern;
  News news;
  news.send.push_back(ready_ ? Request() : Initialize(++id_));
  return news;
}

McpClient::News McpClient::TakeMessage(std::string_view json) {
  News news;
  const auto message = translate::ScanJsonRpc(json);
  if (!message.ok() || !IsJson(json)) {
    news.complaint = "the server sent a message that is not JSON-RPC";
  } else if (message->kind == JsonRpcKind::kNotification) {
    news.notification = Notification{message->method, std::string(message->params)};
  } else if (message->kind == JsonRpcKind::kRequest) {
    news.send.push_back(AnswerTo(message->id, message->method));
    if (message->method != "ping") {
      news.complaint = "the server asked for " + message->method + "; it was told that there is none here (-32601)";
    }
  } else {
    return TakeResponse(json);
  }
  return news;
}

// One request runs at a time, so a response is that request's, also an error whose id was unreadable to the server.
McpClient::News McpClient::TakeResponse(std::string_view json) {
  const auto message = translate::ScanJsonRpc(json);
  News news;
  if (message->kind == JsonRpcKind::kError) {
    news.failure = StatusOfRpcError(message->error);
  } else if (!ready_) {
    ready_ = true;
    news.send = {R"({"jsonrpc":"2.0","method":"notifications/initialized"})", Request()};
  } else if (TextOf(message->result, "resultType") == "input_required") {
    news.failure = absl::FailedPreconditionError("the server wants more input, which sluicectl cannot give: " +
                                                 OnOneLine(Member(message->result, "inputRequests")));
  } else {
    news.result = std::string(message->result);
  }
  return news;
}

McpClient::News McpClient::TakeEnded(const pb::Ended& ended) {
  const absl::Status status = client::ToStatus(ended.status());
  News news;
  if (ended.request_id() == std::to_string(id_)) {
    news.failure = status.ok() ? absl::UnavailableError("the request ended without an answer") : status;
  } else if (!status.ok()) {
    news.complaint = "a message failed: " + CodeName(status.raw_code()) + ": " + ended.status().message();
  }
  return news;
}

std::string McpClient::Again(std::string members) {
  members_ = std::move(members);
  return Request();
}

std::string McpClient::Request() {
  const std::string id = std::to_string(++id_);
  const std::string meta = R"("_meta":{"progressToken":)" + id + (era_ == Era::kModern ? ModernMeta() : "") + "}";
  return translate::MakeJsonRpcRequest(id, method_, "{" + members_ + (members_.empty() ? "" : ",") + meta + "}");
}

}  // namespace sluice::ctl
