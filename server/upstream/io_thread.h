// What the exchanges of one shard share: the I/O thread's event loop and everything that hangs on it.
#ifndef SLUICE_SERVER_UPSTREAM_IO_THREAD_H_
#define SLUICE_SERVER_UPSTREAM_IO_THREAD_H_

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server/upstream/connection.h"
#include "server/upstream/exchange.h"
#include "server/upstream/pool.h"
#include "server/upstream/resolver.h"
#include "server/upstream/timers.h"
#include "server/upstream/tls.h"

namespace sluice::upstream {

// Thread: the I/O thread, but for the atomics.
struct IoThread {
  IoThread(EventSink& event_sink, std::function<void(TimerKey)> on_fire, std::function<void(ExchangeId)> on_end)
      : sink(event_sink), on_exchange_end(std::move(on_end)), timers(context, std::move(on_fire)), resolver(context) {}

  // A sink that throws (it can only be out of memory) has lost its event; the thread goes on.
  template <typename Event>
  void Deliver(Event event) noexcept {
    try {
      sink.Deliver(std::move(event));
    } catch (...) {
      events_lost.fetch_add(1, std::memory_order_relaxed);
    }
  }

  // The connection has ended an exchange cleanly: for the next one.
  void Keep(const std::string& key, std::shared_ptr<Connection> connection) {
    const auto now = Clock::now();
    pool.Put(key, std::move(connection), now);
    if (!timers.IsArmed(kPoolKey)) timers.Arm(kPoolKey, now + kMaxIdle);
  }

  static constexpr TimerKey kPoolKey{TimerKey::Kind::kPool, 0};

  EventSink& sink;
  const std::function<void(ExchangeId)> on_exchange_end;
  std::atomic<int> exchanges_live{0};
  std::atomic<int> connections_open{0};
  std::atomic<int> events_lost{0};

  // The order matters: what refers to the context is destroyed before it.
  boost::asio::io_context context{1};
  Timers timers;
  Resolver resolver;
  TlsContexts tls;
  Pool pool;
  // Every read of the thread goes here; nothing stays in it from one turn to the next.
  std::array<char, std::size_t{16} * 1024> read_buffer;
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_IO_THREAD_H_
