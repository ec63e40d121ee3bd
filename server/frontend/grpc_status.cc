#include "server/frontend/grpc_status.h"

#include "server/translate/rpc_status.h"

namespace sluice::frontend {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = translate::ToRpcStatus(status);
  const auto code = static_cast<grpc::StatusCode>(rpc.code());
  return {code, rpc.message(), rpc.details().empty() ? "" : rpc.SerializeAsString()};
}

}  // namespace sluice::frontend
