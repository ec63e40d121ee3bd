#include "server/translate/rpc_status.h"

#include <string>

#include "server/base/status.h"

namespace sluice::translate {

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  rpc.set_code(status.raw_code());
  rpc.set_message(std::string(ToStd(status.message())));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& value) {
    auto* detail = rpc.add_details();
    detail->set_type_url(std::string(ToStd(type_url)));
    detail->set_value(std::string(value));
  });
  return rpc;
}

}  // namespace sluice::translate
