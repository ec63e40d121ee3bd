// A gRPC server that answers as a gateway would, by script: the text of a message says what happens.
#ifndef SLUICE_TESTS_CTL_FAKE_GATEWAY_H_
#define SLUICE_TESTS_CTL_FAKE_GATEWAY_H_

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "grpc/health/v1/health.grpc.pb.h"
#include "lf/a2a/v1/a2a.grpc.pb.h"
#include "sluice/v1/gateway.grpc.pb.h"

namespace sluice::testing {

// What the calls left behind. Thread-safe.
class Journal {
 public:
  void Note(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);
  // The value that the last call brought; empty without one.
  std::string Metadata(const std::string& key);
  void NoteCancelled();
  // True once some call has been cancelled by its client. Bounded.
  [[nodiscard]] bool WaitForCancelled();

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::map<std::string, std::string> metadata_;  // guarded by mu_
  bool cancelled_ = false;                       // guarded by mu_
};

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

// Answers each request with its params as the result; a request of method "wait" stays open until it is cancelled; a
// message that is not JSON-RPC ends as a refused frame.
class FakeSessions : public sluice::v1::Gateway::Service {
 public:
  explicit FakeSessions(Journal& journal) : journal_(journal) {}
  grpc::Status Session(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<sluice::v1::SessionResponse, sluice::v1::SessionRequest>* stream) override;

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
  FakeSessions sessions_{journal_};
  FakeHealth health_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_CTL_FAKE_GATEWAY_H_
