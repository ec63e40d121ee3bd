// A real gateway in this process, on ports of its own, with a log that tests can read.
#ifndef SLUICE_TESTS_INTEGRATION_FIXTURE_H_
#define SLUICE_TESTS_INTEGRATION_FIXTURE_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "lf/a2a/v1/a2a.grpc.pb.h"
#include "server/config/config.h"
#include "server/gateway.h"
#include "server/observe/log.h"
#include "sluice/v1/gateway.grpc.pb.h"
#include "tests/support/raw_upstream.h"

namespace sluice::testing {

// A configuration with one upstream, free ports, and a drain that does not dawdle.
config::Config TestConfig(const std::string& upstream_url, config::UpstreamKind kind = config::UpstreamKind::kA2a);
config::Upstream TestUpstream(const std::string& name, const std::string& url, config::UpstreamKind kind);

// Waits until `condition` holds; false when it did not within kPatience.
bool Eventually(const std::function<bool()>& condition);

// Started by the constructor. The destructor drains and fails the test when the counters do not match.
class TestGateway {
 public:
  explicit TestGateway(config::Config config);
  ~TestGateway();

  const std::string& address() const { return gateway_->grpc_address(); }
  // A channel of its own connection.
  std::shared_ptr<grpc::Channel> NewChannel() const;
  std::unique_ptr<lf::a2a::v1::A2AService::Stub> A2a() const;
  std::unique_ptr<sluice::v1::Gateway::Stub> Sessions() const;

  observe::Counters& counters() { return gateway_->counters(); }
  // Waits until no call and no exchange is live.
  bool BecomesQuiet();
  // All log lines so far that contain `part`; waits for the first.
  std::vector<std::string> WaitForLog(const std::string& part);
  const std::string& http_address() const { return gateway_->http_address(); }
  // Ends it now, as SIGINT would; the gateway is gone afterwards.
  void Drain();
  void Drain(StopKind kind, const Gateway::WaitFn& wait);

 private:
  struct LogPipe;
  std::unique_ptr<LogPipe> pipe_;
  std::unique_ptr<observe::Log> log_;
  std::unique_ptr<Gateway> gateway_;
  std::shared_ptr<grpc::Channel> channel_;
};

// The whole answer to a GET over HTTP/1.1; "refused" when nobody listens. `headers`: further lines, each with its CRLF.
std::string HttpGet(const std::string& address, const std::string& path, const std::string& headers = "");

// A context with a deadline that only a failing test meets.
std::unique_ptr<grpc::ClientContext> NewContext(std::chrono::milliseconds deadline = kPatience);

// A message with one text part: what the demo agent is scripted by.
lf::a2a::v1::SendMessageRequest TextRequest(const std::string& text, const std::string& task_id = "");

// The ErrorInfo in the status's details; empty when there is none.
google::rpc::ErrorInfo ErrorInfoOf(const grpc::Status& status);

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_INTEGRATION_FIXTURE_H_
