// What the tests of the library begin with.
#ifndef SLUICE_TESTS_CLIENT_CONNECT_H_
#define SLUICE_TESTS_CLIENT_CONNECT_H_

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>

#include "sluice/client/client.h"

namespace sluice::testing {

// A call that hangs ends after this, with a status that the test does not expect.
inline constexpr std::chrono::seconds kCallPatience{30};

inline client::CallOptions Patiently(client::CallOptions options = {}) {
  if (!options.timeout) options.timeout = kCallPatience;
  return options;
}

inline client::Client ConnectTo(const std::string& address, client::ConnectOptions options = {}) {
  options.address = address;
  auto client = client::Client::Connect(options);
  if (client.ok()) return *std::move(client);
  ADD_FAILURE() << client.status();
  std::abort();
}

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_CLIENT_CONNECT_H_
