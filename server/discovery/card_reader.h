// Reads the agent cards of all upstreams of kind a2a, beside all calls, again and again.
#ifndef SLUICE_SERVER_DISCOVERY_CARD_READER_H_
#define SLUICE_SERVER_DISCOVERY_CARD_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "server/discovery/directory.h"
#include "server/observe/log.h"
#include "server/upstream/exchange.h"

namespace sluice::discovery {

// What an upstream's card says is told to its entry in the directory. An agent without card costs a few small requests
// now and then and one line in the log; a card that was read once counts until another is read.
// Thread: the I/O thread whose sink it is; Begin() another one. Lifetime: outlives that thread.
class CardReader final : public upstream::EventSink {
 public:
  CardReader(const Directory& directory, observe::Log& log);
  ~CardReader();

  // There is no card to read, ever.
  bool idle() const { return readings_.empty(); }

  // Reads the first cards now. Once. `io` is the side whose events come here.
  void Begin(upstream::Upstream& io);

  bool Deliver(upstream::ExchangeEvent event) override;
  bool Deliver(upstream::TimerFired fired) override;

 private:
  struct Reading;
  void Ask(Reading& reading);
  void OnEnd(Reading& reading, const ExchangeEnd& end);
  void Sleep(const Reading& reading);
  void Tell(Reading& reading, std::string news);

  observe::Log& log_;
  upstream::Upstream* io_ = nullptr;
  std::vector<std::unique_ptr<Reading>> readings_;  // one per upstream whose card is read
  std::uint64_t next_exchange_ = 0;
  std::minstd_rand random_;
};

}  // namespace sluice::discovery

#endif  // SLUICE_SERVER_DISCOVERY_CARD_READER_H_
