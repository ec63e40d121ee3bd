// What OpenAI's two interfaces share.
#ifndef SLUICE_CLIENT_AGENT_LLM_OPENAI_H_
#define SLUICE_CLIENT_AGENT_LLM_OPENAI_H_

#include <string>
#include <string_view>

namespace sluice::agent::llm {

// The body of an error; `param` may be empty.
std::string OpenAiError(std::string_view type, std::string_view message, std::string_view param);

}  // namespace sluice::agent::llm

#endif  // SLUICE_CLIENT_AGENT_LLM_OPENAI_H_
