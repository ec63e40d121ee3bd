#include "server/http/server.h"

#include <pthread.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sluice::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Request = beast::http::request<beast::http::empty_body>;
using Response = beast::http::response<beast::http::string_body>;

constexpr std::chrono::seconds kRequestTime{10};
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr int kMaxConnections = 256;
constexpr std::size_t kMaxHeaderBytes = 8192;

Response Text(const Request& request, beast::http::status status, std::string body) {
  Response response(status, request.version());
  response.set(beast::http::field::content_type, "text/plain; charset=utf-8");
  response.set(beast::http::field::cache_control, "no-store");
  response.keep_alive(request.keep_alive());
  const std::size_t size = body.size();
  if (request.method() != beast::http::verb::head) response.body() = std::move(body);
  response.prepare_payload();
  response.content_length(size);  // of HEAD too: RFC 9110, section 8.6
  return response;
}

template <typename Name>
std::string_view HeaderOf(const Request& request, Name name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

// FNV-1a, so that all replicas say the same.
std::string EtagOf(std::string_view body) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return absl::StrCat("\"", absl::Hex(hash, absl::kZeroPad16), "\"");
}

Response PageAnswer(const Request& request, Page page) {
  using beast::http::field;
  const std::string etag = EtagOf(page.body);
  const std::string_view known = HeaderOf(request, field::if_none_match);
  const bool same = known == "*" || known.find(etag) != known.npos;
  Response response = Text(request, same ? beast::http::status::not_modified : beast::http::status::ok,
                           same ? std::string() : std::move(page.body));
  if (same) response.erase(field::content_length);  // it would be that of the page
  response.set(field::content_type, page.content_type);
  response.set(field::cache_control, page.cache_control);
  response.set(field::etag, etag);
  response.set(field::vary, "Accept, A2A-Version");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  return response;
}

Response Answer(const Request& request, bool ready, const AgentPages& pages) {
  using beast::http::status;
  using beast::http::verb;
  if (request.method() != verb::get && request.method() != verb::head) {
    Response response = Text(request, status::method_not_allowed, "use GET\n");
    response.set(beast::http::field::allow, "GET, HEAD");
    return response;
  }
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "/livez") return Text(request, status::ok, "ok\n");
  if (path == "/readyz") {
    return ready ? Text(request, status::ok, "ok\n") : Text(request, status::service_unavailable, "draining\n");
  }
  if (auto page = pages.Find(path, HeaderOf(request, beast::http::field::accept), HeaderOf(request, "A2A-Version"))) {
    return PageAnswer(request, *std::move(page));
  }
  return Text(request, status::not_found, "not found; there are /livez, /readyz and /agents\n");
}

}  // namespace

struct Server::State {
  State(config::HostPort where, const AgentPages& the_pages) : listen(std::move(where)), pages(the_pages) {}

  asio::awaitable<void> Accept() {
    for (;;) {
      boost::system::error_code error;
      tcp::socket socket(io);
      co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {  // descriptors have run out: asking again at once would only spin
        asio::steady_timer pause(io, kAcceptPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      if (connections >= kMaxConnections) continue;
      ++connections;
      asio::co_spawn(io, Talk(beast::tcp_stream(std::move(socket))), [this](std::exception_ptr) { --connections; });
    }
  }

  asio::awaitable<void> Talk(beast::tcp_stream stream) {
    beast::flat_buffer buffer(kMaxHeaderBytes);
    for (bool keep_alive = true; keep_alive;) {
      boost::system::error_code error;
      beast::http::request_parser<beast::http::empty_body> parser;
      stream.expires_after(kRequestTime);
      co_await beast::http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return;
      const Response response = Answer(parser.get(), ready, pages);
      keep_alive = response.keep_alive();
      stream.expires_after(kRequestTime);
      co_await beast::http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return;
    }
  }

  const config::HostPort listen;
  const AgentPages& pages;
  std::string address;
  std::atomic<bool> ready{true};
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  int connections = 0;  // on the thread
  std::thread thread;
};

Server::Server(config::HostPort listen, const AgentPages& pages)
    : state_(std::make_unique<State>(std::move(listen), pages)) {}

Server::~Server() { Stop(); }

absl::Status Server::Bind() {
  State& state = *state_;
  boost::system::error_code error;
  tcp::resolver resolver(state.io);
  const auto found = resolver.resolve(state.listen.host, std::to_string(state.listen.port),
                                      tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (!error) state.acceptor.open(found.begin()->endpoint().protocol(), error);
  if (!error) state.acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) state.acceptor.bind(found.begin()->endpoint(), error);
  if (!error) state.acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", state.listen.host, ":", state.listen.port, ": ", error.message()));
  }
  const auto endpoint = state.acceptor.local_endpoint();
  state.address = endpoint.address().is_v6() ? absl::StrCat("[", state.listen.host, "]:", endpoint.port())
                                             : absl::StrCat(state.listen.host, ":", endpoint.port());
  return absl::OkStatus();
}

const std::string& Server::address() const { return state_->address; }

void Server::Serve() {
  asio::co_spawn(state_->io, state_->Accept(), [](std::exception_ptr) {});
  state_->thread = std::thread([this] {
    pthread_setname_np(pthread_self(), "sluice-http");
    state_->io.run();
  });
}

void Server::SetReady(bool ready) { state_->ready.store(ready); }

void Server::Stop() {
  state_->io.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace sluice::http
