// The connection to the gateway.
#ifndef SLUICE_CLIENT_CTL_CHANNEL_H_
#define SLUICE_CLIENT_CTL_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/statusor.h"
#include "client/ctl/options.h"

namespace sluice::ctl {

// Does not connect yet. INVALID_ARGUMENT, naming the flag, when a TLS file cannot be read.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const Connection& connection);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_CHANNEL_H_
