// The fields of requests of A2A 1.0 by the names that they have in those of 0.3.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_V03_FIELDS_H_
#define SLUICE_SERVER_TRANSLATE_A2A_V03_FIELDS_H_

#include "absl/status/status.h"

namespace sluice::translate {

// The status with the paths of its google.rpc.BadRequest, and of a message that begins with the first of them, as a
// client of 0.3 knows them: "message.parts" is "request.content". A path that is the same in both stays.
absl::Status WithFieldsOfV03(const absl::Status& status);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_V03_FIELDS_H_
