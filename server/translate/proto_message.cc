#include "server/translate/proto_message.h"

#include <cstddef>
#include <limits>
#include <string>

#include "a2a/v1/a2a.pb.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"
#include "sluice/v1/conversation.pb.h"
#include "sluice/v1/gateway.pb.h"
#if GOOGLE_PROTOBUF_VERSION < 4022000
#include "google/protobuf/stubs/logging.h"
#endif

namespace sluice::translate {

namespace pb = google::protobuf;

const pb::DescriptorPool& LinkedDescriptors() {
  // A static library's object is linked only if something names it: one message of each file that none imports.
  pb::LinkMessageReflection<google::rpc::ErrorInfo>();
  pb::LinkMessageReflection<grpc::health::v1::HealthCheckRequest>();
  pb::LinkMessageReflection<grpc::reflection::v1::ServerReflectionRequest>();
  pb::LinkMessageReflection<grpc::reflection::v1alpha::ServerReflectionRequest>();
  pb::LinkMessageReflection<lf::a2a::v1::Task>();
  pb::LinkMessageReflection<::a2a::v1::Task>();
  pb::LinkMessageReflection<sluice::v1::ConverseRequest>();
  pb::LinkMessageReflection<sluice::v1::SessionRequest>();
  return *pb::DescriptorPool::generated_pool();
}

absl::StatusOr<pb::Message*> NewMessage(std::string_view full_name, pb::Arena& arena) {
  const auto* descriptor = LinkedDescriptors().FindMessageTypeByName(std::string(full_name));
  if (descriptor == nullptr) return absl::InternalError(absl::StrCat("no message type ", ToAbsl(full_name)));
  return pb::MessageFactory::generated_factory()->GetPrototype(descriptor)->New(&arena);
}

bool ParseBytes(std::string_view serialized, pb::MessageLite& message) {
#if GOOGLE_PROTOBUF_VERSION < 4022000
  pb::LogSilencer quiet;  // it logs every string that is not UTF-8, so any client could fill the log
#endif
  return serialized.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
         message.ParseFromArray(serialized.data(), static_cast<int>(serialized.size()));
}

absl::StatusOr<pb::Message*> ParseMessage(std::string_view full_name, std::string_view serialized, pb::Arena& arena) {
  absl::StatusOr<pb::Message*> message = NewMessage(full_name, arena);
  if (!message.ok()) return message;
  if (!ParseBytes(serialized, **message)) {
    return absl::InvalidArgumentError(absl::StrCat("the request is no valid ", ToAbsl(full_name)));
  }
  return message;
}

}  // namespace sluice::translate
