// Server reflection, grpc.reflection.v1 (v1alpha is the same on the wire): one request in, one response out.
#ifndef SLUICE_SERVER_TRANSLATE_REFLECTION_H_
#define SLUICE_SERVER_TRANSLATE_REFLECTION_H_

#include <string>
#include <string_view>
#include <unordered_set>

#include "absl/status/statusor.h"
#include "server/translate/descriptor_index.h"

namespace grpc::reflection::v1 {
class ServerReflectionResponse;
}  // namespace grpc::reflection::v1

namespace sluice::translate {

// One stream of reflection requests. Pure. Lifetime: the index outlives it.
class Reflection {
 public:
  explicit Reflection(const DescriptorIndex& index) : index_(index) {}

  // The serialized ServerReflectionResponse to one serialized ServerReflectionRequest. What the index does not have is
  // told in its ErrorResponse: NOT_FOUND, or INVALID_ARGUMENT when the request asks nothing.
  // INVALID_ARGUMENT when the bytes are no such request.
  absl::StatusOr<std::string> Answer(std::string_view request);

 private:
  using Response = grpc::reflection::v1::ServerReflectionResponse;

  // The file, or NOT_FOUND for null: "this gateway serves no `what` `name`".
  void TellFile(const DescriptorIndex::File* file, std::string_view what, std::string_view name, Response& response);

  const DescriptorIndex& index_;
  std::unordered_set<const DescriptorIndex::File*> told_;  // if a file is in, so are those that it imports
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_REFLECTION_H_
