// The gateway as users run it: a process of its own, which a test can look at from outside.
#ifndef SLUICE_TESTS_INTEGRATION_GATEWAY_CHILD_H_
#define SLUICE_TESTS_INTEGRATION_GATEWAY_CHILD_H_

#include <grpcpp/channel.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lf/a2a/v1/a2a.grpc.pb.h"
#include "tests/support/child.h"

namespace sluice::testing {

class GatewayChild {
 public:
  // Serves on free ports when the constructor returns. `arguments` beside those; `descriptors`: its `ulimit -n`, 0:
  // ours.
  GatewayChild(const std::string& program, const std::vector<std::string>& arguments, int descriptors = 0);

  const std::string& address() const { return address_; }
  const std::string& http_address() const { return http_address_; }
  // A channel of its own connection.
  std::shared_ptr<grpc::Channel> NewChannel() const;
  std::unique_ptr<lf::a2a::v1::A2AService::Stub> NewA2a() const;

  // Of the process, now.
  std::size_t resident_bytes() const;
  int descriptors() const;

  // Ends it as SIGTERM does, and expects an orderly end: exit code 0, counters that match, no word of a failure.
  void Stop();
  // Ends it as a machine that fails does.
  void Kill();

 private:
  Child child_;
  std::string address_;
  std::string http_address_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_INTEGRATION_GATEWAY_CHILD_H_
