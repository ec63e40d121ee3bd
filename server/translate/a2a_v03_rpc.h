// The rpcs of A2A 0.3 in those of 1.0: request and response messages, serialized.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_V03_RPC_H_
#define SLUICE_SERVER_TRANSLATE_A2A_V03_RPC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_v03_proto.h"

namespace sluice::translate {

// The request message that `method` has in 0.3, as the one of 1.0. INVALID_ARGUMENT with the A2A reason INVALID_PARAMS,
// naming the field, when it does not parse or a resource is not named "tasks/{id}" or
// "tasks/{id}/pushNotificationConfigs/{configId}". `method` is one that 0.3 has.
absl::StatusOr<std::string> RequestFromV03(const A2aMethod& method, std::string_view request, FileBytes file_bytes);

// An answer of `method` as the response message that 0.3 has for it.
std::string AnswerToV03(const A2aMethod& method, const A2aMessage& answer, FileBytes file_bytes);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_V03_RPC_H_
