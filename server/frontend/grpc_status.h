// absl::Status → grpc::Status: the one converter.
#ifndef SLUICE_SERVER_FRONTEND_GRPC_STATUS_H_
#define SLUICE_SERVER_FRONTEND_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace sluice::frontend {

// Payloads that are google.rpc details become `grpc-status-details-bin`: a google.rpc.Status with the same code and
// message. gRPC, "Richer error model".
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_GRPC_STATUS_H_
