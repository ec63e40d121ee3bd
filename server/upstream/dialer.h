// From a target to a connection that is ready for a request.
#ifndef SLUICE_SERVER_UPSTREAM_DIALER_H_
#define SLUICE_SERVER_UPSTREAM_DIALER_H_

#include <memory>
#include <string>

#include "server/upstream/io_thread.h"
#include "server/upstream/task.h"

namespace sluice::upstream {

// "host:port", with brackets around an IPv6 address.
std::string Authority(const Target& target);

// Resolves, tries each address in turn, and does the TLS handshake.
// Thread: the I/O thread. Lifetime: must outlive its Run(). `wakeup` is what the awaiting coroutine sleeps on.
class Dialer {
 public:
  // The deadline as a whole is the caller's to watch. It is shared out fairly: when a timer of `address_key` fires,
  // GiveUpAddress() is to be called.
  Dialer(IoThread& io, const Target& target, std::shared_ptr<Wakeup> wakeup, Clock::time_point deadline,
         TimerKey address_key);
  ~Dialer();
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  Task Run();
  // Makes Run() end at its next wake-up, which is the caller's to bring about. Nothing is left open.
  void Cancel();

  // It is the next address's turn.
  void GiveUpAddress();

  // After Run(): the connection, or null and why there is none: for people, and as a value.
  std::shared_ptr<Connection> TakeConnection() { return std::move(connection_); }
  const std::string& error() const { return error_; }
  Cause cause() const { return cause_; }

 private:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  Task Connect(const Endpoint& peer);
  Task SecureConnection();
  void StartConnect(const Endpoint& peer);
  void OnConnectError(const Endpoint& peer);
  void Close();

  IoThread& io_;
  const Target& target_;
  const std::shared_ptr<Wakeup> wakeup_;
  const Clock::time_point deadline_;
  const TimerKey address_key_;
  std::shared_ptr<Connection> connection_;
  std::string error_;
  Cause cause_ = Cause::kNone;
  bool address_given_up_ = false;
  bool cancelled_ = false;
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_DIALER_H_
