// A gRPC server that answers every call of any method with the same bytes, whatever they are.
#ifndef SLUICE_TESTS_CLIENT_RAW_SERVER_H_
#define SLUICE_TESTS_CLIENT_RAW_SERVER_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::testing {

struct RawAnswer {
  std::vector<std::string> messages;
  std::optional<grpc::Status> end;  // none: stays silent until the client cancels
};

// Never reads what the client sends.
class RawServer : private grpc::CallbackGenericService {
 public:
  explicit RawServer(RawAnswer answer);
  ~RawServer() override;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

  const RawAnswer answer_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_CLIENT_RAW_SERVER_H_
