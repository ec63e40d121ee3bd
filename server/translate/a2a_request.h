// What A2A requires of a request and proto3 cannot say.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_REQUEST_H_
#define SLUICE_SERVER_TRANSLATE_A2A_REQUEST_H_

#include <string_view>

#include "absl/status/status.h"
#include "server/translate/a2a_call.h"

namespace sluice::translate {

// INVALID_ARGUMENT with the A2A reason INVALID_PARAMS for a request that every agent would have to refuse: each missing
// field is a BadRequest violation that names it by its path ("message.parts"). The first few are told, not all.
// `upstream` is what the agent speaks: 1.0 cannot say all that 0.3 can.
absl::Status CheckA2aRequest(const A2aMethod& method, std::string_view serialized,
                             A2aVersion upstream = A2aVersion::k10);

// The same status for a message of this type that would be too much work to read.
absl::Status CheckMessageCount(std::string_view type, std::string_view serialized);

// INVALID_ARGUMENT with the A2A reason INVALID_PARAMS.
absl::Status InvalidA2aRequest(std::string_view what);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_REQUEST_H_
