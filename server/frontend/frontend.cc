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
#include "server/base/memory_budget.h"
#include "server/config/parse_address.h"
#include "server/frontend/admission.h"
#include "server/frontend/flows/flows.h"
#include "server/frontend/listener.h"
#include "server/frontend/methods.h"
#include "server/frontend/shard.h"
#include "server/frontend/upstreams.h"

namespace sluice::frontend {
namespace {

using Acceptor = grpc::experimental::ExternalConnectionAcceptor;
using AcceptorType = grpc::ServerBuilder::experimental_type::ExternalConnectionType;

// Balancers hold one each, for as long as they live.
constexpr int kWatches = 1000;

// Room for the framing that gRPC adds to nothing: our limit is on the message itself.
void SetLimits(grpc::ServerBuilder& builder, const config::Config& config) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(config.limits.message_bytes));
  builder.SetMaxSendMessageSize(static_cast<int>(config.limits.message_bytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int>(config.limits.metadata_bytes));
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
  Parts(const config::Config& the_config, const discovery::Directory& directory, unsigned the_shards,
        observe::Counters& counters, observe::Log& log)
      : config(the_config),
        shard_count(the_shards),
        admission(config.limits.calls_in_flight),
        watches(kWatches),
        memory(config.limits.memory_bytes),
        upstreams(directory),
        resume(config.resume),
        services{config, upstreams, methods, phase, resume},
        common{methods,
               {config.limits.low_watermark_bytes, config.limits.high_watermark_bytes, config.limits.stall,
                config.limits.message_bytes, &memory},
               admission,
               watches,
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
  Admission watches;
  MemoryBudget memory;
  Methods methods;
  Upstreams upstreams;
  ResumeTokens resume;
  Services services;
  grpc::AsyncGenericService service;
  Common common;
  std::vector<std::unique_ptr<Shard>> shards;  // queues outlive the server
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<Acceptor> acceptor;
  Listener listener;
};

Frontend::Frontend(const config::Config& config, const discovery::Directory& directory, unsigned shards,
                   observe::Counters& counters, observe::Log& log)
    : parts_(std::make_unique<Parts>(config, directory, shards, counters, log)) {}

Frontend::~Frontend() = default;

absl::Status Frontend::Bind() {
  const config::HostPort& listen = parts_->config.listen;
  if (absl::Status bound = parts_->listener.Bind(listen, parts_->config.keepalive.timeout); !bound.ok()) return bound;
  parts_->address = config::PrintHostPort({listen.host, parts_->listener.port()});
  grpc::ServerBuilder builder;
  parts_->acceptor =
      builder.experimental().AddExternalConnectionAcceptor(AcceptorType::FROM_FD, grpc::InsecureServerCredentials());
  SetLimits(builder, parts_->config);
  SetKeepalive(builder, parts_->config.keepalive);
  builder.RegisterAsyncGenericService(&parts_->service);
  for (unsigned i = 0; i < parts_->shard_count; ++i) {
    parts_->shards.push_back(std::make_unique<Shard>(parts_->common, builder.AddCompletionQueue(), i));
  }
  parts_->server = builder.BuildAndStart();
  if (!parts_->server) return absl::UnavailableError(absl::StrCat("cannot serve gRPC on ", parts_->address));
  return absl::OkStatus();
}

const std::string& Frontend::address() const { return parts_->address; }

upstream::EventSink& Frontend::sink(unsigned shard) { return *parts_->shards[shard]; }

void Frontend::Serve(const std::vector<upstream::Upstream*>& upstreams) {
  for (unsigned i = 0; i < parts_->shard_count; ++i) parts_->shards[i]->Run(*upstreams[i]);
  parts_->listener.Run([this](int listener, int connection) {
    Acceptor::NewConnectionParameters accepted;
    accepted.listener_fd = listener;
    accepted.fd = connection;
    parts_->acceptor->HandleNewConnection(&accepted);
  });
}

void Frontend::EnterPhase(const PhaseChange& change) {
  parts_->phase.store(change.phase);
  for (auto& shard : parts_->shards) shard->Deliver(change);
}

// A server that shuts down does not close what it is given any more: nobody may come in then.
void Frontend::ShutdownServer(std::chrono::system_clock::time_point deadline) {
  parts_->listener.Stop();
  parts_->server->Shutdown(deadline);
}

void Frontend::FinishAll(const absl::Status& why) {
  for (auto& shard : parts_->shards) shard->Deliver(CancelAll{why});
}

void Frontend::BreakConnections() { parts_->listener.BreakConnections(); }

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
  parts_->common.counters.memory_reserved = parts_->memory.reserved_bytes();
}

}  // namespace sluice::frontend
