// sluice-agent: the scripted demo agent as a program.
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/agent.h"

namespace {

constexpr int kBadFlag = 64;
constexpr int kCannotBind = 69;

const std::map<std::string, sluice::agent::TlsFault> kTlsFaults = {
    {"none", sluice::agent::TlsFault::kNone},
    {"handshake", sluice::agent::TlsFault::kHandshake},
    {"plain-http", sluice::agent::TlsFault::kPlainHttp},
};

const std::map<std::string, sluice::agent::mcp::Eras> kEras = {
    {"both", sluice::agent::mcp::Eras::kBoth},
    {"legacy", sluice::agent::mcp::Eras::kLegacy},
    {"modern", sluice::agent::mcp::Eras::kModern},
};

const std::map<std::string, sluice::agent::A2aVersions> kVersions = {
    {"both", sluice::agent::A2aVersions::kBoth},
    {"1.0", sluice::agent::A2aVersions::k10},
    {"0.3", sluice::agent::A2aVersions::k03},
};

constexpr const char* kFooter = R"(The text of a message (A2A):
  slow N MS      N chunks, one each MS milliseconds     ask            input-required
  size N MS B    the same with B bytes in each          message        a bare message, no task
  big KIB        one chunk of KIB KiB                   fail, reject   the task ends so
  silent MS      nothing for MS milliseconds            anything else  comes back

The argument `text` of the tool `script` (--mcp; other tools are names for some of these):
  echo WORDS       the words come back                  sample, elicit, roots   asks the client
  progress N MS    N progress notifications             changed, updated URI    notifications on the GET stream
  size N MS B      the same with B bytes in each        raw JSON     the result is exactly these bytes
  log N MS         N log messages                       mirror       the result has the request and its headers
  big KIB          a result of KIB KiB                  fail         a result that says isError
  silent MS        nothing for MS milliseconds          never        no answer until cancelled
  drop-get         the body of the GET stream ends      lose-session   the session is forgotten
  end-listen       subscriptions/listen streams end
  and in front of it:
  json;            JSON in place of events              again;       a fault is in resumed bodies too
  poll K;          each body ends after K events

The last user message (--llm: POST /v1/chat/completions, /v1/responses, /v1/messages; GET /sse?script=words+5+100):
  words N MS       N pieces of text                     error TYPE N MS   N pieces, then an error in the stream
  size N MS B      the same with B bytes in each        mirror            the text is the request and its headers
  silent MS        nothing for MS milliseconds, a text  echo WORDS        the words come back
  ping N MS        N pings, then a text                 with "no-end;" in front: no end mark

In front of all of them what is to go wrong with the answer, as in "fault cut-events 2 reset; slow 5 10":
  cut WAY | cut-bytes K WAY | cut-events K WAY     WAY: end, fin, reset, abrupt, half-close, silence
  odd-event K not-json|not-rpc|wrong-id|null-id|both|neither|bad-result
  error CODE [reason=R] [id=null] | error-event K CODE [reason=R] [id=null]
  http STATUS [type=T] [header=NAME:VALUE]... [body=B]
  line-ends cr|crlf|lf | comments MS | drip MS
  Several are parted by commas; what holds blanks, commas or semicolons stands in single quotes.)";

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

struct Flags {
  std::string listen = "127.0.0.1:41241";
  std::string a2a_version = "both";
  bool no_card = false;
  bool mcp = false;
  bool llm = false;
  std::string mcp_era = "both";
  sluice::agent::AgentOptions options;
};

void AddTlsFlags(CLI::App& app, sluice::agent::TlsOptions& tls) {
  app.add_option("--tls-cert", tls.cert_file, "serve https with this certificate chain (PEM)");
  app.add_option("--tls-key", tls.key_file, "the certificate's key (PEM)");
  app.add_option("--tls-client-ca", tls.client_ca_file, "clients must show a certificate of this CA (PEM)");
  app.add_option("--tls-fault", tls.fault, "what goes wrong with TLS: none, handshake (closed in it), plain-http")
      ->transform(CLI::CheckedTransformer(kTlsFaults).description(""));
}

void AddA2aFlags(CLI::App& app, Flags& flags) {
  sluice::agent::A2aOptions& options = flags.options.a2a;
  app.add_option("--public-url", flags.options.public_url, "URL in the agent card (default: where it listens)");
  app.add_option("--a2a-version", flags.a2a_version,
                 "what it speaks, and the shape of its card: both (default), 1.0, 0.3")
      ->check(CLI::IsMember(&kVersions).description(""));
  CLI::Option* const path =
      app.add_option("--card-path", options.card_path, "where the agent card is served")->capture_default_str();
  app.add_flag("--no-card", flags.no_card, "no agent card is served")->excludes(path);
}

CLI::Option* AddMcpFlags(CLI::App& app, Flags& flags) {
  sluice::agent::mcp::Options& options = flags.options.mcp;
  CLI::Option* const mcp = app.add_flag("--mcp", flags.mcp, "be an MCP server; the endpoint is / and /mcp");
  app.add_option("--mcp-era", flags.mcp_era,
                 "both (default), legacy (2025-03-26 to 2025-11-25, sessions) or modern (2026-07-28)")
      ->check(CLI::IsMember(&kEras).description(""))
      ->needs(mcp);
  app.add_flag("--mcp-stateless", options.stateless, "legacy era without sessions: no Mcp-Session-Id, no GET")
      ->needs(mcp);
  app.add_flag("--mcp-json", options.json, "answer by JSON where a choice is left, not by events")->needs(mcp);
  app.add_flag("--mcp-lost-is-400", options.unknown_session_is_400,
               "for a session that is over answer 400 \"No valid session ID provided\", not 404")
      ->needs(mcp);
  app.add_option("--mcp-resume-repeats", options.resume_repeats,
                 "a resumed stream begins with so many events that were sent before")
      ->needs(mcp);
  app.add_flag("--mcp-resume-stays", options.resume_stays_open, "a resumed stream does not end with its call")
      ->needs(mcp);
  return mcp;
}

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--listen", flags.listen, "host:port; port 0 picks one")->capture_default_str();
  AddA2aFlags(app, flags);
  AddTlsFlags(app, flags.options.tls);
  CLI::Option* const mcp = AddMcpFlags(app, flags);
  CLI::Option* const llm = app.add_flag("--llm", flags.llm, "be a model; what it serves is said below")->excludes(mcp);
  app.add_option("--llm-key", flags.options.llm.key,
                 "requests must show this key, as Authorization: Bearer or x-api-key")
      ->needs(llm);
  app.footer(kFooter);
}

sluice::agent::AgentOptions OptionsOf(const Flags& flags) {
  sluice::agent::AgentOptions options = flags.options;
  options.a2a.versions = kVersions.at(flags.a2a_version);
  if (flags.no_card) options.a2a.card_path.clear();
  options.mcp.eras = kEras.at(flags.mcp_era);
  if (flags.mcp) options.protocol = sluice::agent::Protocol::kMcp;
  if (flags.llm) options.protocol = sluice::agent::Protocol::kLlm;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "A scripted upstream: an A2A agent (1.0 and 0.3) over JSON-RPC and SSE, with --mcp an MCP server over\n"
      "Streamable HTTP, with --llm a model behind the interfaces of OpenAI and Anthropic. The text of a message says "
      "what it does.");
  Flags flags;
  AddFlags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadFlag;
  }
  sluice::agent::AgentOptions options = OptionsOf(flags);
  if (!ReadListen(flags.listen, options)) {
    std::cerr << "sluice-agent: --listen must be host:port, got '" << flags.listen << "'\n";
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
