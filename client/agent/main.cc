// sluice-agent: the scripted demo agent as a program.
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/agent.h"

namespace {

constexpr int kBadFlag = 64;
constexpr int kCannotBind = 69;

// "host:port", "[v6]:port"
bool ReadListen(std::string_view text, sluice::agent::AgentOptions& options) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  options.host = host;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), options.port);
  return !host.empty() && read.ec == std::errc() && read.ptr == port.data() + port.size();
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Blocks the signals that end the program in this and all later threads; they are waited for instead.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A scripted A2A 1.0 agent over JSON-RPC and SSE: the text of a message says what it does.");
  std::string listen = "127.0.0.1:41241";
  sluice::agent::AgentOptions options;
  app.add_option("--listen", listen, "host:port; port 0 picks one")->capture_default_str();
  app.add_option("--public-url", options.public_url, "URL in the agent card (default: where it listens)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadFlag;
  }
  if (!ReadListen(listen, options)) {
    std::cerr << "sluice-agent: --listen must be host:port, got '" << listen << "'\n";
    return kBadFlag;
  }

  RaiseDescriptorLimit();
  const sigset_t end_signals = BlockEndSignals();
  const auto agent = sluice::agent::Agent::Start(options);
  if (!agent.ok()) {
    std::cerr << "sluice-agent: " << agent.status().message() << "\n";
    return kCannotBind;
  }
  std::cout << "sluice-agent: serving " << (*agent)->url() << std::endl;
  int received = 0;
  sigwait(&end_signals, &received);
  return EXIT_SUCCESS;
}
