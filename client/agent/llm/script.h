// What the last user message asks the model to say.
//
//   words N MS        N pieces of text, one each MS milliseconds (0: all at once)
//   size N MS B       the same with B bytes in each
//   silent MS         nothing for MS milliseconds, then a text
//   ping N MS         N pings (Anthropic; comments elsewhere), one each MS milliseconds, then a text
//   error TYPE N MS   N pieces, then an error of that type inside the stream; "error TYPE" alone: two pieces
//   mirror            the text is the request as it came, body and headers, as JSON
//   echo WORDS        the words come back, one piece each (so does anything that is no script)
//
// In front of it may stand what is to go wrong with the answer (fault.h) and after that
//
//   no-end;           the body ends cleanly, but without the end mark of the protocol
#ifndef SLUICE_CLIENT_AGENT_LLM_SCRIPT_H_
#define SLUICE_CLIENT_AGENT_LLM_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/agent/paced.h"

namespace sluice::agent::llm {

struct Script {
  Pace pace;
  bool pings = false;               // the steps are pings, and the text comes after them
  bool mirror = false;              // the text is the request
  std::size_t bytes = 0;            // of each piece; 0: the label alone
  std::vector<std::string> pieces;  // as many as steps; empty: labels
  std::string error_type;           // not empty: it ends so
  bool no_end = false;

  bool operator==(const Script&) const = default;
};

// Words in another number or with something else than numbers are an echo; a number out of bounds is an error that
// names it.
absl::StatusOr<Script> ParseScript(std::string_view text);

// The text of piece `index`, from 0.
std::string PieceOf(const Script& script, std::int64_t index);
std::string WholeText(const Script& script);
// Whether WholeText() is small enough to be built.
bool IsBounded(const Script& script);

}  // namespace sluice::agent::llm

#endif  // SLUICE_CLIENT_AGENT_LLM_SCRIPT_H_
