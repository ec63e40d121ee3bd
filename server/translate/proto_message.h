// Messages by name. The only place that knows which of protobuf's generated types are linked.
#ifndef SLUICE_SERVER_TRANSLATE_PROTO_MESSAGE_H_
#define SLUICE_SERVER_TRANSLATE_PROTO_MESSAGE_H_

#include <string_view>

#include "absl/status/statusor.h"

namespace google::protobuf {
class Arena;
class DescriptorPool;
class Message;
class MessageLite;
}  // namespace google::protobuf

namespace sluice::translate {

// All that the gateway speaks, and what else protobuf was linked with.
const google::protobuf::DescriptorPool& LinkedDescriptors();

// An empty message, owned by the arena. INTERNAL when there is no such type.
absl::StatusOr<google::protobuf::Message*> NewMessage(std::string_view full_name, google::protobuf::Arena& arena);

// The same with `serialized` parsed into it. INVALID_ARGUMENT when that is no such message, or holds a string that is
// not UTF-8.
absl::StatusOr<google::protobuf::Message*> ParseMessage(std::string_view full_name, std::string_view serialized,
                                                        google::protobuf::Arena& arena);

// Parses a client's bytes. False: they are no such message, or hold a string that is not UTF-8. Writes no log.
bool ParseBytes(std::string_view serialized, google::protobuf::MessageLite& message);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_PROTO_MESSAGE_H_
