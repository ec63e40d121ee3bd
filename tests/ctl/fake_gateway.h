// A gRPC server that answers as a gateway would, by script: the text of a message says what happens.
#ifndef SLUICE_TESTS_CTL_FAKE_GATEWAY_H_
#define SLUICE_TESTS_CTL_FAKE_GATEWAY_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "grpc/health/v1/health.grpc.pb.h"
#include "lf/a2a/v1/a2a.grpc.pb.h"
#include "tests/ctl/fake_sluice.h"
#include "tests/ctl/journal.h"

namespace sluice::testing {

// Texts: "hello" runs to its end; "cut" breaks off after two events; "silent" says nothing after its first event until
// the client cancels; "ask" needs input; "flood" says more than a pipe holds; "evil" has control characters in its
// words; "busy", "bad" and "mute" fail.
class FakeA2a : public lf::a2a::v1::A2AService::WithCallbackMethod_SendStreamingMessage<
                    lf::a2a::v1::A2AService::WithCallbackMethod_SubscribeToTask<lf::a2a::v1::A2AService::Service>> {
 public:
  explicit FakeA2a(Journal& journal) : journal_(journal) {}

  grpc::ServerWriteReactor<lf::a2a::v1::StreamResponse>* SendStreamingMessage(
      grpc::CallbackServerContext* context, const lf::a2a::v1::SendMessageRequest* request) override;
  grpc::ServerWriteReactor<lf::a2a::v1::StreamResponse>* SubscribeToTask(
      grpc::CallbackServerContext* context, const lf::a2a::v1::SubscribeToTaskRequest* request) override;
  grpc::Status SendMessage(grpc::ServerContext* context, const lf::a2a::v1::SendMessageRequest* request,
                           lf::a2a::v1::SendMessageResponse* response) override;
  grpc::Status GetTask(grpc::ServerContext* context, const lf::a2a::v1::GetTaskRequest* request,
                       lf::a2a::v1::Task* response) override;
  grpc::Status ListTasks(grpc::ServerContext* context, const lf::a2a::v1::ListTasksRequest* request,
                         lf::a2a::v1::ListTasksResponse* response) override;
  grpc::Status CancelTask(grpc::ServerContext* context, const lf::a2a::v1::CancelTaskRequest* request,
                          lf::a2a::v1::Task* response) override;
  grpc::Status GetExtendedAgentCard(grpc::ServerContext* context,
                                    const lf::a2a::v1::GetExtendedAgentCardRequest* request,
                                    lf::a2a::v1::AgentCard* response) override;

 private:
  Journal& journal_;
};

// "" serves, "upstream/down" does not, others are not known. A watch tells SERVING, then NOT_SERVING, and ends.
class FakeHealth : public grpc::health::v1::Health::Service {
 public:
  grpc::Status Check(grpc::ServerContext* context, const grpc::health::v1::HealthCheckRequest* request,
                     grpc::health::v1::HealthCheckResponse* response) override;
  grpc::Status Watch(grpc::ServerContext* context, const grpc::health::v1::HealthCheckRequest* request,
                     grpc::ServerWriter<grpc::health::v1::HealthCheckResponse>* writer) override;
};

class FakeGateway {
 public:
  explicit FakeGateway(std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials());
  ~FakeGateway();

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  Journal& journal() { return journal_; }

 private:
  Journal journal_;
  FakeA2a a2a_{journal_};
  FakeSluice sluice_{journal_};
  FakeHealth health_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_CTL_FAKE_GATEWAY_H_
