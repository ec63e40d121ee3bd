#include "server/upstream/resolver.h"

#include <boost/asio/ip/address.hpp>
#include <utility>

namespace sluice::upstream {

using boost::asio::ip::tcp;

std::shared_ptr<const Lookup> Resolver::Find(const std::string& host, std::uint16_t port,
                                             const std::shared_ptr<Wakeup>& waiter) {
  auto lookup = std::make_shared<Lookup>();
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(host, not_an_address);
  if (!not_an_address) {
    lookup->done = true;
    lookup->endpoints.emplace_back(address, port);
    return lookup;
  }
  const std::string service = std::to_string(port);
  const std::string question = host + " " + service;
  const auto [place, is_new] = running_.try_emplace(question, lookup);
  place->second->waiters.push_back(waiter);
  if (is_new) {
    resolver_.async_resolve(host, service, tcp::resolver::numeric_service,
                            [this, question](const boost::system::error_code& error, const Results& results) {
                              OnAnswer(question, error, results);
                            });
  }
  return place->second;
}

void Resolver::OnAnswer(const std::string& question, const boost::system::error_code& error, const Results& results) {
  const auto lookup = std::move(running_.extract(question).mapped());
  lookup->done = true;
  lookup->error = error;
  for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
  for (const auto& waiter : std::exchange(lookup->waiters, {})) {
    if (const auto sleeper = waiter.lock()) sleeper->Notify();
  }
}

}  // namespace sluice::upstream
