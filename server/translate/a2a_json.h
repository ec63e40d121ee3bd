// Serialized protobuf ⇄ ProtoJSON, by message name. ProtoJSON, https://protobuf.dev/programming-guides/json/.
//
// This is the seam behind which messages are translated: callers see bytes on both sides, so how it is done may change.
// Answers, of which there are many, take the direct way of json_to_wire.h; requests, one a call, protobuf's own
// printer. Both directions are safe on any input: time is linear, nesting is bounded, nothing is logged.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_JSON_H_
#define SLUICE_SERVER_TRANSLATE_A2A_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluice::translate {

// lowerCamelCase names, enum names; fields without presence are left out when they hold their default, `optional` ones
// are told whenever they are set. INVALID_ARGUMENT, naming the field, for what does not parse or JSON cannot tell: a
// number that is not finite, a google.protobuf.Value without a kind, a timestamp out of range, or nesting above 60.
absl::StatusOr<std::string> ProtoToJson(std::string_view message_full_name, std::string_view serialized);

// Members and enum names that the message does not have are ignored. `null` sets a google.protobuf.Value to null and
// leaves every other field unset. INVALID_ARGUMENT says what does not fit, for people.
absl::StatusOr<std::string> JsonToProto(std::string_view message_full_name, std::string_view json);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_JSON_H_
