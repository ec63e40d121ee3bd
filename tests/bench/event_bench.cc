// What one streamed event costs the gateway, beside a bare gRPC server that sends the same messages and a bare reader
// of the agent's events: a gateway does the work of both, so their sum is what it is measured by.
//
// Starts the gateway and the bare servers as children and is agent and client itself; systems take turns, and what is
// printed are the medians of all rounds. CPU is user and system time of the server's process alone (of a reader: of its
// thread).
// A gateway that runs already is measured with --gateway and --gateway-pid; its upstream must be --upstream-port of
// this program, or a demo agent (then without delays).
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/event_upstream.h"
#include "tests/bench/program.h"
#include "tests/bench/samples.h"
#include "tests/bench/sse_reader.h"
#include "tests/bench/stream_client.h"

namespace sluice::bench {
namespace {

struct Options {
  std::string sluice;
  std::vector<std::string> sluice_flags;
  std::string bare;
  std::string gateway;
  int gateway_pid = 0;
  std::uint16_t upstream_port = 0;
  int streams = 64;
  int connections = 1;
  int rounds = 3;
  int batch = 32;
  std::int64_t events = 20'000;
  std::int64_t paced_events = 500;
  std::size_t bytes = 256;
  std::vector<int> intervals_ms = {0, 8};
};

constexpr const char* kGateway = "gateway";
constexpr const char* kHinting = "bare gRPC, hint";
constexpr const char* kBare = "bare gRPC";
constexpr const char* kReader = "SSE reader";

// What is measured: the gateway or a yardstick.
struct System {
  std::string name;
  std::unique_ptr<Program> program;  // empty: it is not our child
  std::function<StreamRun(const EventPlan&)> run;
};

// What one system did in all rounds of one mode.
struct Figures {
  std::vector<double> cpu_us, per_second, delay_p50, delay_p99;
};

// A system that is a gRPC server in a process of its own.
System Served(const Options& options, std::string name, std::unique_ptr<Program> program, const std::string& address,
              pid_t pid) {
  const Channels channels = OpenChannels(address, options.connections);
  auto run = [channels, pid, streams = options.streams](const EventPlan& plan) {
    const double cpu_before = CpuSeconds(pid);
    StreamRun result = RunStreams(channels, plan, streams, plan.interval.count() > 0);
    result.cpu_seconds = CpuSeconds(pid) - cpu_before;
    return result;
  };
  return {std::move(name), std::move(program), std::move(run)};
}

System Started(const Options& options, std::string name, const std::string& path,
               const std::vector<std::string>& arguments) {
  auto program = std::make_unique<Program>(path, arguments);
  const std::string address = program->After("grpc=");
  const pid_t pid = program->pid();
  return Served(options, std::move(name), std::move(program), address, pid);
}

std::vector<System> StartSystems(const Options& options, const EventUpstream& upstream) {
  std::vector<System> systems;
  if (!options.gateway.empty()) {
    systems.push_back(Served(options, kGateway, nullptr, options.gateway, options.gateway_pid));
  } else if (!options.sluice.empty()) {
    std::vector<std::string> flags = {"--upstream=" + upstream.url(), "--listen=127.0.0.1:0",
                                      "--http-listen=127.0.0.1:0"};
    flags.insert(flags.end(), options.sluice_flags.begin(), options.sluice_flags.end());
    systems.push_back(Started(options, kGateway, options.sluice, flags));
  }
  if (!options.bare.empty()) {
    systems.push_back(Started(options, kHinting, options.bare, {"--batch=" + std::to_string(options.batch)}));
    systems.push_back(Started(options, kBare, options.bare, {}));
  }
  systems.push_back({kReader, nullptr, [port = upstream.port(), streams = options.streams](const EventPlan& plan) {
                       return ReadStreams(port, plan, streams, plan.interval.count() > 0);
                     }});
  return systems;
}

void Measure(const System& system, const EventPlan& plan, Figures& figures) {
  StreamRun run = system.run(plan);
  if (!run.errors.empty()) {
    throw std::runtime_error(system.name + ": " + std::to_string(run.errors.size()) + " streams went wrong; " +
                             run.errors.front());
  }
  const auto messages = static_cast<double>(run.messages);
  figures.cpu_us.push_back(run.cpu_seconds * 1e6 / messages);
  figures.per_second.push_back(messages / run.seconds);
  const Samples delays(std::move(run.delays_us));
  if (delays.empty()) return;
  figures.delay_p50.push_back(delays.Median());
  figures.delay_p99.push_back(delays.Quantile(0.99));
}

std::string MedianOf(const std::vector<double>& values, int decimals) {
  return values.empty() ? "-" : Number(Samples(values).Median(), decimals);
}

// The CPU of `name` as a multiple of what sending and reading take together, round by round: all had the same weather.
std::string Ratio(const std::map<std::string, Figures>& all, const std::string& name, const std::string& sender) {
  if (all.count(sender) == 0 || name == kReader) return "-";
  const Figures& mine = all.at(name);
  const Figures& sending = all.at(sender);
  const Figures& reading = all.at(kReader);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < mine.cpu_us.size(); ++i) {
    ratios.push_back(mine.cpu_us[i] / (sending.cpu_us[i] + reading.cpu_us[i]));
  }
  return MedianOf(ratios, 2);
}

void RunMode(const Options& options, int interval_ms, const std::vector<System>& systems, Table& table) {
  const EventPlan plan{interval_ms == 0 ? options.events : options.paced_events, std::chrono::milliseconds(interval_ms),
                       options.bytes};
  std::map<std::string, Figures> all;
  for (int round = 0; round < options.rounds; ++round) {
    for (const System& system : systems) Measure(system, plan, all[system.name]);
  }
  for (const System& system : systems) {
    const Figures& figures = all[system.name];
    table.Add({interval_ms == 0 ? "burst" : "paced " + std::to_string(interval_ms) + " ms", system.name,
               std::to_string(options.streams), std::to_string(options.streams * plan.events),
               MedianOf(figures.per_second, 0), MedianOf(figures.cpu_us, 2), MedianOf(figures.delay_p50, 0),
               MedianOf(figures.delay_p99, 0), Ratio(all, system.name, kHinting), Ratio(all, system.name, kBare)});
  }
}

void AddFlags(CLI::App& app, Options& options) {
  app.add_option("--sluice", options.sluice, "the gateway to start");
  app.add_option("--sluice-flag", options.sluice_flags, "a further flag for it, as --shards=2; repeatable");
  app.add_option("--bare", options.bare, "the bare_server to compare it with");
  auto* gateway = app.add_option("--gateway", options.gateway, "host:port of a gateway that runs already");
  app.add_option("--gateway-pid", options.gateway_pid, "its process")->needs(gateway);
  app.add_option("--upstream-port", options.upstream_port, "where this program is an agent; 0: a free port");
  app.add_option("--streams", options.streams, "calls at once")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--connections", options.connections, "of the client")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--rounds", options.rounds)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--batch", options.batch, "messages that the hinting bare server sends together")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--events", options.events, "of each stream, burst")->capture_default_str();
  app.add_option("--paced-events", options.paced_events, "of each stream, paced")->capture_default_str();
  app.add_option("--bytes", options.bytes, "of text in each event")->capture_default_str();
  app.add_option("--interval-ms", options.intervals_ms, "between two events of a stream; 0: burst; a,b: both")
      ->delimiter(',')
      ->capture_default_str();
}

int Main(const Options& options) {
  if (!options.gateway.empty() && options.gateway_pid <= 0) throw std::runtime_error("--gateway needs --gateway-pid");
  const EventUpstream upstream(options.upstream_port);
  std::vector<System> systems = StartSystems(options, upstream);
  for (const System& system : systems) {
    Figures warm_up;
    Measure(system, EventPlan{100, {}, options.bytes}, warm_up);
  }
  std::printf("%d streams, %zu B of text, %d rounds, load average %s\n\n", options.streams, options.bytes,
              options.rounds, LoadAverage().c_str());
  Table table({"mode", "system", "streams", "events", "events/s", "CPU us/event", "delay p50 us", "p99 us",
               "x (hint+SSE)", "x (bare+SSE)"});
  for (const int interval_ms : options.intervals_ms) RunMode(options, interval_ms, systems, table);
  std::printf("%s\nload average %s\n", table.Text().c_str(), LoadAverage().c_str());
  for (const System& system : systems) {
    if (system.name != kGateway || system.program == nullptr) continue;
    const int code = system.program->Stop();
    if (code != 0) throw std::runtime_error("the gateway ended with exit code " + std::to_string(code));
  }
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app("What one streamed event costs the gateway, beside bare ways to do its two halves.");
  sluice::bench::Options options;
  sluice::bench::AddFlags(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    return sluice::bench::Main(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "event_bench: %s\n", error.what());
    return 1;
  }
}
