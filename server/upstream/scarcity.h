// What runs out when there are very many connections: descriptors of this process, and local ports towards one address.
#ifndef SLUICE_SERVER_UPSTREAM_SCARCITY_H_
#define SLUICE_SERVER_UPSTREAM_SCARCITY_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

namespace sluice::upstream {

// Upstream connections must not have this descriptor or one above it: an eighth of the process's limit (at least 16, at
// most 512) is left to clients, files and the system's resolver. The system always gives the lowest number that is
// free, so a number tells how many are in use, whoever uses them. The limit is read once: raise it before.
int FirstReservedDescriptor();

// The process or the system has no descriptor, or no memory, for one more socket.
bool IsLackOfDescriptors(const boost::system::error_code& error);

// All local ports towards `peer` are in use. The system says the same when it has no address to come from, as for an
// IPv6 peer on a host without IPv6; then this is false.
bool IsLackOfPorts(const boost::system::error_code& error, const boost::asio::ip::tcp::endpoint& peer);

}  // namespace sluice::upstream

#endif  // SLUICE_SERVER_UPSTREAM_SCARCITY_H_
