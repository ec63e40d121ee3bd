#include "server/upstream/scarcity.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace sluice::upstream {
namespace {

constexpr rlim_t kReservedShare = 8;
constexpr rlim_t kLeastReserved = 16;
constexpr rlim_t kMostReserved = 512;

int ReadFirstReserved() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > std::numeric_limits<int>::max()) {
    return std::numeric_limits<int>::max();
  }
  const rlim_t reserved = std::clamp(limit.rlim_cur / kReservedShare, kLeastReserved, kMostReserved);
  return static_cast<int>(limit.rlim_cur - std::min(limit.rlim_cur, reserved));
}

// A datagram socket needs an address to come from as well, and its ports are others.
bool HasSourceAddress(const boost::asio::ip::tcp::endpoint& peer) {
  const int probe = ::socket(peer.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool has = ::connect(probe, peer.data(), static_cast<socklen_t>(peer.size())) == 0;
  ::close(probe);
  return has;
}

}  // namespace

int FirstReservedDescriptor() {
  static const int first = ReadFirstReserved();
  return first;
}

bool IsLackOfDescriptors(const boost::system::error_code& error) {
  if (error.category() != boost::system::system_category()) return false;
  const int number = error.value();
  return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

bool IsLackOfPorts(const boost::system::error_code& error, const boost::asio::ip::tcp::endpoint& peer) {
  return error.category() == boost::system::system_category() && error.value() == EADDRNOTAVAIL &&
         HasSourceAddress(peer);
}

}  // namespace sluice::upstream
