#include "client/lib/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "client/lib/text.h"

namespace sluice::client {
namespace {

using std::chrono::milliseconds;

absl::Status Wrong(const std::string& field, const std::string& what) {
  return absl::InvalidArgumentError(field + ": " + what);
}

absl::StatusOr<std::string> Contents(const char* field, const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::string contents((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.good() || contents.empty()) return Wrong(field, "nothing to read in " + Quoted(path));
  return contents;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const std::optional<TlsOptions>& tls) {
  if (!tls) return grpc::InsecureChannelCredentials();
  if (tls->cert_file.empty() && !tls->key_file.empty()) return Wrong("tls.cert_file", "missing; tls.key_file needs it");
  if (tls->key_file.empty() && !tls->cert_file.empty()) return Wrong("tls.key_file", "missing; tls.cert_file needs it");
  absl::StatusOr<std::string> roots = Contents("tls.ca_file", tls->ca_file);
  absl::StatusOr<std::string> cert = Contents("tls.cert_file", tls->cert_file);
  absl::StatusOr<std::string> key = Contents("tls.key_file", tls->key_file);
  for (const auto* file : {&roots, &cert, &key}) {
    if (!file->ok()) return file->status();
  }
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *std::move(roots);
  options.pem_cert_chain = *std::move(cert);
  options.pem_private_key = *std::move(key);
  return grpc::SslCredentials(options);
}

absl::Status Check(const ConnectOptions& options) {
  constexpr milliseconds kMax{std::numeric_limits<int>::max()};
  if (absl::Status address = CheckAddress(options.address); !address.ok()) {
    return Wrong("address", std::string(address.message()));
  }
  for (const auto& [key, value] : options.metadata) {
    if (absl::Status field = CheckMetadata(key, value); !field.ok()) {
      return Wrong("metadata", std::string(field.message()));
    }
  }
  if (options.keepalive_time < milliseconds(10'000) || options.keepalive_time > kMax) {
    return Wrong("keepalive_time", "must be 10 s at least and 24 days at most");
  }
  if (options.keepalive_timeout < milliseconds(1) || options.keepalive_timeout > kMax) {
    return Wrong("keepalive_timeout", "must be 1 ms at least and 24 days at most");
  }
  if (options.max_message_bytes <= 0) return Wrong("max_message_bytes", "must be 1 at least");
  if (!IsPrintable(options.user_agent)) return Wrong("user_agent", "may hold printable ASCII only");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Channel> MakeChannel(const ConnectOptions& options) {
  if (absl::Status checked = Check(options); !checked.ok()) return checked;
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = Credentials(options.tls);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetInt("grpc.enable_http_proxy", 0);  // else the environment's http_proxy would get our loopback calls
  arguments.SetMaxReceiveMessageSize(options.max_message_bytes);
  arguments.SetMaxSendMessageSize(options.max_message_bytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(options.keepalive_time.count()));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(options.keepalive_timeout.count()));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  if (!options.user_agent.empty()) arguments.SetUserAgentPrefix(options.user_agent);
  if (options.tls && !options.tls->server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls->server_name);
  }
  const auto channel = grpc::CreateCustomChannel(options.address, *credentials, arguments);
  return Channel{channel, options.metadata,
                 [channel](grpc::ClientContext& context, const std::string& path, Reactor& reactor) {
                   grpc::GenericStub(channel).PrepareBidiStreamingCall(&context, path, grpc::StubOptions(), &reactor);
                 }};
}

}  // namespace sluice::client
