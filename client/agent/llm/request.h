// A request to a model, in the words of each interface.
#ifndef SLUICE_CLIENT_AGENT_LLM_REQUEST_H_
#define SLUICE_CLIENT_AGENT_LLM_REQUEST_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::agent::llm {

struct Request {
  std::string model;
  bool stream = false;
  bool include_usage = false;     // stream_options.include_usage
  std::string text;               // of the last message of the user
  std::size_t prompt_tokens = 0;  // words of all messages
};

struct BadRequest {
  std::string message;
  std::string param;  // the member that is wrong; empty: the body itself
};

// `list` is the member that holds the messages: "messages" or "input", of which the latter may be a string.
std::variant<Request, BadRequest> ReadRequest(std::string_view body, std::string_view list);

}  // namespace sluice::agent::llm

#endif  // SLUICE_CLIENT_AGENT_LLM_REQUEST_H_
