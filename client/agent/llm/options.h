// How the LLM upstream differs from the ordinary.
#ifndef SLUICE_CLIENT_AGENT_LLM_OPTIONS_H_
#define SLUICE_CLIENT_AGENT_LLM_OPTIONS_H_

#include <string>

namespace sluice::agent::llm {

struct Options {
  std::string key;  // not empty: requests must show it, as a bearer token or, to Anthropic's interface, as x-api-key
};

}  // namespace sluice::agent::llm

#endif  // SLUICE_CLIENT_AGENT_LLM_OPTIONS_H_
