// Properties: what holds for all inputs, tried on random ones that can be had again.
#ifndef SLUICE_TESTS_TRANSLATE_PROPERTY_H_
#define SLUICE_TESTS_TRANSLATE_PROPERTY_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace sluice::translate::testing {

inline std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Calls `holds(seed)` for seeds one after the other, until one does not. The first seed and how many there are stand in
// the environment, else they are those of every run:
//     SLUICE_PROPERTY_SEED=17 SLUICE_PROPERTY_ROUNDS=1 bin/translate_test --gtest_filter='*RoundTrip*'
template <typename Holds>
void ForEachSeed(std::uint64_t rounds, Holds holds) {
  const std::uint64_t first = FromEnvironment("SLUICE_PROPERTY_SEED", 1);
  rounds = FromEnvironment("SLUICE_PROPERTY_ROUNDS", rounds);
  for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
    SCOPED_TRACE("SLUICE_PROPERTY_SEED=" + std::to_string(seed) + " SLUICE_PROPERTY_ROUNDS=1");
    holds(seed);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace sluice::translate::testing

#endif  // SLUICE_TESTS_TRANSLATE_PROPERTY_H_
