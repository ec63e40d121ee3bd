#include "client/ctl/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace sluice::ctl {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;
constexpr int kKeepaliveTimeMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;

absl::StatusOr<std::string> Contents(const char* flag, const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::string contents((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.good() || contents.empty()) {
    return absl::InvalidArgumentError(std::string(flag) + ": nothing to read in '" + path + "'");
  }
  return contents;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const Connection& connection) {
  if (!connection.tls) return grpc::InsecureChannelCredentials();
  absl::StatusOr<std::string> roots = Contents("--ca-file", connection.ca_file);
  absl::StatusOr<std::string> cert = Contents("--cert-file", connection.cert_file);
  absl::StatusOr<std::string> key = Contents("--key-file", connection.key_file);
  for (const auto* file : {&roots, &cert, &key}) {
    if (!file->ok()) return file->status();
  }
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *std::move(roots);
  options.pem_cert_chain = *std::move(cert);
  options.pem_private_key = *std::move(key);
  return grpc::SslCredentials(options);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const Connection& connection) {
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = Credentials(connection);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetInt("grpc.enable_http_proxy", 0);  // else the environment's http_proxy would get our loopback calls
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  // Silence is normal while an agent thinks: pings tell a quiet connection from a dead one.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetUserAgentPrefix("sluicectl/" SLUICE_VERSION);
  if (!connection.server_name.empty()) arguments.SetSslTargetNameOverride(connection.server_name);
  return grpc::CreateCustomChannel(connection.address, *credentials, arguments);
}

}  // namespace sluice::ctl
