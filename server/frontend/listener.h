// Accepts clients' connections for the gRPC server.
#ifndef SLUICE_SERVER_FRONTEND_LISTENER_H_
#define SLUICE_SERVER_FRONTEND_LISTENER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "server/config/config.h"

namespace sluice::frontend {

// gRPC's own listener gives up for good when a single accept() finds no descriptor (1.51; CVE-2023-4785). This one
// pauses and goes on. It also keeps the process from running dry: a client that would take one of the last descriptors
// is let go at once.
// Thread: the owner's; it accepts on one of its own.
class Listener {
 public:
  // Takes over a connected, non-blocking socket.
  using Handler = std::function<void(int listener, int connection)>;

  Listener() = default;
  ~Listener() { Stop(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // On every address that the host stands for, all with the same port. UNAVAILABLE when one is in use, or none is ours.
  // `give_up_after`: a connection whose peer acknowledges nothing for so long is broken off by the system, which else
  // waits for ever when the peer is alive and does not read; gRPC does the same for sockets of its own.
  absl::Status Bind(const config::HostPort& where, std::chrono::milliseconds give_up_after);
  std::uint16_t port() const { return port_; }

  // From now on connections are taken; until then they wait.
  void Run(Handler handler);
  // The address is free again, and the handler is called no more.
  void Stop();
  // Breaks off every connection that came in here, whatever their peers still read. After Stop().
  void BreakConnections() const;

 private:
  void Accept();
  void AcceptFrom(int listener);
  void Pause() const;

  std::vector<int> listeners_;
  std::uint16_t port_ = 0;
  int stop_ = -1;  // an eventfd
  Handler handler_;
  std::thread thread_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_LISTENER_H_
