// A client of an MCP server behind the gateway: one Session with sync stubs.
#ifndef SLUICE_TESTS_INTEGRATION_MCP_CLIENT_H_
#define SLUICE_TESTS_INTEGRATION_MCP_CLIENT_H_

#include <grpcpp/channel.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sluice/v1/gateway.grpc.pb.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {

// A call of the scripted server's tool that does what its text says, with the request's id as progress token.
inline std::string ToolCall(int id, const std::string& script) {
  const std::string number = std::to_string(id);
  return R"({"jsonrpc":"2.0","id":)" + number +
         R"(,"method":"tools/call","params":{"name":"script","arguments":{"text":")" + script +
         R"("},"_meta":{"progressToken":)" + number + "}}}";
}

class McpClient {
 public:
  using Frame = sluice::v1::SessionResponse;

  explicit McpClient(const std::shared_ptr<grpc::Channel>& channel, sluice::v1::Open open = {})
      : stub_(sluice::v1::Gateway::NewStub(channel)), context_(NewContext()), stream_(stub_->Session(context_.get())) {
    sluice::v1::SessionRequest frame;
    *frame.mutable_open() = std::move(open);
    stream_->Write(frame);
  }

  bool Send(const std::string& json) {
    sluice::v1::SessionRequest frame;
    frame.mutable_message()->set_json(json);
    return stream_->Write(frame);
  }
  bool CancelRequest(int id) {
    sluice::v1::SessionRequest frame;
    frame.mutable_cancel()->set_id(std::to_string(id));
    return stream_->Write(frame);
  }
  void HalfClose() { stream_->WritesDone(); }
  void Kill() { context_->TryCancel(); }

  // Reads until a frame for which `wanted` holds, which is given back; an empty one when the call ended before. What
  // comes is counted by request.
  Frame Until(const std::function<bool(const Frame&)>& wanted) {
    for (Frame frame; stream_->Read(&frame);) {
      Count(frame);
      if (wanted(frame)) return frame;
    }
    return {};
  }
  Frame UntilEnd(const std::string& id) {
    return Until([&](const Frame&) { return ends[id] > 0; });
  }
  // initialize, and notifications/initialized.
  void Handshake(const std::string& version = "2025-11-25") {
    Send(R"({"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":")" + version +
         R"(","capabilities":{"sampling":{},"elicitation":{},"roots":{}},"clientInfo":{"name":"t","version":"1"}}})");
    UntilEnd("\"init\"");
    Send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  }
  grpc::Status Finish() {
    Until([](const Frame&) { return false; });
    return stream_->Finish();
  }

  std::map<std::string, int> ends;                            // responses and Ended frames, by request
  std::map<std::string, std::vector<std::string>> progress;   // "progress" of each notification, by request
  std::map<std::string, std::vector<std::string>> responses;  // JSON
  std::map<std::string, grpc::StatusCode> ended;              // code of the Ended frame
  std::string session_id;
  std::string token;  // the last one
  int heartbeats = 0;
  int drainings = 0;

 private:
  void Count(const Frame& frame) {
    if (frame.has_heartbeat()) ++heartbeats;
    if (frame.has_negotiated()) {
      session_id = frame.negotiated().session_id();
      token = frame.negotiated().resume_token();
    }
    if (frame.has_draining()) {
      ++drainings;
      token = frame.draining().resume_token();
    }
    if (frame.has_ended()) {
      ++ends[frame.ended().request_id()];
      ended[frame.ended().request_id()] = static_cast<grpc::StatusCode>(frame.ended().status().code());
    }
    if (frame.has_message()) CountMessage(frame.message());
  }
  void CountMessage(const sluice::v1::ServerMessage& message) {
    const std::string& json = message.json();
    constexpr char kProgress[] = "\"progress\":";
    const std::size_t at = json.find(kProgress);
    if (json.find("\"method\"") == std::string::npos) {
      ++ends[message.request_id()];
      responses[message.request_id()].push_back(json);
    } else if (at != std::string::npos) {
      const std::size_t begin = at + sizeof kProgress - 1;
      progress[message.request_id()].push_back(json.substr(begin, json.find_first_of(",}", begin) - begin));
    }
  }

  std::unique_ptr<sluice::v1::Gateway::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<sluice::v1::SessionRequest, sluice::v1::SessionResponse>> stream_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_INTEGRATION_MCP_CLIENT_H_
