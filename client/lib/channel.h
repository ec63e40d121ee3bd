// What all calls of a client share.
#ifndef SLUICE_CLIENT_LIB_CHANNEL_H_
#define SLUICE_CLIENT_LIB_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/statusor.h"
#include "sluice/client/options.h"

namespace sluice::client {

struct Channel {
  std::shared_ptr<grpc::Channel> grpc;
  Metadata metadata;  // of every call
};

// Client::Connect.
absl::StatusOr<Channel> MakeChannel(const ConnectOptions& options);

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_LIB_CHANNEL_H_
