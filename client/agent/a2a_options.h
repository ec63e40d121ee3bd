// How the A2A agent differs from the ordinary.
#ifndef SLUICE_CLIENT_AGENT_A2A_OPTIONS_H_
#define SLUICE_CLIENT_AGENT_A2A_OPTIONS_H_

#include <string>

namespace sluice::agent {

// The versions it speaks. The method tells them apart (SendMessage, message/send); A2A-Version may be absent but must
// not say another.
enum class A2aVersions { kBoth, k10, k03 };

struct A2aOptions {
  A2aVersions versions = A2aVersions::kBoth;
  std::string card_path = "/.well-known/agent-card.json";  // empty: no card is served
};

inline bool Speaks10(A2aVersions versions) { return versions != A2aVersions::k03; }
inline bool Speaks03(A2aVersions versions) { return versions != A2aVersions::k10; }

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_A2A_OPTIONS_H_
