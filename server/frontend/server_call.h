// One gRPC call on its queue: from the posted request to the freed memory.
#ifndef SLUICE_SERVER_FRONTEND_SERVER_CALL_H_
#define SLUICE_SERVER_FRONTEND_SERVER_CALL_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <string>

#include "server/frontend/call.h"
#include "server/frontend/cq_op.h"
#include "server/frontend/downstream.h"
#include "server/frontend/shard.h"

namespace sluice::frontend {

// Owns itself: Post() creates it, and it goes when the request is not matched, or when its call has retired.
// Every operation holds a permit of the queue. "Done" takes its own when the request is posted and gives it back with
// its tag, or, if the call never begins, with the request's.
// Thread: the shard's CQ thread; Post() also from the thread that starts the server, before the queue runs.
class ServerCall final : private Downstream {
 public:
  // Asks the server for one call. It posts its successor when it is matched.
  static void Post(Shard& shard);

 private:
  explicit ServerCall(Shard& shard);
  ~ServerCall();

  void OnMatched(bool ok);
  void OnReadDone(bool ok);
  void OnWriteDone(bool ok);
  void OnHeadersDone(bool ok);
  void OnFinishDone(bool ok);
  void OnCallDone(bool ok);

  void StartRead() override;
  void StartWrite(std::string message, bool more_follow) override;
  void StartSendHeaders() override;
  void StartFinish(const absl::Status& status) override;
  void Reset() override;
  void AddHeaders(const Headers& headers) override;
  void AddTrailers(const Headers& trailers) override;
  void Retire() override;

  Shard& shard_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_;
  grpc::ByteBuffer incoming_;
  MemberOp<ServerCall, &ServerCall::OnMatched> matched_{*this};
  MemberOp<ServerCall, &ServerCall::OnReadDone> read_{*this};
  MemberOp<ServerCall, &ServerCall::OnWriteDone> write_{*this};
  MemberOp<ServerCall, &ServerCall::OnHeadersDone> headers_{*this};
  MemberOp<ServerCall, &ServerCall::OnFinishDone> finish_{*this};
  MemberOp<ServerCall, &ServerCall::OnCallDone> done_{*this};
  std::optional<Call> call_;
  Admission::Permit admission_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_SERVER_CALL_H_
