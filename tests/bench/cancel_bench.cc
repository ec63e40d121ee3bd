// How fast a cancel reaches the agent: opens streamed calls, cancels each at a random moment, and asks the demo agent
// when it saw the connection of each go.
//
// Both ends read the system's clock, so both must run on one machine. Fails when a stream is left open at the agent one
// second after the last cancel, when a cancelled call was never closed there, or when p99 is above --max-p99-ms.
#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "lf/a2a/v1/a2a.grpc.pb.h"
#include "tests/bench/agent_stats.h"
#include "tests/bench/program.h"
#include "tests/bench/samples.h"
#include "tests/bench/stream_client.h"

namespace sluice::bench {
namespace {

using lf::a2a::v1::A2AService;
using Moment = std::chrono::steady_clock::time_point;

struct Options {
  std::string sluice;
  std::string sluice_agent;
  std::string gateway;
  std::string agent;
  int calls = 1000;
  int concurrency = 64;
  int connections = 1;
  unsigned seed = 1;
  double max_delay_ms = 200;
  double silent_share = 0.25;
  double early_share = 0.25;
  // Longer than any call lasts here, yet over soon after: a task goes on when its stream is closed, and thousands of
  // them running on would be what is measured in the next run.
  std::string text = "slow 150 20";
  std::string silent_text = "silent 3000";
  double max_p99_ms = 0;
};

double UnixMillis() {
  return std::chrono::duration<double, std::milli>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// How many calls are open; one is waited for.
class OpenCalls {
 public:
  void Opened() {
    const std::lock_guard lock(mu_);
    ++count_;
  }
  void Ended() {
    const std::lock_guard lock(mu_);
    --count_;
    changed_.notify_one();
  }
  int count() const {
    const std::lock_guard lock(mu_);
    return count_;
  }
  // Until fewer than `count` are open; false when that has not come by `deadline`.
  bool WaitForFewer(int count, Moment deadline) {
    std::unique_lock lock(mu_);
    return changed_.wait_until(lock, deadline, [&] { return count_ < count; });
  }

 private:
  mutable std::mutex mu_;
  std::condition_variable changed_;
  int count_ = 0;  // guarded by mu_
};

// One call. Its fields are read when it has ended. Thread: gRPC's, but Cancel(). Lifetime: longer than the call.
class Call : public grpc::ClientReadReactor<lf::a2a::v1::StreamResponse> {
 public:
  explicit Call(OpenCalls& open) : open_(open) {}

  void Start(A2AService::Stub& stub, const std::string& text) {
    request_.mutable_message()->set_message_id("cancel-bench");
    request_.mutable_message()->set_role(lf::a2a::v1::ROLE_USER);
    request_.mutable_message()->add_parts()->set_text(text);
    open_.Opened();
    stub.async()->SendStreamingMessage(&context_, &request_, this);
    StartRead(&event_);
    StartCall();
  }
  void Cancel() {
    cancelled_at_ = UnixMillis();
    context_.TryCancel();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (++events_ == 1) task_id_ = event_.task().id();
    StartRead(&event_);
  }
  void OnDone(const grpc::Status& status) override {
    status_ = status;
    open_.Ended();  // last
  }

  double cancelled_at() const { return cancelled_at_; }
  const std::string& task_id() const { return task_id_; }
  int events() const { return events_; }
  const grpc::Status& status() const { return status_; }

 private:
  OpenCalls& open_;
  grpc::ClientContext context_;
  lf::a2a::v1::SendMessageRequest request_;
  lf::a2a::v1::StreamResponse event_;
  grpc::Status status_;
  std::string task_id_;
  int events_ = 0;
  double cancelled_at_ = 0;
};

using Calls = std::vector<std::unique_ptr<Call>>;

class Runner {
 public:
  Runner(const Options& options, const std::string& gateway) : options_(options), random_(options.seed) {
    for (const auto& channel : OpenChannels(gateway, options.connections)) {
      stubs_.push_back(A2AService::NewStub(channel));
    }
  }

  // Returns when every call has ended; ends the program when one does not.
  Calls Run() {
    while (calls_.size() < static_cast<std::size_t>(options_.calls) || !due_.empty()) {
      const bool more = calls_.size() < static_cast<std::size_t>(options_.calls);
      if (more && open_.count() < options_.concurrency) {
        StartOne();
      } else {
        const auto next = due_.empty() ? Moment::max() : due_.top().first;
        if (!more) {
          std::this_thread::sleep_until(next);
        } else if (open_.WaitForFewer(options_.concurrency, next)) {
          continue;
        }
        calls_[due_.top().second]->Cancel();
        due_.pop();
      }
    }
    if (!open_.WaitForFewer(1, std::chrono::steady_clock::now() + std::chrono::seconds(20))) {
      std::fprintf(stderr, "cancel_bench: %d calls did not end after their cancel\n", open_.count());
      std::_Exit(1);  // gRPC still holds them, so nothing can be freed
    }
    return std::move(calls_);
  }

 private:
  using Due = std::pair<Moment, std::size_t>;  // when to cancel which call

  double Uniform(double limit) { return std::uniform_real_distribution<double>(0, limit)(random_); }

  void StartOne() {
    const bool silent = Uniform(1) < options_.silent_share;
    // The first event comes within milliseconds: without these, hardly a cancel would come before it.
    const bool early = Uniform(1) < options_.early_share;
    const std::chrono::duration<double, std::milli> delay(Uniform(early ? 3 : options_.max_delay_ms));
    const std::size_t index = calls_.size();
    calls_.push_back(std::make_unique<Call>(open_));
    calls_.back()->Start(*stubs_[index % stubs_.size()], silent ? options_.silent_text : options_.text);
    due_.emplace(std::chrono::steady_clock::now() + std::chrono::duration_cast<Moment::duration>(delay), index);
  }

  const Options& options_;
  std::mt19937 random_;
  std::vector<std::unique_ptr<A2AService::Stub>> stubs_;
  OpenCalls open_;
  Calls calls_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

std::string StatusName(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return "OK";
    case grpc::StatusCode::CANCELLED:
      return "CANCELLED";
    case grpc::StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    default:
      return "code " + std::to_string(code);
  }
}

std::string Statuses(const Calls& calls) {
  std::map<std::string, int> counts;
  for (const auto& call : calls) ++counts[StatusName(call->status().error_code())];
  std::string text;
  for (const auto& [name, count] : counts) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  return text;
}

// What must hold; prints the numbers. False: it does not.
bool Judge(const Options& options, const Calls& calls, const AgentNumbers& agent) {
  int before_first = 0, other_status = 0, never_closed = 0;
  std::vector<double> delays;
  for (const auto& call : calls) {
    if (call->events() == 0) ++before_first;
    if (call->status().error_code() != grpc::StatusCode::CANCELLED) ++other_status;
    if (call->events() == 0) continue;
    const auto closed = agent.closed_at.find(call->task_id());
    if (closed == agent.closed_at.end()) {
      ++never_closed;
    } else {
      delays.push_back(closed->second - call->cancelled_at());
    }
  }
  const Samples samples(std::move(delays));
  const double p99 = samples.Quantile(0.99);
  const auto line = [](const char* what, const std::string& value) { std::printf("%-44s %s\n", what, value.c_str()); };
  line("calls", std::to_string(calls.size()) + ", " + std::to_string(options.concurrency) + " at once, seed " +
                    std::to_string(options.seed));
  line("their statuses", Statuses(calls) + " (must all be CANCELLED)");
  line("cancelled before the first event", std::to_string(before_first));
  line("agent: streams started", std::to_string(agent.streams_started));
  line("agent: closed by the gateway", std::to_string(agent.disconnects_seen));
  line("agent: ended by itself", std::to_string(agent.streams_ended));
  line("agent: open 1 s after the last cancel", std::to_string(agent.open_streams) + " (must be 0)");
  line("cancelled in mid-stream, not closed there", std::to_string(never_closed) + " (must be 0)");
  const auto quantile = [&](double share) { return Number(samples.Quantile(share), 2); };
  line("cancel to close at the agent, ms", samples.empty() ? "no call to measure: none had told its task and was closed"
                                                           : "p50 " + quantile(0.5) + ", p90 " + quantile(0.9) +
                                                                 ", p99 " + quantile(0.99) + ", max " + quantile(1) +
                                                                 " (" + std::to_string(samples.size()) + " calls)");
  const bool slow = options.max_p99_ms > 0 && p99 > options.max_p99_ms;
  if (slow) line("p99 is above the limit of ms", Number(options.max_p99_ms, 2));
  return agent.open_streams == 0 && other_status == 0 && never_closed == 0 && !slow && !samples.empty();
}

void AddFlags(CLI::App& app, Options& options) {
  app.add_option("--sluice", options.sluice, "the gateway to start");
  app.add_option("--sluice-agent", options.sluice_agent, "the demo agent to start");
  app.add_option("--gateway", options.gateway, "host:port of a gateway that runs already");
  app.add_option("--agent", options.agent, "URL of the demo agent behind it");
  app.add_option("--calls", options.calls)->check(CLI::Range(1, 10'000))->capture_default_str();
  app.add_option("--concurrency", options.concurrency, "calls at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--connections", options.connections, "of the client")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of when to cancel what")->capture_default_str();
  app.add_option("--max-delay-ms", options.max_delay_ms, "from a call's start to its cancel")->capture_default_str();
  app.add_option("--early-share", options.early_share, "of calls that are cancelled within 3 ms")
      ->capture_default_str();
  app.add_option("--silent-share", options.silent_share, "of calls with --silent-text")->capture_default_str();
  app.add_option("--text", options.text, "what the agent is asked for")->capture_default_str();
  app.add_option("--silent-text", options.silent_text)->capture_default_str();
  app.add_option("--max-p99-ms", options.max_p99_ms, "fail above it; 0: do not look")->capture_default_str();
}

// How much of one core a process takes, from here on. A child that takes all of one is late for itself, not for us.
class CpuShare {
 public:
  explicit CpuShare(const Program* program) : program_(program), begun_(Taken()) {}
  std::string Percent() const {
    if (program_ == nullptr) return "-";
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begun_at_;
    return Number((Taken() - begun_) / time.count() * 100, 0) + " %";
  }

 private:
  double Taken() const { return program_ == nullptr ? 0 : CpuSeconds(program_->pid()); }

  const Program* const program_;
  const Moment begun_at_ = std::chrono::steady_clock::now();
  const double begun_;
};

// The processes that are our children, or nullptr.
struct Children {
  const Program* gateway = nullptr;
  const Program* agent = nullptr;
};

bool Measure(const Options& options, const std::string& gateway, const std::string& agent, const Children& children) {
  std::printf("load average %s\n", LoadAverage().c_str());
  ResetAgent(agent);
  const CpuShare of_gateway(children.gateway), of_agent(children.agent);
  const Calls calls = Runner(options, gateway).Run();
  std::printf("%-44s gateway %s, agent %s\n", "of one core, meanwhile", of_gateway.Percent().c_str(),
              of_agent.Percent().c_str());
  std::this_thread::sleep_for(std::chrono::seconds(1));  // the promise is about that moment
  const bool good = Judge(options, calls, ReadAgent(agent));
  std::printf("load average %s\n", LoadAverage().c_str());
  return good;
}

int Main(const Options& options) {
  if (options.sluice.empty() != options.sluice_agent.empty() || options.gateway.empty() != options.agent.empty() ||
      options.sluice.empty() == options.gateway.empty()) {
    throw std::runtime_error("give either --sluice and --sluice-agent, or --gateway and --agent");
  }
  if (options.sluice.empty()) return Measure(options, options.gateway, options.agent, {}) ? 0 : 1;
  Program agent(options.sluice_agent, {"--listen=127.0.0.1:0"});
  const std::string url = agent.After("serving ");
  Program gateway(options.sluice, {"--upstream=" + url, "--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0"});
  const bool good = Measure(options, gateway.After("grpc="), url, {&gateway, &agent});
  const int code = gateway.Stop();
  if (code != 0) throw std::runtime_error("the gateway ended with exit code " + std::to_string(code));
  return good ? 0 : 1;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app("How fast a cancel reaches the agent behind the gateway.");
  sluice::bench::Options options;
  sluice::bench::AddFlags(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    return sluice::bench::Main(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cancel_bench: %s\n", error.what());
    return 1;
  }
}
