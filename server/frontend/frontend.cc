#include "server/frontend/frontend.h"

#include <grpc/grpc.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <future>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/frontend/admission.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/methods.h"
#include "server/frontend/shard.h"
#include "server/frontend/upstreams.h"

namespace sluice::frontend {
namespace {

std::string ToString(const config::HostPort& where, int port) {
  const bool v6 = where.host.find(':') != std::string::npos;
  return v6 ? absl::StrCat("[", where.host, "]:", port) : absl::StrCat(where.host, ":", port);
}

// Room for the framing that gRPC adds to nothing: our limit is on the message itself.
void SetLimits(grpc::ServerBuilder& builder, const config::Config& config) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(config.limits.message_bytes));
  builder.SetMaxSendMessageSize(static_cast<int>(config.limits.message_bytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, config.limits.streams_per_connection);
}

void SetKeepalive(grpc::ServerBuilder& builder, const config::Keepalive& keepalive) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(keepalive.time.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(keepalive.timeout.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             static_cast<int>(keepalive.min_client_ping.count()));
}

}  // namespace

// In construction order, which is the order of ownership: calls → shards → server → queues (in the shards).
struct Frontend::Parts {
  Parts(const config::Config& the_config, unsigned the_shards, observe::Counters& counters, observe::Log& log)
      : config(the_config),
        shard_count(the_shards),
        admission(config.limits.calls_in_flight),
        upstreams(config.upstreams),
        services{config, upstreams, methods, phase},
        common{methods,
               {config.limits.low_watermark_bytes, config.limits.high_watermark_bytes, config.limits.stall,
                config.limits.message_bytes},
               admission,
               counters,
               log,
               service,
               phase} {
    AddMethods(methods, services);
  }

  const config::Config config;
  const unsigned shard_count;
  std::string address;
  std::atomic<Phase> phase{Phase::kServing};
  Admission admission;
  Methods methods;
  Upstreams upstreams;
  Services services;
  grpc::AsyncGenericService service;
  Common common;
  std::vector<std::unique_ptr<Shard>> shards;  // queues outlive the server
  std::unique_ptr<grpc::Server> server;
};

Frontend::Frontend(const config::Config& config, unsigned shards, observe::Counters& counters, observe::Log& log)
    : parts_(std::make_unique<Parts>(config, shards, counters, log)) {}

Frontend::~Frontend() = default;

absl::Status Frontend::Bind() {
  const config::HostPort& listen = parts_->config.listen;
  const std::string wanted = ToString(listen, listen.port);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(wanted, grpc::InsecureServerCredentials(), &port);
  // A second gateway on the same port must fail, not take a share of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  SetLimits(builder, parts_->config);
  SetKeepalive(builder, parts_->config.keepalive);
  builder.RegisterAsyncGenericService(&parts_->service);
  for (unsigned i = 0; i < parts_->shard_count; ++i) {
    parts_->shards.push_back(std::make_unique<Shard>(parts_->common, builder.AddCompletionQueue(), i));
  }
  parts_->server = builder.BuildAndStart();
  if (!parts_->server || port == 0) return absl::UnavailableError(absl::StrCat("cannot listen on ", wanted));
  parts_->address = ToString(listen, port);
  return absl::OkStatus();
}

const std::string& Frontend::address() const { return parts_->address; }

upstream::EventSink& Frontend::sink(unsigned shard) { return *parts_->shards[shard]; }

void Frontend::Serve(const std::vector<upstream::Upstream*>& upstreams) {
  for (unsigned i = 0; i < parts_->shard_count; ++i) parts_->shards[i]->Run(*upstreams[i]);
}

void Frontend::EnterPhase(const PhaseChange& change) {
  parts_->phase.store(change.phase);
  for (auto& shard : parts_->shards) shard->Deliver(change);
}

void Frontend::ShutdownServer(std::chrono::system_clock::time_point deadline) { parts_->server->Shutdown(deadline); }

void Frontend::FinishAll(const absl::Status& why) {
  for (auto& shard : parts_->shards) shard->Deliver(CancelAll{why});
}

void Frontend::CancelWhatIsLeft() { grpc_server_cancel_all_calls(parts_->server->c_server()); }

// Twice: the first barrier may come with a wake-up that was on its way already, before what was queued after that; the
// wake-up of the second one is queued behind all of it.
void Frontend::WaitForQueues() {
  for (std::size_t i = 0; i < 2 * parts_->shards.size(); ++i) {
    auto& shard = parts_->shards[i / 2];
    Barrier barrier{std::make_shared<std::promise<void>>()};
    std::future<void> passed = barrier.passed->get_future();
    shard->Deliver(barrier);
    barrier.passed.reset();  // a closed mailbox breaks the promise, which ends the wait as well
    passed.wait();
  }
}

void Frontend::Stop() {
  for (auto& shard : parts_->shards) shard->Close();
  for (auto& shard : parts_->shards) shard->Join();
}

}  // namespace sluice::frontend
