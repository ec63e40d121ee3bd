#include "client/agent/agent.h"

#include <signal.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "client/agent/a2a_site.h"
#include "client/agent/http_session.h"
#include "client/agent/llm/llm_site.h"
#include "client/agent/mcp/mcp_site.h"
#include "client/agent/timestamp.h"
#include "client/agent/tls_context.h"

namespace sluice::agent {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr int kBacklog = 4096;
// After accept() failed for want of descriptors, say.
constexpr std::chrono::milliseconds kAcceptPause{50};

// Random UUIDs (version 4). Thread: the agent's.
class UuidMaker {
 public:
  std::string operator()() {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string uuid = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    for (char& c : uuid) {
      if (c == 'x') c = kHex[random_() % 16];
      if (c == 'y') c = kHex[8 + random_() % 4];
    }
    return uuid;
  }

 private:
  std::mt19937_64 random_{std::random_device()() * 0x9E3779B97F4A7C15u + std::random_device()()};
};

std::string Origin(bool tls, const std::string& host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (tls ? "https://" : "http://") + (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/";
}

std::unique_ptr<Site> MakeSite(const AgentOptions& options, const std::string& url) {
  if (options.protocol == Protocol::kMcp) return std::make_unique<mcp::McpSite>(options.mcp, UuidMaker());
  if (options.protocol == Protocol::kLlm) return std::make_unique<llm::LlmSite>(options.llm, UuidMaker());
  return std::make_unique<A2aSite>(url, UuidMaker(), options.a2a);
}

}  // namespace

// Sockets and clockwork around the Site. Everything runs in one thread.
class Agent::Server {
 public:
  ~Server() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    // Now the loop is destroyed, before the site: with its pending operations go the sessions.
  }

  absl::Status Listen(const AgentOptions& options) {
    send_buffer_bytes_ = options.send_buffer_bytes;
    tls_fault_ = options.tls.fault;
    auto tls = MakeTlsContext(options.tls);
    if (!tls.ok()) return tls.status();
    tls_ = *std::move(tls);
    Error failed;
    const auto found = tcp::resolver(io_).resolve(options.host, std::to_string(options.port),
                                                  tcp::resolver::passive | tcp::resolver::numeric_service, failed);
    const std::string where = options.host + ":" + std::to_string(options.port);
    if (failed) return absl::InvalidArgumentError("cannot resolve " + where + ": " + failed.message());
    const tcp::endpoint endpoint = *found.begin();
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor_.bind(endpoint, failed);
    if (!failed) acceptor_.listen(kBacklog, failed);
    if (failed) return absl::UnavailableError("cannot listen on " + where + ": " + failed.message());
    port_ = acceptor_.local_endpoint().port();
    url_ = Origin(tls_ != nullptr, options.host, port_);
    site_ = MakeSite(options, options.public_url.empty() ? url_ : options.public_url);
    SSL_CTX* const tls_in_use = tls_fault_ == TlsFault::kPlainHttp ? nullptr : tls_.get();
    host_.emplace(SessionHost{*site_, tls_in_use, [this] { SetTimer(); }});
    return absl::OkStatus();
  }

  void Run() {
    Accept();
    thread_ = std::thread([this] {
      // OpenSSL writes without MSG_NOSIGNAL; the connection's end is met as an error.
      sigset_t broken_pipe;
      sigemptyset(&broken_pipe);
      sigaddset(&broken_pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
      io_.run();
    });
  }

  std::uint16_t port() const { return port_; }
  const std::string& url() const { return url_; }
  StatsBook& stats() { return site_->stats(); }

 private:
  void Accept() {
    acceptor_.async_accept([this](Error failed, tcp::socket socket) {
      if (!failed) {
        Serve(std::move(socket));
        return Accept();
      }
      accept_pause_.expires_after(kAcceptPause);
      accept_pause_.async_wait([this](Error stopped) {
        if (!stopped) Accept();
      });
    });
  }

  void Serve(tcp::socket socket) {
    Error ignored;  // a client that is gone already is met by the first read
    socket.set_option(tcp::no_delay(true), ignored);
    if (send_buffer_bytes_ > 0) {
      socket.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes_), ignored);
    }
    if (tls_fault_ == TlsFault::kHandshake) return CloseInHandshake(std::move(socket));
    std::make_shared<HttpSession>(std::move(socket), *host_)->Start();
  }

  static void CloseInHandshake(tcp::socket socket) {
    struct Hello {
      tcp::socket socket;
      std::array<char, 4096> bytes{};
    };
    const auto hello = std::make_shared<Hello>(Hello{std::move(socket)});
    hello->socket.async_read_some(asio::buffer(hello->bytes), [hello](Error, std::size_t) {});
  }

  // One timer for all that moves, set to the first that is due.
  void SetTimer() {
    const std::optional<SteadyTime> due = site_->NextDue();
    if (!due || (timer_set_ && *timer_set_ <= *due)) return;
    timer_set_ = due;
    timer_.expires_at(*due);
    timer_.async_wait([this](Error stopped) {
      if (stopped) return;  // set anew
      timer_set_.reset();
      site_->Advance(ReadClocks());
      SetTimer();
    });
  }

  std::string url_;
  std::uint16_t port_ = 0;
  int send_buffer_bytes_ = 0;
  TlsFault tls_fault_ = TlsFault::kNone;
  TlsContext tls_;
  std::unique_ptr<Site> site_;
  std::optional<SessionHost> host_;
  std::optional<SteadyTime> timer_set_;
  asio::io_context io_{1};  // destroyed before what the sessions refer to
  tcp::acceptor acceptor_{io_};
  asio::steady_timer accept_pause_{io_};
  asio::steady_timer timer_{io_};
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<Agent>> Agent::Start(const AgentOptions& options) {
  auto server = std::make_unique<Server>();
  const absl::Status listening = server->Listen(options);
  if (!listening.ok()) return listening;
  server->Run();
  return std::unique_ptr<Agent>(new Agent(std::move(server)));
}

Agent::Agent(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Agent::~Agent() = default;

std::uint16_t Agent::port() const { return server_->port(); }

std::string Agent::url() const { return server_->url(); }

AgentStats Agent::stats() const { return server_->stats().Read(); }

void Agent::ResetStats() { server_->stats().Reset(); }

bool Agent::WaitUntil(const std::function<bool(const AgentStats&)>& wanted, std::chrono::milliseconds timeout) const {
  return server_->stats().WaitUntil(wanted, timeout);
}

}  // namespace sluice::agent
