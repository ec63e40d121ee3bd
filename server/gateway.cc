#include "server/gateway.h"

#include <algorithm>
#include <future>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/config/parse_address.h"

namespace sluice {
namespace {

using std::chrono::milliseconds;

// For clients to see the GOAWAY, once no call is live.
constexpr milliseconds kGoawaySeen{500};
constexpr milliseconds kLook{5};
// What is left of Server::Shutdown's own deadline after we have ended every call; it only matters if we failed to.
constexpr milliseconds kShutdownMargin{5000};

unsigned ShardCount(const config::Config& config) {
  if (config.shards > 0) return static_cast<unsigned>(config.shards);
  return std::max(1u, std::thread::hardware_concurrency() / 2);
}

// One Server::Shutdown, on a thread of its own.
class ServerShutdown {
 public:
  ServerShutdown(frontend::Frontend& frontend, milliseconds budget)
      : ended_(std::async(std::launch::async, [&frontend, deadline = std::chrono::system_clock::now() + budget] {
          frontend.ShutdownServer(deadline);
        })) {}
  ~ServerShutdown() { ended_.wait(); }

  // True when every client has closed its connection by then.
  bool EndsWithin(milliseconds time) const { return ended_.wait_for(time) == std::future_status::ready; }

 private:
  std::future<void> ended_;
};

}  // namespace

Gateway::Gateway(config::Config config, observe::Log& log)
    : config_(std::move(config)),
      log_(log),
      directory_(config_.upstreams),
      frontend_(config_, directory_, ShardCount(config_), counters_, log_),
      card_reader_(directory_, log_),
      pages_(directory_),
      http_(config_.http_listen, pages_) {}

Gateway::~Gateway() {
  if (started_ && !drained_) Drain(StopKind::kInteractive, [](milliseconds) { return true; });
}

absl::Status Gateway::Start() {
  if (absl::Status bound = http_.Bind(); !bound.ok()) return bound;
  if (absl::Status bound = frontend_.Bind(); !bound.ok()) return bound;
  directory_.SetPublicAddress(PublicAddress());
  std::vector<upstream::Upstream*> upstreams;
  for (unsigned i = 0; i < ShardCount(config_); ++i) {
    loops_.push_back(std::make_unique<upstream::Loop>(frontend_.sink(i)));
    upstreams.push_back(loops_.back().get());
  }
  frontend_.Serve(upstreams);
  http_.Serve();
  if (!card_reader_.idle()) {
    card_loop_ = std::make_unique<upstream::Loop>(card_reader_);
    card_reader_.Begin(*card_loop_);
  }
  started_ = true;
  return absl::OkStatus();
}

// The order is the contract: accept → upstream → calls → Server::Shutdown → op gates → queues → threads.
void Gateway::Drain(StopKind kind, const WaitFn& wait) {
  using frontend::Phase;
  drained_ = true;
  const config::Drain& budget = config_.drain;
  bool urgent = false;
  const auto pause = [&](milliseconds time) { urgent = urgent || wait(time); };

  log_.Write("drain: lame duck, new calls are still served");
  http_.SetReady(false);
  frontend_.EnterPhase({Phase::kLameDuck, budget.lame_duck + budget.deadline});
  if (kind == StopKind::kGraceful) pause(budget.lame_duck);

  log_.Write(absl::StrCat("drain: refusing new calls; calls_live=", counters_.calls_live.load()));
  frontend_.EnterPhase({Phase::kDraining, budget.deadline});
  const auto ends_at = std::chrono::steady_clock::now() + budget.deadline;
  if (counters_.calls_live > 0 || kind == StopKind::kGraceful) pause(budget.refuse);
  {
    ServerShutdown stopping(frontend_, budget.deadline + kShutdownMargin);
    const auto left = std::chrono::ceil<milliseconds>(ends_at - std::chrono::steady_clock::now());
    if (!urgent && WaitUntilQuiet(left, wait)) pause(kGoawaySeen);

    log_.Write(absl::StrCat("drain: finishing what is left; calls_live=", counters_.calls_live.load()));
    const absl::Status gone =
        MakeError(absl::StatusCode::kUnavailable, "this gateway went away before the call was over; call another one",
                  reason::kDraining);
    frontend_.FinishAll(gone);
    // Our statuses go out; whoever does not take them in this time is broken off, and so is what a flow still cleans
    // up.
    (void)WaitUntilQuiet(kGoawaySeen, [](milliseconds time) {
      std::this_thread::sleep_for(time);
      return false;
    });
    frontend_.FinishAll(gone);
    // Clients close when they have read their statuses; to be cut off earlier would take the status from some.
    if (urgent || !stopping.EndsWithin(kGoawaySeen)) frontend_.CancelWhatIsLeft();
    if (!stopping.EndsWithin(kGoawaySeen)) frontend_.BreakConnections();
  }
  frontend_.WaitForQueues();  // no call that was matched before the server's end is overlooked
  while (counters_.calls_live > 0) std::this_thread::sleep_for(kLook);  // their last tags are on the way
  if (card_loop_) card_loop_->Stop();
  for (auto& loop : loops_) loop->Stop();  // nobody can wake a queue any more
  frontend_.Stop();                        // the last permit shuts each queue down; its thread drains it
  http_.Stop();
}

std::string Gateway::PublicAddress() const {
  const config::HostPort& configured = config_.public_address;
  if (!configured.host.empty()) return config::PrintHostPort(configured);
  if (config_.listen.host == "0.0.0.0" || config_.listen.host == "::") {
    log_.Write(absl::StrCat("agent cards name ", frontend_.address(),
                            ", which is no address that clients elsewhere can call; set public_address"));
  }
  return frontend_.address();
}

bool Gateway::WaitUntilQuiet(milliseconds budget, const WaitFn& wait) const {
  const auto until = std::chrono::steady_clock::now() + budget;
  while (counters_.calls_live > 0) {
    if (std::chrono::steady_clock::now() >= until || wait(kLook)) return false;
  }
  return true;
}

}  // namespace sluice
