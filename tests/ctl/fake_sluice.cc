#include "tests/ctl/fake_sluice.h"

#include <cstdint>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace sluice::testing {
namespace {

namespace pb = sluice::v1;
using Frames = grpc::ServerReaderWriter<pb::SessionResponse, pb::SessionRequest>;

google::rpc::Status Failure(grpc::StatusCode code, const std::string& message, const std::string& reason = "") {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  if (!reason.empty()) {
    google::rpc::ErrorInfo info;
    info.set_reason(reason);
    info.set_domain("sluice");
    (*info.mutable_metadata())["upstream"] = "tools";
    status.add_details()->PackFrom(info);
  }
  return status;
}

// The token after `"name":` in compact JSON; enough for what the tests send.
std::string Member(const std::string& json, const std::string& name) {
  const std::size_t at = json.find("\"" + name + "\":");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 3;
  return json.substr(begin, json.find_first_of(",}", begin) - begin);
}

// One session.
class Script {
 public:
  Script(Frames& stream, Journal& journal) : stream_(stream), journal_(journal) {}

  // An end: the call is over.
  std::optional<grpc::Status> Take(const pb::SessionRequest& frame) {
    ++frames_;
    if (frame.has_open()) {
      Open(frame.open());
    } else if (frame.has_cancel()) {
      End(frame.cancel().id(), Failure(grpc::StatusCode::CANCELLED, "cancelled by the client"));
    } else {
      return TakeMessage(frame.message().json());
    }
    return std::nullopt;
  }

 private:
  void Open(const pb::Open& open) {
    upstream_ = open.upstream();
    pb::SessionResponse opened;
    const auto key = open.headers().find("x-key");
    opened.mutable_opened()->set_upstream(open.upstream() + (key == open.headers().end() ? "" : "/" + key->second));
    opened.mutable_opened()->set_kind("jsonrpc");
    if (open.upstream() == "modern") opened.mutable_opened()->set_era("modern");
    journal_.Note("open.on_cancel", pb::CancelPolicy_Name(open.on_cancel()));
    stream_.Write(opened);
    if (open.resume_token().empty()) return;
    pb::SessionResponse negotiated;
    negotiated.mutable_negotiated()->set_era("legacy");
    negotiated.mutable_negotiated()->set_protocol_version("2025-11-25");
    negotiated.mutable_negotiated()->set_resume_token(open.resume_token() + "\n");
    stream_.Write(negotiated);
  }

  std::optional<grpc::Status> TakeMessage(const std::string& json) {
    const std::string id = Member(json, "id"), method = Member(json, "method");
    const std::string head = "{\"jsonrpc\":\"2.0\",\"id\":";
    if (json.find("\"jsonrpc\"") == std::string::npos) {
      End("", Failure(grpc::StatusCode::INVALID_ARGUMENT, "not JSON-RPC"), frames_);
    } else if (method == "\"notifications/cancelled\"") {
      End(Member(json, "requestId"), Failure(grpc::StatusCode::CANCELLED, "cancelled by the client"));
    } else if (method == "\"drain\"") {
      pb::SessionResponse draining;
      draining.mutable_draining()->mutable_time_left()->set_seconds(2);
      stream_.Write(draining);
      return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the gateway is going away");
    } else if (method == "\"fail\"") {
      End(id, Failure(grpc::StatusCode::UNAVAILABLE, "the answer broke off", "UPSTREAM_STREAM_TRUNCATED"));
    } else if (method == "\"late\"") {
      End(id, Failure(grpc::StatusCode::DEADLINE_EXCEEDED, "it took too long", "UPSTREAM_TIMEOUT_TOTAL"));
    } else if (method == "\"mute-id\"") {
      Say(head + "null,\"error\":{\"code\":-32700,\n\"message\":\"what?\"}}", id);
    } else if (method == "\"garbled\"") {
      Say(head + id + ",\"result\":{\"a\":}}", id);
    } else if (method == "\"ask\"") {
      asked_ = id;
      Say(head + "0,\"method\":\"roots/list\"}", id);
    } else if (method.empty()) {
      Say(head + asked_ + ",\"result\":\"thanks\"}", asked_);
    } else if (method == "\"flood\"") {
      Say(head + id + ",\"result\":\"" + std::string(256 << 10, 'x') + "\"}", id);
    } else if (method == "\"tools/list\"" && (upstream_ == "looping" || upstream_ == "endless")) {
      const std::string cursor = upstream_ == "looping" ? "again" : std::to_string(frames_);
      Say(head + id + R"(,"result":{"tools":[{"name":"echo"}],"nextCursor":")" + cursor + "\"}}", id);
    } else if (method == "\"tools/list\"") {
      const bool first = json.find("cursor") == std::string::npos;
      const std::string next = first ? R"(,"nextCursor":"2")" : "";
      Say(head + id + R"(,"result":{"tools":[{"name":")" + (first ? "echo" : "sum") + "\"}]" + next + "}}", id);
    } else if (method == "\"tools/call\"") {
      CallTool(json, id);
    } else if (!id.empty() && method != "\"wait\"") {
      Say(head + id + ",\n\"result\":1.50}", id);
    }
    return std::nullopt;
  }

  void CallTool(const std::string& json, const std::string& id) {
    const std::string tool = Member(json, "name"), head = "{\"jsonrpc\":\"2.0\",";
    Say(head + R"("method":"notifications/progress","params":{"progress":1,"total":2,"message":"half"}})", id);
    Say(head + R"("method":"notifications/message","params":{"level":"info","data":"busy"}})", "");
    Say(head + R"("id":0,"method":"sampling/createMessage"})", id);
    if (tool == "\"cut\"") {
      End(id, Failure(grpc::StatusCode::UNAVAILABLE, "the answer broke off", "UPSTREAM_STREAM_TRUNCATED"));
    } else if (tool == "\"unknown\"") {
      Say(head + "\"id\":" + id + R"(,"error":{"code":-32602,"message":"no such tool"}})", id);
    } else {
      const std::string failed = tool == "\"broken\"" ? ",\"isError\":true" : "";
      const std::string arguments = Member(json, "text");
      Say(head + "\"id\":" + id + R"(,"result":{"content":[{"type":"text","text":)" + arguments + "}]" + failed + "}}",
          id);
    }
  }

  void Say(const std::string& json, const std::string& id) {
    pb::SessionResponse frame;
    frame.mutable_message()->set_json(json);
    frame.mutable_message()->set_request_id(id);
    frame.mutable_message()->set_sequence(++sequence_);
    stream_.Write(frame);
  }

  void End(const std::string& id, const google::rpc::Status& status, std::uint64_t number = 0) {
    pb::SessionResponse frame;
    frame.mutable_ended()->set_request_id(id);
    frame.mutable_ended()->set_frame(number);
    *frame.mutable_ended()->mutable_status() = status;
    stream_.Write(frame);
  }

  Frames& stream_;
  Journal& journal_;
  std::string upstream_, asked_;
  std::uint64_t frames_ = 0, sequence_ = 0;
};

}  // namespace

grpc::Status FakeSluice::Session(grpc::ServerContext* context, Frames* stream) {
  journal_.Note(context->client_metadata());
  Script script(*stream, journal_);
  pb::SessionRequest frame;
  while (stream->Read(&frame)) {
    if (const std::optional<grpc::Status> end = script.Take(frame)) return *end;
  }
  if (context->IsCancelled()) journal_.NoteCancelled();
  return grpc::Status::OK;
}

grpc::Status FakeSluice::Stream(grpc::ServerContext* context, const pb::StreamRequest* request,
                                grpc::ServerWriter<pb::StreamResponse>* writer) {
  journal_.Note(context->client_metadata());
  journal_.Note("stream.upstream", request->upstream());
  journal_.Note("stream.path", request->path());
  journal_.Note("stream.body", request->body());
  for (const auto& [name, value] : request->headers()) journal_.Note("stream." + name, value);
  pb::StreamResponse frame;
  frame.mutable_head()->set_status(200);
  writer->Write(frame);
  if (request->body().find("json") != std::string::npos || request->body().find("plain") != std::string::npos) {
    const bool json = request->body().find("json") != std::string::npos;
    frame.mutable_body()->set_data(json ? "{\"choices\":[{\"message\":\n{\"content\":\"Hello\"}}]}" : "He\x1bl\x7f");
    writer->Write(frame);
    return grpc::Status::OK;
  }
  const bool anthropic = request->upstream() == "claude";
  for (const char* word : {"Hel", "lo"}) {
    frame.mutable_event()->set_data(anthropic
                                        ? R"({"type":"content_block_delta","delta":{"type":"text_delta","text":")" +
                                              std::string(word) + "\"}}"
                                        : R"({"choices":[{"delta":{"content":")" + std::string(word) + "\"}}]}");
    writer->Write(frame);
    if (request->body().find("cut") == std::string::npos) continue;
    const google::rpc::Status cut =
        Failure(grpc::StatusCode::UNAVAILABLE, "the answer broke off", "UPSTREAM_STREAM_TRUNCATED");
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, cut.message(), cut.SerializeAsString());
  }
  frame.mutable_event()->set_data(R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34}})");
  if (!anthropic) writer->Write(frame);
  return grpc::Status::OK;
}

grpc::Status FakeSluice::ListUpstreams(grpc::ServerContext* context, const pb::ListUpstreamsRequest*,
                                       pb::ListUpstreamsResponse* response) {
  journal_.Note(context->client_metadata());
  const auto add = [response](const char* name, const char* kind, const char* dialect, bool reachable) {
    pb::UpstreamInfo& upstream = *response->add_upstreams();
    upstream.set_name(name);
    upstream.set_kind(kind);
    upstream.set_dialect(dialect);
    upstream.set_reachable(reachable);
  };
  add("tools", "mcp", "auto", true);
  add("gpt", "sse", "openai", false);
  add("claude", "sse", "anthropic", true);
  add("raw", "sse", "plain", true);
  return grpc::Status::OK;
}

}  // namespace sluice::testing
