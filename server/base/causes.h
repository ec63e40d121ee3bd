// Why there is no connection to an upstream: the fine print of UPSTREAM_UNREACHABLE, and of OVER_LIMIT where it is
// about connections. A caller finds the name in the ErrorInfo's metadata, under `cause`.
#ifndef SLUICE_SERVER_BASE_CAUSES_H_
#define SLUICE_SERVER_BASE_CAUSES_H_

#include <string_view>
#include <vector>

namespace sluice {

enum class Cause {
  kNone,  // not told apart: no metadata
  kRequest,
  kResolve,
  kRefused,
  kNoRoute,
  kTimeout,
  kConnect,
  kClosed,
  kTlsFiles,
  kTlsPlain,
  kTlsExpired,
  kTlsNotYetValid,
  kTlsWrongName,
  kTlsSelfSigned,
  kTlsUnknownAuthority,
  kTlsCertificate,
  kTlsClientCertificate,
  kTlsHandshake,
  kDescriptors,
  kPorts,
};

// One row of the table that code and the users' documentation share. The texts are parts of a sentence about the
// upstream: "the upstream cannot be reached: MEANING (particulars); REMEDY".
struct CauseInfo {
  Cause cause;
  std::string_view name;     // lower case, stable
  std::string_view meaning;  // what is wrong, in plain words
  std::string_view remedy;   // what to set or look at
};

// Every cause but kNone.
const std::vector<CauseInfo>& AllCauses();

// Null for kNone.
const CauseInfo* FindCause(Cause cause);

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_CAUSES_H_
