// Names to addresses.
#ifndef SLUICE_SERVER_UPSTREAM_RESOLVER_H_
#define SLUICE_SERVER_UPSTREAM_RESOLVER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/upstream/task.h"

namespace sluice::upstream {

// One question and, once `done`, its answer.
struct Lookup {
  bool done = false;
  boost::system::error_code error;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  std::vector<std::weak_ptr<Wakeup>> waiters;
};

// Addresses are their own answer. Names are looked up on Asio's resolver thread, which asks the system, one name after
// the other; those who ask for the same name meanwhile share one lookup. Nothing is kept once it is answered.
// A lookup cannot be stopped: who has lost interest walks away, and the destruction of the io_context waits for the
// system's own time limit.
// Thread: the io_context's.
class Resolver {
 public:
  explicit Resolver(boost::asio::io_context& context) : resolver_(context) {}

  // `waiter` is woken when the lookup is done, unless it is done at once or the waiter is gone by then.
  std::shared_ptr<const Lookup> Find(const std::string& host, std::uint16_t port,
                                     const std::shared_ptr<Wakeup>& waiter);

 private:
  using Results = boost::asio::ip::tcp::resolver::results_type;
  void OnAnswer(const std::string& question, const boost::system::error_code& error, const Results& results);

  boost::asio::ip::tcp::resolver resolver_;
  std::unordered_map<std::string, std::shared_ptr<Lookup>> running_;  // by "host port"
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_RESOLVER_H_
