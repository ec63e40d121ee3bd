// The process's own HTTP surface, for people, load balancers and clients that are led by agent cards: /livez, /readyz,
// and the pages of agents.h. RFC 9110.
#ifndef SLUICE_SERVER_HTTP_SERVER_H_
#define SLUICE_SERVER_HTTP_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/http/agents.h"

namespace sluice::http {

// One thread of its own. At most 256 connections at once; a request has 10 s to arrive.
// Thread: the owner's; SetReady() from any.
class Server {
 public:
  // `pages` outlives it.
  Server(config::HostPort listen, const AgentPages& pages);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // UNAVAILABLE when the port cannot be had.
  absl::Status Bind();
  const std::string& address() const;  // "127.0.0.1:9464"
  void Serve();

  // What /readyz says: 200, or 503 once a stop has begun. /livez is 200 as long as the process serves.
  void SetReady(bool ready);

  // Closes everything and joins. Also when Serve() was never called.
  void Stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::http

#endif  // SLUICE_SERVER_HTTP_SERVER_H_
