#include "server/translate/reflection.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/reflection/v1/reflection.pb.h"
#include "server/base/status.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

using File = DescriptorIndex::File;
using grpc::reflection::v1::ExtensionRequest;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;

constexpr std::size_t kMaxNamed = 128;

void TellError(absl::StatusCode code, std::string message, ServerReflectionResponse& response) {
  response.mutable_error_response()->set_error_code(static_cast<int>(code));
  response.mutable_error_response()->set_error_message(std::move(message));
}

void TellNotFound(std::string_view what, std::string_view name, ServerReflectionResponse& response) {
  TellError(absl::StatusCode::kNotFound,
            absl::StrCat("this gateway serves no ", ToAbsl(what), " \"", ToValidUtf8(name, kMaxNamed),
                         "\"; list_services tells what it serves"),
            response);
}

void TellServices(const DescriptorIndex& index, ServerReflectionResponse& response) {
  auto& list = *response.mutable_list_services_response();
  for (const std::string& name : index.services()) list.add_service()->set_name(name);
}

void TellExtensionNumbers(const DescriptorIndex& index, const std::string& type, ServerReflectionResponse& response) {
  const DescriptorIndex::Extensions* extensions = index.ExtensionsOf(type);
  if (extensions == nullptr) return TellNotFound("message", type, response);
  auto& numbers = *response.mutable_all_extension_numbers_response();
  numbers.set_base_type_name(type);
  for (const auto& [number, file] : *extensions) numbers.add_extension_number(number);
}

const File* FileOfExtension(const DescriptorIndex& index, const ExtensionRequest& request) {
  const DescriptorIndex::Extensions* extensions = index.ExtensionsOf(request.containing_type());
  if (extensions == nullptr) return nullptr;
  const auto found = extensions->find(request.extension_number());
  return found == extensions->end() ? nullptr : found->second;
}

}  // namespace

absl::StatusOr<std::string> Reflection::Answer(std::string_view bytes) {
  ServerReflectionRequest request;
  if (!ParseBytes(bytes, request)) {
    return absl::InvalidArgumentError("the request is not a grpc.reflection.v1.ServerReflectionRequest");
  }
  ServerReflectionResponse response;
  response.set_valid_host(request.host());
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kFileByFilename:
      TellFile(index_.FileByName(request.file_by_filename()), "file", request.file_by_filename(), response);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      TellFile(index_.FileOfSymbol(request.file_containing_symbol()), "symbol", request.file_containing_symbol(),
               response);
      break;
    case ServerReflectionRequest::kFileContainingExtension: {
      const ExtensionRequest& wanted = request.file_containing_extension();
      TellFile(FileOfExtension(index_, wanted), absl::StrCat("extension ", wanted.extension_number(), " of"),
               wanted.containing_type(), response);
      break;
    }
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      TellExtensionNumbers(index_, request.all_extension_numbers_of_type(), response);
      break;
    case ServerReflectionRequest::kListServices:
      TellServices(index_, response);
      break;
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      TellError(absl::StatusCode::kInvalidArgument,
                "the request asks nothing; set one field of message_request, list_services for example", response);
  }
  *response.mutable_original_request() = std::move(request);
  return response.SerializeAsString();
}

void Reflection::TellFile(const File* file, std::string_view what, std::string_view name, Response& response) {
  if (file == nullptr) return TellNotFound(what, name, response);
  auto& files = *response.mutable_file_descriptor_response();
  std::vector<const File*> telling{file};  // what was asked for comes first, and always
  told_.insert(file);
  for (std::size_t i = 0; i < telling.size(); ++i) {
    files.add_file_descriptor_proto(telling[i]->serialized);
    for (const File* import : telling[i]->imports) {
      if (told_.insert(import).second) telling.push_back(import);
    }
  }
}

}  // namespace sluice::translate
