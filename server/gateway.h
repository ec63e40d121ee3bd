// The whole process but for flags and signals: owns every part, in construction order, and ends them in order.
#ifndef SLUICE_SERVER_GATEWAY_H_
#define SLUICE_SERVER_GATEWAY_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/discovery/card_reader.h"
#include "server/discovery/directory.h"
#include "server/frontend/frontend.h"
#include "server/http/agents.h"
#include "server/http/server.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"
#include "server/upstream/loop.h"

namespace sluice {

// How a stop was asked for.
enum class StopKind {
  kGraceful,    // SIGTERM: balancers may still send calls for the lame duck
  kInteractive  // SIGINT: nobody balances; no lame duck
};

// Thread: the owner's. Lifetime: Start() once, then Drain() once; the destructor drains at once if nobody did.
class Gateway {
 public:
  // Sleeps for as long as it is told; true, at once, when a second stop was asked for.
  using WaitFn = std::function<bool(std::chrono::milliseconds)>;

  Gateway(config::Config config, observe::Log& log);
  ~Gateway();

  // Binds and serves. UNAVAILABLE when a port cannot be had.
  absl::Status Start();
  const std::string& grpc_address() const { return frontend_.address(); }
  const std::string& http_address() const { return http_.address(); }

  // Serving → Draining → Cancelling → QueuesClosing → Stopped. Returns when everything has ended and been joined.
  void Drain(StopKind kind, const WaitFn& wait);

  // To be asked after Drain(): true when nothing was lost or left.
  bool CountersMatch() const { return counters_.Match(); }
  observe::Counters& counters() { return counters_; }

 private:
  // What clients are told to call.
  std::string PublicAddress() const;
  bool WaitUntilQuiet(std::chrono::milliseconds budget, const WaitFn& wait) const;

  const config::Config config_;
  observe::Log& log_;
  observe::Counters counters_;
  discovery::Directory directory_;
  frontend::Frontend frontend_;
  std::vector<std::unique_ptr<upstream::Loop>> loops_;  // one per shard
  discovery::CardReader card_reader_;
  std::unique_ptr<upstream::Loop> card_loop_;  // null when no card is read
  const http::AgentPages pages_;
  http::Server http_;
  bool started_ = false;
  bool drained_ = false;
};

}  // namespace sluice

#endif  // SLUICE_SERVER_GATEWAY_H_
