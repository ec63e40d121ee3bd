#include "client/ctl/methods.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>

#include "google/rpc/error_details.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "sluice/v1/conversation.pb.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// One message of each file that has a service: naming it also makes the linker keep the file's descriptors.
std::array<const FileDescriptor*, 4> Files() {
  return {lf::a2a::v1::Task::descriptor()->file(), sluice::v1::SessionRequest::descriptor()->file(),
          sluice::v1::ConverseRequest::descriptor()->file(),
          grpc::health::v1::HealthCheckRequest::descriptor()->file()};
}

std::string AllMethods() {
  std::string names;
  for (const FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        names += "\n  " + MethodPath(file->service(s)->method(m)).substr(1);
      }
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<const MethodDescriptor*> FindMethod(std::string_view name) {
  std::string full(name.substr(0, 1) == "/" ? name.substr(1) : name);
  std::replace(full.begin(), full.end(), '/', '.');
  const MethodDescriptor* method = nullptr;
  for (const FileDescriptor* file : Files()) {
    const MethodDescriptor* found = file->pool()->FindMethodByName(full);
    if (found != nullptr && found->file() == file) method = found;
  }
  if (method != nullptr) return method;
  return absl::InvalidArgumentError("METHOD: there is no '" + std::string(name) + "'; there are" + AllMethods());
}

std::string MethodPath(const MethodDescriptor* method) {
  return "/" + std::string(method->service()->full_name()) + "/" + std::string(method->name());
}

std::unique_ptr<google::protobuf::Message> NewMessage(const Descriptor* type) {
  const google::protobuf::Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  return std::unique_ptr<google::protobuf::Message>(prototype->New());
}

absl::StatusOr<std::string> SerializeJson(const Descriptor* type, const std::string& json) {
  const std::unique_ptr<google::protobuf::Message> message = NewMessage(type);
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, message.get());
  if (parsed.ok()) return message->SerializeAsString();
  return absl::InvalidArgumentError("is not a " + std::string(type->full_name()) + ": " +
                                    std::string(parsed.message()));
}

}  // namespace sluice::ctl
