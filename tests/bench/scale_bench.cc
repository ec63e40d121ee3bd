// Ten thousand streams: how long they take to open, what one that is idle costs in memory, what a trickle of events
// costs in CPU, whether a single one is lost, and how the process ends with thousands of them open.
//
// Starts the gateway, the demo agent and a bare gRPC server as children. The bare server holds as many streams of the
// same messages: what the gateway needs beside it is the gateway's own. "heap" is anonymous memory (RssAnon).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/crowd.h"
#include "tests/bench/program.h"
#include "tests/bench/samples.h"

namespace sluice::bench {
namespace {

struct Options {
  std::string sluice;
  std::vector<std::string> sluice_flags;
  std::string agent;
  std::string bare;
  std::size_t streams = 10'000;
  int connections = 16;
  int events = 4;
  int interval_ms = 2'000;
};

struct Memory {
  double resident_kib = 0;
  double heap_kib = 0;
};

Memory MemoryOf(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  Memory memory;
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") status >> memory.resident_kib;
    if (word == "RssAnon:") status >> memory.heap_kib;
  }
  return memory;
}

void Require(bool condition, const std::string& what, const Crowd::Counts& counts) {
  if (condition) return;
  std::string text = what + "; of " + std::to_string(counts.opened) + " opened streams " +
                     std::to_string(counts.begun) + " began and " + std::to_string(counts.over) + " are over";
  for (const auto& [error, count] : counts.errors) text += "\n  " + std::to_string(count) + " x " + error;
  throw std::runtime_error(text);
}

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

std::string Silent() { return "silent 3600000"; }
// As the bare server understands it: one event in an hour.
std::string IdlePlan() { return "size 1 3600000 16"; }

// Memory of an idle stream at a tenth of all streams and at all of them, in the order in which they are printed.
class IdleCost {
 public:
  IdleCost(pid_t pid, std::string name) : pid_(pid), name_(std::move(name)), before_(MemoryOf(pid)) {}

  void Note(std::size_t streams, double seconds, Table& table) {
    const Memory now = MemoryOf(pid_);
    const auto count = static_cast<double>(streams);
    heap_per_stream_ = (now.heap_kib - before_.heap_kib) / count;
    table.Add({name_, std::to_string(streams), Number(seconds, 2), Number(now.resident_kib / 1024, 1),
               Number((now.resident_kib - before_.resident_kib) / count, 2), Number(heap_per_stream_, 2)});
  }
  double heap_per_stream() const { return heap_per_stream_; }

 private:
  const pid_t pid_;
  const std::string name_;
  const Memory before_;
  double heap_per_stream_ = 0;
};

double HoldIdle(const Options& options, Crowd& crowd, const std::string& text, IdleCost cost, Table& table) {
  const auto begun = std::chrono::steady_clock::now();
  for (const std::size_t more : {options.streams / 10, options.streams - options.streams / 10}) {
    Require(crowd.Open(more, text), "not all streams began", crowd.counts());
    Require(crowd.counts().over == 0, "streams ended that should stay", crowd.counts());
    cost.Note(crowd.counts().opened, Seconds(begun), table);
  }
  return cost.heap_per_stream();
}

double HoldIdleAtBareServer(const Options& options, Table& table) {
  Program bare(options.bare, {});
  Crowd crowd(OpenChannels(bare.After("grpc="), options.connections));
  return HoldIdle(options, crowd, IdlePlan(), IdleCost(bare.pid(), "bare gRPC"), table);
}

// Every one of as many streams is told its events while the others stand idle.
void Trickle(const Options& options, const Program& gateway, Crowd& crowd, std::size_t streams) {
  const Crowd::Counts before = crowd.counts();
  const double cpu_before = CpuSeconds(gateway.pid());
  const auto begun = std::chrono::steady_clock::now();
  const std::string text = "slow " + std::to_string(options.events) + " " + std::to_string(options.interval_ms);
  Require(crowd.Open(streams, text), "not all streams began", crowd.counts());
  const double opened = Seconds(begun);
  const double cpu_opened = CpuSeconds(gateway.pid());
  const auto patience = std::chrono::seconds(60 + options.events * options.interval_ms / 1000);
  crowd.WaitUntil([&](const Crowd::Counts& counts) { return counts.over == before.over + streams; }, patience);
  const Crowd::Counts after = crowd.counts();
  const auto each = static_cast<std::int64_t>(options.events) + 2;
  const auto expected = static_cast<std::int64_t>(streams) * each;
  const double taken = Seconds(begun);
  std::printf("\ntrickle: %zu streams opened in %.1f s; %lld messages expected, %lld received, in %.1f s\n", streams,
              opened, static_cast<long long>(expected), static_cast<long long>(after.messages - before.messages),
              taken);
  std::printf("  gateway CPU %.2f s to open them, then %.2f s: %.0f us a message\n", cpu_opened - cpu_before,
              CpuSeconds(gateway.pid()) - cpu_opened,
              (CpuSeconds(gateway.pid()) - cpu_before) * 1e6 / static_cast<double>(after.messages - before.messages));
  Require(after.messages_of_ok == std::map<std::int64_t, std::size_t>{{each, streams}}, "events were lost", after);
}

void CancelSome(Crowd& crowd, std::size_t count) {
  const auto begun = std::chrono::steady_clock::now();
  crowd.Cancel(0, count);
  crowd.WaitUntil([=](const Crowd::Counts& counts) { return counts.over == count; });
  Crowd::Counts counts = crowd.counts();
  Require(counts.statuses[grpc::StatusCode::CANCELLED] == count, "not all that were cancelled ended so", counts);
  std::printf("\ncancel: %zu streams had their status after %.2f s\n", count, Seconds(begun));
}

std::string LastLine(const std::string& file) {
  std::ifstream log(file);
  std::string last;
  for (std::string line; std::getline(log, line);) last = line;
  return last;
}

int TerminateWithOpenStreams(Program& gateway, Crowd& crowd, const std::string& log) {
  const Crowd::Counts before = crowd.counts();
  const auto begun = std::chrono::steady_clock::now();
  const int code = gateway.Terminate();
  crowd.WaitUntil([](const Crowd::Counts& counts) { return counts.over == counts.opened; });
  Crowd::Counts counts = crowd.counts();
  Require(counts.over == counts.opened, "a stream got no status", counts);
  std::printf("\nSIGTERM with %zu streams open: exit code %d after %.1f s; UNAVAILABLE %zu\n  %s\n",
              before.opened - before.over, code, Seconds(begun),
              counts.statuses[grpc::StatusCode::UNAVAILABLE] - before.statuses.count(grpc::StatusCode::UNAVAILABLE),
              LastLine(log).c_str());
  return code;
}

int Main(const Options& options) {
  const std::string log = "/tmp/scale_bench." + std::to_string(getpid()) + ".log";
  Program agent(options.agent, {"--listen=127.0.0.1:0"});
  std::vector<std::string> flags = {"--upstream=" + agent.After("serving "), "--listen=127.0.0.1:0",
                                    "--http-listen=127.0.0.1:0", "--lame-duck=100ms", "--drain-deadline=2s"};
  flags.insert(flags.end(), options.sluice_flags.begin(), options.sluice_flags.end());
  Program gateway(options.sluice, flags, log);
  Crowd crowd(OpenChannels(gateway.After("grpc="), options.connections));
  std::printf("%zu streams over %d connections, load average %s\n\n", options.streams, options.connections,
              LoadAverage().c_str());

  Table table({"idle streams", "streams", "open s", "RSS MiB", "RSS KiB/stream", "heap KiB/stream"});
  const double ours = HoldIdle(options, crowd, Silent(), IdleCost(gateway.pid(), "gateway"), table);
  const double bare = options.bare.empty() ? 0 : HoldIdleAtBareServer(options, table);
  std::printf("%s", table.Text().c_str());
  if (bare > 0) std::printf("heap per idle stream: %.2f x bare gRPC\n", ours / bare);

  const std::size_t half = options.streams / 2;
  CancelSome(crowd, half);
  Trickle(options, gateway, crowd, half);
  const int code = TerminateWithOpenStreams(gateway, crowd, log);
  unlink(log.c_str());
  std::printf("load average %s\n", LoadAverage().c_str());
  return code;
}

void AddFlags(CLI::App& app, Options& options) {
  app.add_option("--sluice", options.sluice, "the gateway to start")->required();
  app.add_option("--sluice-flag", options.sluice_flags, "a further flag for it, as --shards=2; repeatable");
  app.add_option("--sluice-agent", options.agent, "the demo agent to start")->required();
  app.add_option("--bare", options.bare, "the bare_server to compare it with");
  app.add_option("--streams", options.streams)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--connections", options.connections)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--events", options.events, "that each trickling stream is told")->capture_default_str();
  app.add_option("--interval-ms", options.interval_ms, "between two of them")->capture_default_str();
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app("Ten thousand streams through the gateway, beside a bare gRPC server.");
  sluice::bench::Options options;
  sluice::bench::AddFlags(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    return sluice::bench::Main(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scale_bench: %s\n", error.what());
    return 1;
  }
}
