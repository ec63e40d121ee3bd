#include "server/frontend/grpc_status.h"

#include <string>

#include "google/rpc/status.pb.h"
#include "server/base/status.h"

namespace sluice::frontend {

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string message(ToStd(status.message()));
  google::rpc::Status details;
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& value) {
    auto* detail = details.add_details();
    detail->set_type_url(std::string(ToStd(type_url)));
    detail->set_value(std::string(value));
  });
  const auto code = static_cast<grpc::StatusCode>(status.raw_code());
  if (details.details().empty()) return {code, message};
  details.set_code(static_cast<int>(code));
  details.set_message(message);
  return {code, message, details.SerializeAsString()};
}

}  // namespace sluice::frontend
