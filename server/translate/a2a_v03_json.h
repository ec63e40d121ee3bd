// The JSON of A2A 0.3, which is not ProtoJSON: `kind` says what an object is, enums are words, files are nested.
// Pure and safe on any input, as a2a_json.h is.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_V03_JSON_H_
#define SLUICE_SERVER_TRANSLATE_A2A_V03_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/translate/a2a_call.h"

namespace sluice::translate {

// The result of a 0.3 agent as the response message of 1.0. Members that are unknown or null are ignored; a missing
// `kind` is inferred where the members tell it. INVALID_ARGUMENT says what does not fit, for people.
absl::StatusOr<A2aMessage> ResultFromV03Json(const A2aMethod& method, std::string_view json);

// An agent card of 0.3, as it is served over HTTP too, as a serialized lf.a2a.v1.AgentCard.
absl::StatusOr<std::string> CardFromV03Json(std::string_view json);

// The params of `method` in ProtoJSON of 1.0 as those of 0.3; empty when the method takes none. Every value that means
// the same in both passes as it stands. INVALID_ARGUMENT with the A2A reason INVALID_PARAMS, naming the field, for what
// 0.3 cannot say and its agent should know; FAILED_PRECONDITION with UNSUPPORTED_OPERATION for a method that it has
// not.
absl::StatusOr<std::string> ParamsToV03Json(const A2aMethod& method, std::string_view params);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_V03_JSON_H_
