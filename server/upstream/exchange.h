// The seam between calls and upstream connections. It names no Asio type: frontend/ includes this file alone.
//
// An exchange is one HTTP request and its answer. Commands go down (Start, Resume, Abort, timers), events come up
// through the shard's mailbox, in order; ExchangeEnd is the last event of an exchange and comes exactly once, whatever
// happens: after Abort() too.
#ifndef SLUICE_SERVER_UPSTREAM_EXCHANGE_H_
#define SLUICE_SERVER_UPSTREAM_EXCHANGE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "server/base/byte_budget.h"
#include "server/base/http.h"
#include "server/base/memory_budget.h"

namespace sluice::upstream {

using Clock = std::chrono::steady_clock;

// Chosen by the shard's CQ thread; never used twice in a process.
enum class ExchangeId : std::uint64_t {};
enum class TimerId : std::uint64_t {};

// The clocks of one exchange. Unset: no limit.
struct Clocks {
  std::chrono::milliseconds connect{5000};              // resolve + connect + TLS handshake
  std::optional<std::chrono::milliseconds> first_byte;  // last byte of the request taken → first byte of the answer
  std::optional<std::chrono::milliseconds> idle;        // between two reads of the answer; stands still while stopped
  std::optional<std::chrono::milliseconds> total;       // start → end
};

// Where to. Shared by all exchanges with one upstream; immutable. Connections are pooled by the object's `key`.
struct Target {
  std::string host;  // name or address; an IPv6 address without brackets
  std::uint16_t port = 0;
  std::string host_header;  // "host" or "host:port", as it goes into Host:
  bool tls = false;
  std::string ca_file;           // PEM; empty: the system's store
  std::string client_cert_file;  // PEM; empty: none
  std::string client_key_file;
  std::string server_name;  // SNI and the name that is verified; empty: host
  std::string key;          // equal exactly for targets that may share connections
};

struct ExchangeRequest {
  std::shared_ptr<const Target> target;
  std::string method = "POST";
  std::string path = "/";  // path and query
  Headers headers;         // without Host, Content-Length, Connection: those are ours
  std::string body;
  Clocks clocks;
  // Bytes handed up are charged to it; at its high watermark the socket is not read until Upstream::Resume().
  std::shared_ptr<ByteBudget> budget;
  MemoryHold body_memory;  // what the body takes, until it is sent
  // A request without side effects: it is sent once more if a reused connection died before any byte of the answer.
  bool retry_safe = false;
};

struct BodyBytes {
  std::string bytes;  // as framed by HTTP, transfer coding removed; charged to the budget
};

struct ExchangeEvent {
  ExchangeId id;
  std::variant<ResponseHead, BodyBytes, ExchangeEnd> what;
};

struct TimerFired {
  TimerId id;
};

// Where events go: the shard's mailbox. Thread: called on the I/O thread; never blocks.
// False: the mailbox is closed and the event was dropped (and counted by the sink).
class EventSink {
 public:
  virtual bool Deliver(ExchangeEvent event) = 0;
  virtual bool Deliver(TimerFired fired) = 0;

 protected:
  ~EventSink() = default;
};

// One shard's upstream side. Thread-safe, never blocks; every failure arrives as an ExchangeEnd.
class Upstream {
 public:
  virtual ~Upstream() = default;
  virtual void Start(ExchangeId id, ExchangeRequest request) = 0;
  // The budget of exchange `id` was stopped and has room again. No effect after the exchange's end.
  virtual void Resume(ExchangeId id) = 0;
  // Closes the connection at once. The exchange still ends with an ExchangeEnd (kAborted, or what came before it).
  virtual void Abort(ExchangeId id) = 0;
  // TimerFired comes at or shortly after `when`, unless cancelled. Arming an armed timer moves it.
  virtual void ArmTimer(TimerId id, Clock::time_point when) = 0;
  // A TimerFired that is already on its way may still come.
  virtual void CancelTimer(TimerId id) = 0;
};

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_EXCHANGE_H_
