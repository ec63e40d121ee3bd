// Whom the answer to a refused line is for. Pure.
#ifndef SLUICE_CLIENT_CTL_REFUSED_LINE_H_
#define SLUICE_CLIENT_CTL_REFUSED_LINE_H_

#include <string>
#include <string_view>

namespace sluice::ctl {

// JSON-RPC 2.0, section 5.1.
inline constexpr int kParseError = -32700, kInvalidRequest = -32600;

struct LineOwner {
  std::string id;              // as a token: "null" when none can be read; empty: nobody waits for an answer
  int code = kInvalidRequest;  // of the error, when the line is refused
};

// What the sender of `line` waits for, however wrong the line is: a notification and a response have no answer, and an
// error with the id of a response would be taken for the end of another request.
LineOwner OwnerOf(std::string_view line);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_REFUSED_LINE_H_
