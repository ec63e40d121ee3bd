// What ListUpstreams tells, for those who choose one. Pure.
#ifndef SLUICE_CLIENT_CTL_UPSTREAMS_H_
#define SLUICE_CLIENT_CTL_UPSTREAMS_H_

#include <string>

#include "absl/status/statusor.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// A table with a line for each upstream.
std::string UpstreamsText(const sluice::v1::ListUpstreamsResponse& list, bool colour);

// The dialect of the upstream of that name, or of the first one of kind "sse" when it is empty, if a chat can be held
// in it. INVALID_ARGUMENT, naming the flag: there is no such upstream, or its dialect is none of a chat.
absl::StatusOr<std::string> ChatDialect(const sluice::v1::ListUpstreamsResponse& list, const std::string& upstream);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_UPSTREAMS_H_
