// What one streamed event costs the gateway, beside a bare gRPC server that sends the same messages.
//
// Starts the gateway and the bare servers as children and is agent and client itself; systems take turns, and what is
// printed are the medians of all rounds. CPU is user and system time of the server's process alone.
// A gateway that runs already is measured with --gateway and --gateway-pid; its upstream must be --upstream-port of
// this program, or a demo agent (then without delays).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/event_upstream.h"
#include "tests/bench/program.h"
#include "tests/bench/samples.h"
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

// A server under measurement.
struct System {
  std::string name;
  std::unique_ptr<Program> program;  // empty: it is not ours
  std::string address;
  pid_t pid = 0;
  Channels channels = {};
};

// What one system did in all rounds of one mode.
struct Figures {
  std::vector<double> cpu_us, per_second, delay_p50, delay_p99;
};

std::vector<System> StartSystems(const Options& options, const EventUpstream& upstream) {
  std::vector<System> systems;
  if (!options.sluice.empty()) {
    std::vector<std::string> flags = {"--upstream=" + upstream.url(), "--listen=127.0.0.1:0",
                                      "--http-listen=127.0.0.1:0"};
    flags.insert(flags.end(), options.sluice_flags.begin(), options.sluice_flags.end());
    systems.push_back({"gateway", std::make_unique<Program>(options.sluice, flags), "", 0});
  }
  if (!options.bare.empty()) {
    const std::string batch = "--batch=" + std::to_string(options.batch);
    systems.push_back({"bare gRPC, hint", std::make_unique<Program>(options.bare, std::vector{batch}), "", 0});
    systems.push_back({"bare gRPC", std::make_unique<Program>(options.bare, std::vector<std::string>{}), "", 0});
  }
  for (System& system : systems) {
    system.address = system.program->After("grpc=");
    system.pid = system.program->pid();
  }
  if (!options.gateway.empty()) systems.push_back({"gateway", nullptr, options.gateway, options.gateway_pid});
  return systems;
}

void Measure(System& system, const EventPlan& plan, int streams, Figures& figures) {
  const bool paced = plan.interval.count() > 0;
  const double cpu_before = CpuSeconds(system.pid);
  StreamRun run = RunStreams(system.channels, plan, streams, paced);
  const double cpu = CpuSeconds(system.pid) - cpu_before;
  const auto messages = static_cast<double>(run.messages);
  const Samples delays(std::move(run.delays_us));
  figures.cpu_us.push_back(cpu * 1e6 / messages);
  figures.per_second.push_back(messages / run.seconds);
  if (!delays.empty()) {
    figures.delay_p50.push_back(delays.Median());
    figures.delay_p99.push_back(delays.Quantile(0.99));
  }
  if (!run.errors.empty()) {
    throw std::runtime_error(system.name + ": " + std::to_string(run.errors.size()) + " streams went wrong; " +
                             run.errors.front());
  }
}

std::string MedianOf(const std::vector<double>& values, int decimals) {
  return values.empty() ? "-" : Number(Samples(values).Median(), decimals);
}

// This system's CPU as a multiple of the other's, round by round: both had the same weather.
std::string Ratio(const std::map<std::string, Figures>& all, const std::string& name, const std::string& other) {
  const auto found = all.find(other);
  if (found == all.end()) return "-";
  std::vector<double> ratios;
  const std::vector<double>& mine = all.at(name).cpu_us;
  for (std::size_t i = 0; i < mine.size(); ++i) ratios.push_back(mine[i] / found->second.cpu_us[i]);
  return MedianOf(ratios, 2);
}

void RunMode(const Options& options, int interval_ms, std::vector<System>& systems, Table& table) {
  const EventPlan plan{interval_ms == 0 ? options.events : options.paced_events, std::chrono::milliseconds(interval_ms),
                       options.bytes};
  std::map<std::string, Figures> all;
  for (int round = 0; round < options.rounds; ++round) {
    for (System& system : systems) Measure(system, plan, options.streams, all[system.name]);
  }
  for (const System& system : systems) {
    const Figures& figures = all[system.name];
    table.Add({interval_ms == 0 ? "burst" : "paced " + std::to_string(interval_ms) + " ms", system.name,
               std::to_string(options.streams), std::to_string(options.streams * plan.events),
               MedianOf(figures.per_second, 0), MedianOf(figures.cpu_us, 2), MedianOf(figures.delay_p50, 0),
               MedianOf(figures.delay_p99, 0), Ratio(all, system.name, "bare gRPC, hint"),
               Ratio(all, system.name, "bare gRPC")});
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
  if (systems.empty()) throw std::runtime_error("nothing to measure: give --sluice, --bare or --gateway");
  for (System& system : systems) {
    system.channels = OpenChannels(system.address, options.connections);
    Figures warm_up;
    Measure(system, EventPlan{100, {}, options.bytes}, options.streams, warm_up);
  }
  std::printf("%d streams, %zu B of text, %d rounds, load average %s\n\n", options.streams, options.bytes,
              options.rounds, LoadAverage().c_str());
  Table table({"mode", "system", "streams", "events", "events/s", "CPU us/event", "delay p50 us", "p99 us",
               "CPU x hint", "CPU x bare"});
  for (const int interval_ms : options.intervals_ms) RunMode(options, interval_ms, systems, table);
  std::printf("%s\nload average %s\n", table.Text().c_str(), LoadAverage().c_str());
  for (System& system : systems) {
    system.channels.clear();
    if (system.name != "gateway" || system.program == nullptr) continue;
    const int code = system.program->Stop();
    if (code != 0) throw std::runtime_error("the gateway ended with exit code " + std::to_string(code));
  }
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app("What one streamed event costs the gateway, beside a bare gRPC server.");
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
