// The gRPC side of the process: server, shards and method table, and what the life cycle asks of them.
#ifndef SLUICE_SERVER_FRONTEND_FRONTEND_H_
#define SLUICE_SERVER_FRONTEND_FRONTEND_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/discovery/directory.h"
#include "server/frontend/switchboard.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"
#include "server/upstream/exchange.h"

namespace sluice::frontend {

// Thread: the owner's, except where noted. Lifetime: the upstreams given to Serve() outlive it, or have been stopped
// before Stop().
class Frontend {
 public:
  Frontend(const config::Config& config, const discovery::Directory& directory, unsigned shards,
           observe::Counters& counters, observe::Log& log);
  ~Frontend();

  // Binds the port. UNAVAILABLE when it cannot.
  absl::Status Bind();
  // Where it listens: "127.0.0.1:50051".
  const std::string& address() const;

  // The mailbox of one shard, for its upstream side.
  upstream::EventSink& sink(unsigned shard);

  // Calls are taken from now on. One upstream side per shard.
  void Serve(const std::vector<upstream::Upstream*>& upstreams);

  // ---- the end, in this order (see Gateway::Drain) ----

  // From now on calls and health see this phase; live calls are told.
  void EnterPhase(const PhaseChange& change);
  // GOAWAY to every client; no new call. Returns when every call is over and every connection closed, or at the
  // deadline. Blocks: from a thread of its own. Once.
  void ShutdownServer(std::chrono::system_clock::time_point deadline);
  // Every live call gets `why`, at once.
  void FinishAll(const absl::Status& why);
  // Whatever still hangs at gRPC's side is broken off; a running ShutdownServer() returns. From any thread.
  void CancelWhatIsLeft();
  // Breaks off the connections of clients that take nothing: gRPC closes none while a write to it is stuck.
  void BreakConnections();
  // Returns when every queue has handled what it had at the moment of asking. Not on a queue's thread.
  void WaitForQueues();
  // No call is live, nothing more comes from the upstreams: closes the queues behind their last operation and joins.
  void Stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_FRONTEND_H_
