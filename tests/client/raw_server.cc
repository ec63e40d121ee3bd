#include "tests/client/raw_server.h"

#include <grpcpp/support/slice.h>

#include <chrono>
#include <utility>

namespace sluice::testing {
namespace {

class Reactor : public grpc::ServerGenericBidiReactor {
 public:
  explicit Reactor(const RawAnswer& answer) : answer_(answer) { Next(); }
  void OnWriteDone(bool ok) override {
    if (ok) Next();
  }
  void OnCancel() override {
    if (!answer_.end) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (sent_ < answer_.messages.size()) {
      grpc::Slice slice(answer_.messages[sent_++]);
      outgoing_ = grpc::ByteBuffer(&slice, 1);
      StartWrite(&outgoing_);
    } else if (answer_.end) {
      Finish(*answer_.end);
    }
  }

  const RawAnswer answer_;
  std::size_t sent_ = 0;
  grpc::ByteBuffer outgoing_;
};

}  // namespace

RawServer::RawServer(RawAnswer answer) : answer_(std::move(answer)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterCallbackGenericService(this);
  server_ = builder.BuildAndStart();
}

RawServer::~RawServer() { server_->Shutdown(std::chrono::system_clock::now()); }

grpc::ServerGenericBidiReactor* RawServer::CreateReactor(grpc::GenericCallbackServerContext*) {
  return new Reactor(answer_);
}

}  // namespace sluice::testing
