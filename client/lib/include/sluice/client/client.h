// Calls AI agents through a Sluice gateway.
//
//   auto client = sluice::client::Client::Connect({.address = "127.0.0.1:50051"});
//   if (!client.ok()) ...
//   auto stream = client->SendStreamingMessage(sluice::client::TextMessage("hello"), {.timeout = 60s});
//   for (const lf::a2a::v1::StreamResponse& event : stream) std::cout << event.ShortDebugString() << "\n";
//   std::cout << stream.status() << "\n";
#ifndef SLUICE_CLIENT_CLIENT_H_
#define SLUICE_CLIENT_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/empty.pb.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "sluice/client/call.h"
#include "sluice/client/conversation.h"
#include "sluice/client/options.h"
#include "sluice/client/session.h"
#include "sluice/client/stream.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::client {

struct Channel;

// A message with one text part and a fresh message id, which must be valid UTF-8.
lf::a2a::v1::SendMessageRequest TextMessage(std::string text);

// A connection to one gateway. The rpcs are those of lf.a2a.v1.A2AService, sluice.v1.Conversation and
// sluice.v1.Gateway; a2a.proto, conversation.proto and gateway.proto say what they do.
//
// Thread-safe. A value: copies share the connection, which lives as long as any of them or a call.
// Errors come in the status of the call, with details (errors.h); options that cannot be are INVALID_ARGUMENT, naming
// the field. Nothing throws but std::bad_alloc.
// A request that may have arrived is not sent again.
// Unary calls wait for their answer; streams begin at once and are waited for as they are read.
class Client {
 public:
  // Does not wait: the connection is made by the first call and made again when it breaks. Proxies of the environment
  // (`http_proxy`) are not used. INVALID_ARGUMENT, naming the field, when the options cannot be used or a file not
  // read.
  static absl::StatusOr<Client> Connect(const ConnectOptions& options);

  absl::StatusOr<lf::a2a::v1::SendMessageResponse> SendMessage(const lf::a2a::v1::SendMessageRequest& request,
                                                               const CallOptions& options = {}) const;
  Stream<lf::a2a::v1::StreamResponse> SendStreamingMessage(const lf::a2a::v1::SendMessageRequest& request,
                                                           const CallOptions& options = {}) const;
  absl::StatusOr<lf::a2a::v1::Task> GetTask(const lf::a2a::v1::GetTaskRequest& request,
                                            const CallOptions& options = {}) const;
  absl::StatusOr<lf::a2a::v1::ListTasksResponse> ListTasks(const lf::a2a::v1::ListTasksRequest& request,
                                                           const CallOptions& options = {}) const;
  absl::StatusOr<lf::a2a::v1::Task> CancelTask(const lf::a2a::v1::CancelTaskRequest& request,
                                               const CallOptions& options = {}) const;
  Stream<lf::a2a::v1::StreamResponse> SubscribeToTask(const lf::a2a::v1::SubscribeToTaskRequest& request,
                                                      const CallOptions& options = {}) const;
  absl::StatusOr<lf::a2a::v1::TaskPushNotificationConfig> CreateTaskPushNotificationConfig(
      const lf::a2a::v1::TaskPushNotificationConfig& request, const CallOptions& options = {}) const;
  absl::StatusOr<lf::a2a::v1::TaskPushNotificationConfig> GetTaskPushNotificationConfig(
      const lf::a2a::v1::GetTaskPushNotificationConfigRequest& request, const CallOptions& options = {}) const;
  absl::StatusOr<lf::a2a::v1::ListTaskPushNotificationConfigsResponse> ListTaskPushNotificationConfigs(
      const lf::a2a::v1::ListTaskPushNotificationConfigsRequest& request, const CallOptions& options = {}) const;
  absl::StatusOr<lf::a2a::v1::AgentCard> GetExtendedAgentCard(const lf::a2a::v1::GetExtendedAgentCardRequest& request,
                                                              const CallOptions& options = {}) const;
  absl::StatusOr<google::protobuf::Empty> DeleteTaskPushNotificationConfig(
      const lf::a2a::v1::DeleteTaskPushNotificationConfigRequest& request, const CallOptions& options = {}) const;

  // sluice.v1.Conversation/Converse: many A2A requests on one stream.
  Conversation OpenConversation(const CallOptions& options = {}) const;

  // sluice.v1.Gateway/Session. Where `open` names no upstream, `options.upstream` does; where it has no policy,
  // `options.on_cancel` is it. With the token of an earlier session's last Negotiated or Draining frame in
  // `open.resume_token` that session goes on.
  Session OpenSession(sluice::v1::Open open = {}, const CallOptions& options = {}) const;

  // sluice.v1.Gateway/Stream: one HTTP request, such as to an LLM, and its answer: a Head, then events or a body. The
  // status is OK only if the upstream really finished. Where `request` names no upstream, `options.upstream` does.
  Stream<sluice::v1::StreamResponse> OpenStream(sluice::v1::StreamRequest request,
                                                const CallOptions& options = {}) const;
  // sluice.v1.Gateway/ListUpstreams: what is behind the gateway.
  absl::StatusOr<sluice::v1::ListUpstreamsResponse> ListUpstreams(const CallOptions& options = {}) const;

  // Any method, by "/full.Service/Method". `a2a-version` is set to what the service stands for unless the metadata
  // has it.
  Call StartCall(const std::string& path, const CallOptions& options = {}, OnChange on_change = nullptr) const;

  // Whether there is a connection at this moment.
  bool connected() const;

 private:
  explicit Client(std::shared_ptr<const Channel> channel);

  std::shared_ptr<const Channel> channel_;
};

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_CLIENT_H_
