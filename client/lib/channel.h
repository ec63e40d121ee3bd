// What all calls of a client share.
#ifndef SLUICE_CLIENT_LIB_CHANNEL_H_
#define SLUICE_CLIENT_LIB_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "sluice/client/options.h"

namespace sluice::client {

using Reactor = grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

struct Channel {
  std::shared_ptr<grpc::Channel> grpc;
  Metadata metadata;  // of every call
  // Binds a reactor to a new call of `path`. A test binds it to a call of its own making.
  std::function<void(grpc::ClientContext& context, const std::string& path, Reactor& reactor)> bind;
};

// Client::Connect.
absl::StatusOr<Channel> MakeChannel(const ConnectOptions& options);

}  // namespace sluice::client

#endif  // SLUICE_CLIENT_LIB_CHANNEL_H_
