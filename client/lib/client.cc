#include "sluice/client/client.h"

#include <cstdio>
#include <random>
#include <utility>

#include "client/lib/call_core.h"
#include "client/lib/channel.h"

namespace sluice::client {
namespace {

namespace a2a = lf::a2a::v1;

constexpr char kA2aService[] = "/lf.a2a.v1.A2AService/", kGateway[] = "/sluice.v1.Gateway/";

// RFC 9562, section 5.4: a version 4 UUID.
std::string RandomUuid() {
  std::random_device random;
  const auto word = [&random] { return static_cast<unsigned>(random()); };
  char text[37];
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%08x%04x", word(), word() & 0xffff, word() & 0xfff,
                0x8000 | (word() & 0x3fff), word(), word() & 0xffff);
  return text;
}

template <typename Response, typename Request>
Stream<Response> StreamOf(const Client& client, const std::string& path, const Request& request,
                          const CallOptions& options) {
  Call call = client.StartCall(path, options);
  call.WriteLast(request.SerializeAsString());
  return Stream<Response>(std::move(call));
}

// A unary call is a stream of one message.
template <typename Response, typename Request>
absl::StatusOr<Response> Unary(const Client& client, const std::string& path, const Request& request,
                               const CallOptions& options) {
  Stream<Response> answer = StreamOf<Response>(client, path, request, options);
  std::optional<Response> response = answer.Next();
  if (response && answer.Next()) return absl::InternalError("the server answered a unary call with several messages");
  if (absl::Status status = answer.status(); !status.ok()) return status;
  if (!response) return absl::InternalError("the server answered a unary call with OK and no message");
  return *std::move(response);
}

template <typename Response, typename Request>
Stream<Response> A2aStream(const Client& client, const char* rpc, const Request& request, const CallOptions& options) {
  return StreamOf<Response>(client, std::string(kA2aService) + rpc, request, options);
}

template <typename Response, typename Request>
absl::StatusOr<Response> A2aUnary(const Client& client, const char* rpc, const Request& request,
                                  const CallOptions& options) {
  return Unary<Response>(client, std::string(kA2aService) + rpc, request, options);
}

sluice::v1::CancelPolicy PolicyOf(OnCancel on_cancel) {
  switch (on_cancel) {
    case OnCancel::kClose:
      return sluice::v1::CANCEL_POLICY_CLOSE;
    case OnCancel::kCancelTask:
      return sluice::v1::CANCEL_POLICY_END;
    case OnCancel::kDefault:
      break;
  }
  return sluice::v1::CANCEL_POLICY_UNSPECIFIED;
}

}  // namespace

a2a::SendMessageRequest TextMessage(std::string text) {
  a2a::SendMessageRequest request;
  a2a::Message& message = *request.mutable_message();
  message.set_message_id(RandomUuid());
  message.set_role(a2a::ROLE_USER);
  message.add_parts()->set_text(std::move(text));
  return request;
}

Client::Client(std::shared_ptr<const Channel> channel) : channel_(std::move(channel)) {}

absl::StatusOr<Client> Client::Connect(const ConnectOptions& options) {
  absl::StatusOr<Channel> channel = MakeChannel(options);
  if (!channel.ok()) return channel.status();
  return Client(std::make_shared<const Channel>(*std::move(channel)));
}

Call Client::StartCall(const std::string& path, const CallOptions& options, OnChange on_change) const {
  return Call(std::make_unique<CallCore>(*channel_, path, options, std::move(on_change)));
}

Conversation Client::OpenConversation(const CallOptions& options) const {
  return Conversation(StartCall("/sluice.v1.Conversation/Converse", options));
}

Session Client::OpenSession(sluice::v1::Open open, const CallOptions& options) const {
  if (open.upstream().empty()) open.set_upstream(options.upstream);
  if (open.on_cancel() == sluice::v1::CANCEL_POLICY_UNSPECIFIED) open.set_on_cancel(PolicyOf(options.on_cancel));
  sluice::v1::SessionRequest first;
  *first.mutable_open() = std::move(open);
  Call call = StartCall(std::string(kGateway) + "Session", options);
  call.Write(first.SerializeAsString());
  return Session(std::move(call));
}

Stream<sluice::v1::StreamResponse> Client::OpenStream(sluice::v1::StreamRequest request,
                                                      const CallOptions& options) const {
  if (request.upstream().empty()) request.set_upstream(options.upstream);
  return StreamOf<sluice::v1::StreamResponse>(*this, std::string(kGateway) + "Stream", request, options);
}

absl::StatusOr<sluice::v1::ListUpstreamsResponse> Client::ListUpstreams(const CallOptions& options) const {
  return Unary<sluice::v1::ListUpstreamsResponse>(*this, std::string(kGateway) + "ListUpstreams",
                                                  sluice::v1::ListUpstreamsRequest(), options);
}

bool Client::connected() const { return channel_->grpc->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_READY; }

absl::StatusOr<a2a::SendMessageResponse> Client::SendMessage(const a2a::SendMessageRequest& request,
                                                             const CallOptions& options) const {
  return A2aUnary<a2a::SendMessageResponse>(*this, "SendMessage", request, options);
}

Stream<a2a::StreamResponse> Client::SendStreamingMessage(const a2a::SendMessageRequest& request,
                                                         const CallOptions& options) const {
  return A2aStream<a2a::StreamResponse>(*this, "SendStreamingMessage", request, options);
}

absl::StatusOr<a2a::Task> Client::GetTask(const a2a::GetTaskRequest& request, const CallOptions& options) const {
  return A2aUnary<a2a::Task>(*this, "GetTask", request, options);
}

absl::StatusOr<a2a::ListTasksResponse> Client::ListTasks(const a2a::ListTasksRequest& request,
                                                         const CallOptions& options) const {
  return A2aUnary<a2a::ListTasksResponse>(*this, "ListTasks", request, options);
}

absl::StatusOr<a2a::Task> Client::CancelTask(const a2a::CancelTaskRequest& request, const CallOptions& options) const {
  return A2aUnary<a2a::Task>(*this, "CancelTask", request, options);
}

Stream<a2a::StreamResponse> Client::SubscribeToTask(const a2a::SubscribeToTaskRequest& request,
                                                    const CallOptions& options) const {
  return A2aStream<a2a::StreamResponse>(*this, "SubscribeToTask", request, options);
}

absl::StatusOr<a2a::TaskPushNotificationConfig> Client::CreateTaskPushNotificationConfig(
    const a2a::TaskPushNotificationConfig& request, const CallOptions& options) const {
  return A2aUnary<a2a::TaskPushNotificationConfig>(*this, "CreateTaskPushNotificationConfig", request, options);
}

absl::StatusOr<a2a::TaskPushNotificationConfig> Client::GetTaskPushNotificationConfig(
    const a2a::GetTaskPushNotificationConfigRequest& request, const CallOptions& options) const {
  return A2aUnary<a2a::TaskPushNotificationConfig>(*this, "GetTaskPushNotificationConfig", request, options);
}

absl::StatusOr<a2a::ListTaskPushNotificationConfigsResponse> Client::ListTaskPushNotificationConfigs(
    const a2a::ListTaskPushNotificationConfigsRequest& request, const CallOptions& options) const {
  return A2aUnary<a2a::ListTaskPushNotificationConfigsResponse>(*this, "ListTaskPushNotificationConfigs", request,
                                                                options);
}

absl::StatusOr<a2a::AgentCard> Client::GetExtendedAgentCard(const a2a::GetExtendedAgentCardRequest& request,
                                                            const CallOptions& options) const {
  return A2aUnary<a2a::AgentCard>(*this, "GetExtendedAgentCard", request, options);
}

absl::StatusOr<google::protobuf::Empty> Client::DeleteTaskPushNotificationConfig(
    const a2a::DeleteTaskPushNotificationConfigRequest& request, const CallOptions& options) const {
  return A2aUnary<google::protobuf::Empty>(*this, "DeleteTaskPushNotificationConfig", request, options);
}

}  // namespace sluice::client
