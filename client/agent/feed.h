// An answer that is written bit by bit.
#ifndef SLUICE_CLIENT_AGENT_FEED_H_
#define SLUICE_CLIENT_AGENT_FEED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "client/agent/followed.h"

namespace sluice::agent {

// Writes the text of one answer as it becomes ready. It holds a position, not text: a client that does not read costs
// the same as one that does. It is destroyed when its answer is over, in whichever way.
// Thread: the agent's.
class Feed {
 public:
  enum class Kind {
    kEvents,  // server-sent events
    kJson,    // one JSON text, there as a whole or not yet
  };
  enum class State {
    kMore,     // there is more than the limit
    kWaiting,  // nothing more until what is followed moves
    kEnded,    // that was the last of it
  };

  virtual ~Feed() = default;

  virtual Kind kind() const { return Kind::kEvents; }
  // Appends what is ready, events one after the other, and stops within one event of `limit` bytes. The two line ends
  // that close an event are never parted. A JSON text comes whole, whatever the limit.
  virtual State Fill(std::string& out, std::size_t limit) = 0;
  // Null when nothing will move it.
  virtual std::shared_ptr<Followed> followed() const = 0;
  // What it is about (a task, a session), for the statistics.
  virtual std::string subject() const = 0;
  // Written as a whole.
  virtual std::uint64_t events() const = 0;
  // The client closed the connection before the answer was over.
  virtual void OnClientGone() {}
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_FEED_H_
