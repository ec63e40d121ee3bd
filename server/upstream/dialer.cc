#include "server/upstream/dialer.h"

#include <boost/asio/error.hpp>
#include <utility>

#include "server/upstream/scarcity.h"

namespace sluice::upstream {
namespace {

Cause CauseOf(const boost::system::error_code& error, const boost::asio::ip::tcp::endpoint& peer) {
  namespace codes = boost::asio::error;
  if (IsLackOfDescriptors(error)) return Cause::kDescriptors;
  if (IsLackOfPorts(error, peer)) return Cause::kPorts;
  if (error == codes::connection_refused) return Cause::kRefused;
  if (error == codes::network_unreachable || error == codes::host_unreachable) return Cause::kNoRoute;
  return error == codes::timed_out ? Cause::kTimeout : Cause::kConnect;
}

}  // namespace

std::string Authority(const Target& target) {
  const std::string port = ":" + std::to_string(target.port);
  return target.host.find(':') == std::string::npos ? target.host + port : "[" + target.host + "]" + port;
}

Dialer::Dialer(IoThread& io, const Target& target, std::shared_ptr<Wakeup> wakeup, Clock::time_point deadline,
               TimerKey address_key)
    : io_(io), target_(target), wakeup_(std::move(wakeup)), deadline_(deadline), address_key_(address_key) {}

Dialer::~Dialer() {
  io_.timers.Cancel(address_key_);
  Close();
}

Task Dialer::Run() {
  const auto lookup = io_.resolver.Find(target_.host, target_.port, wakeup_);
  while (!lookup->done && !cancelled_) co_await *wakeup_;
  if (cancelled_) co_return;
  if (lookup->error) {
    cause_ = IsLackOfDescriptors(lookup->error) ? Cause::kDescriptors : Cause::kResolve;
    error_ = "resolve " + target_.host + ": " + lookup->error.message();
    co_return;
  }
  auto left = static_cast<int>(lookup->endpoints.size());
  for (const Endpoint& peer : lookup->endpoints) {
    // An address that swallows packets must not use up the time of the others.
    if (const auto now = Clock::now(); left > 1) io_.timers.Arm(address_key_, now + (deadline_ - now) / left);
    --left;
    co_await Connect(peer);
    io_.timers.Cancel(address_key_);
    if (connection_ || cancelled_) break;
  }
  if (connection_ && target_.tls && !cancelled_) co_await SecureConnection();
}

// Leaves connection_ null when it failed.
Task Dialer::Connect(const Endpoint& peer) {
  address_given_up_ = false;
  StartConnect(peer);
  while (connection_->connecting() && !address_given_up_ && !cancelled_) co_await *wakeup_;
  if (cancelled_) co_return;
  if (address_given_up_ || connection_->connect_error()) {
    OnConnectError(peer);
    Close();
  }
}

// A connection that nobody uses makes room for one that is needed.
void Dialer::StartConnect(const Endpoint& peer) {
  do {
    connection_ = std::make_shared<Connection>(io_.context, io_.connections_open);
    connection_->Attach(wakeup_.get());
    connection_->StartConnect(peer);
  } while (IsLackOfDescriptors(connection_->connect_error()) && io_.pool.CloseOldest());
}

void Dialer::OnConnectError(const Endpoint& peer) {
  const boost::system::error_code& error = connection_->connect_error();
  error_ = "connect to " + Authority(target_) + ": " + (address_given_up_ ? "no connection in time" : error.message());
  cause_ = address_given_up_ ? Cause::kTimeout : CauseOf(error, peer);
}

Task Dialer::SecureConnection() {
  std::string why;
  cause_ = Cause::kTlsFiles;
  if (SslPtr session = io_.tls.NewSession(target_, connection_->descriptor(), why)) {
    connection_->StartTls(std::move(session));
    for (;;) {
      const IoResult::Status status = connection_->Handshake();
      if (status == IoResult::Status::kDone) co_return;
      if (status != IoResult::Status::kBlocked) break;
      co_await *wakeup_;
      if (cancelled_) co_return;
    }
    why = connection_->error();
    cause_ = connection_->tls_cause();
  }
  error_ = "TLS to " + Authority(target_) + ": " + why;
  Close();
}

void Dialer::Cancel() {
  cancelled_ = true;
  if (connection_) connection_->Close();
}

void Dialer::GiveUpAddress() {
  address_given_up_ = true;
  wakeup_->Notify();
}

void Dialer::Close() {
  if (connection_) connection_->Close();
  connection_.reset();
}

}  // namespace sluice::upstream
