// ProtoJSON straight to protobuf's wire format: one pass over the text, no message objects.
// https://protobuf.dev/programming-guides/json/
#ifndef SLUICE_SERVER_TRANSLATE_JSON_TO_WIRE_H_
#define SLUICE_SERVER_TRANSLATE_JSON_TO_WIRE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/translate/message_table.h"

namespace sluice::translate {

// What protobuf's own parsers take; they refuse messages nested deeper.
inline constexpr int kMaxWireNesting = 100;

// The message that `json`, an object, tells. Linear in its size; nesting is bounded. INVALID_ARGUMENT names the member
// that does not fit: "status.timestamp: an RFC 3339 time was expected". `levels_above`: how deep in other messages it
// will stand.
absl::StatusOr<std::string> JsonToWire(const MessageTable& table, std::string_view json, int levels_above = 0);

// `json`, any value, as a google.protobuf.Value.
absl::StatusOr<std::string> JsonToValueWire(std::string_view json);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_JSON_TO_WIRE_H_
