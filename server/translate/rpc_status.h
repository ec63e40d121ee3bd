// A status as google.rpc.Status: what gRPC's trailers and our own frames carry.
#ifndef SLUICE_SERVER_TRANSLATE_RPC_STATUS_H_
#define SLUICE_SERVER_TRANSLATE_RPC_STATUS_H_

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace sluice::translate {

// With its payloads as details.
google::rpc::Status ToRpcStatus(const absl::Status& status);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_RPC_STATUS_H_
