// The methods that sluicectl knows, from the descriptors linked into it.
#ifndef SLUICE_CLIENT_CTL_METHODS_H_
#define SLUICE_CLIENT_CTL_METHODS_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace sluice::ctl {

// By "full.Service/Method", "/full.Service/Method" or "full.Service.Method".
// INVALID_ARGUMENT, naming the methods there are, for anything else.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(std::string_view name);

// "/full.Service/Method".
std::string MethodPath(const google::protobuf::MethodDescriptor* method);

// An empty message of the generated class of `type`.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type);

// `json` as a serialized `type`. INVALID_ARGUMENT with the parser's words, which name the field.
absl::StatusOr<std::string> SerializeJson(const google::protobuf::Descriptor* type, const std::string& json);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_METHODS_H_
