// What the text of a tool call asks the MCP server to do.
//
//   echo WORDS       the words come back (so does anything that is no script)
//   progress N MS    N progress notifications, one each MS milliseconds (0: all at once), then the result
//   size N MS B      the same with B bytes of text in each
//   log N MS         N log messages in place of progress; "log" alone is one
//   big KIB          a result of KIB KiB
//   silent MS        nothing for MS milliseconds, then the result
//   sample, elicit   the server asks the client on the call's own stream; the result tells what it got
//   roots            the same on the session's GET stream, if there is one
//   changed          tools/list_changed on the GET stream
//   updated URI      resources/updated on the GET stream, if the client has subscribed
//   raw JSON         the result is exactly these bytes
//   mirror           the result has the request as it came, and its headers
//   fail             a result that says isError
//   never            no answer until the call is cancelled
//   drop-get         the body of the GET stream ends
//   lose-session     the server forgets the session, then answers
//   end-listen       subscriptions/listen streams end as they should
//
// In front of it may stand what is to go wrong with the answer (fault.h; a priming event counts as one), and after
// that
//
//   json;            application/json in place of events: no notifications, and questions on the GET stream
//   poll K;          each body ends cleanly after K events: the client must come back for the rest (legacy era)
//   again;           what goes wrong with the answer goes wrong with every body of its stream, resumed ones too
#ifndef SLUICE_CLIENT_AGENT_MCP_SCRIPT_H_
#define SLUICE_CLIENT_AGENT_MCP_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/agent/paced.h"

namespace sluice::agent::mcp {

enum class Notice { kProgress, kLog };
// What a call asks its client.
enum class Question { kNone, kSampling, kElicitation, kRoots };
// What happens once its steps are made.
enum class Act { kAnswer, kMirror, kFail, kNever, kLoseSession, kDropGet, kToolsChanged, kResourceUpdated, kEndListen };

struct Script {
  bool json = false;
  bool again = false;
  std::int64_t poll = 0;  // 0: a body ends with the call
  Notice notice = Notice::kProgress;
  Pace pace;                     // of the notices
  std::size_t notice_bytes = 0;  // 0: the label alone
  Question question = Question::kNone;
  Act act = Act::kAnswer;
  std::string text;          // of the result; the URI of an update
  std::size_t text_kib = 0;  // not 0: a text of this size instead
  std::string raw_result;    // JSON; not empty: in place of any other

  bool operator==(const Script&) const = default;
};

// Words in another number or with something else than numbers are an echo; a number out of bounds, or a `raw` that is
// not JSON, is an error that names it.
absl::StatusOr<Script> ParseScript(std::string_view text);

}  // namespace sluice::agent::mcp

#endif  // SLUICE_CLIENT_AGENT_MCP_SCRIPT_H_
