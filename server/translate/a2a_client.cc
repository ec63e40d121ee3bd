#include "server/translate/a2a_client.h"

#include <utility>

#include "server/translate/a2a_v03_fields.h"
#include "server/translate/a2a_v03_rpc.h"
#include "server/translate/message_table.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

namespace v10 = lf::a2a::v1;

// An agent of 0.3 may name several; 1.0 has room for one.
void KeepFirstScheme(v10::TaskPushNotificationConfig& config) {
  if (!config.has_authentication()) return;
  std::string& scheme = *config.mutable_authentication()->mutable_scheme();
  scheme = scheme.substr(0, scheme.find(kListSeparator));
}

std::string WithOneScheme(const A2aMethod& method, std::string wire) {
  if (method.response == "lf.a2a.v1.TaskPushNotificationConfig") {
    v10::TaskPushNotificationConfig config;
    if (!ParseBytes(wire, config)) return wire;
    KeepFirstScheme(config);
    return config.SerializeAsString();
  }
  if (method.response == "lf.a2a.v1.ListTaskPushNotificationConfigsResponse") {
    v10::ListTaskPushNotificationConfigsResponse list;
    if (!ParseBytes(wire, list)) return wire;
    for (v10::TaskPushNotificationConfig& config : *list.mutable_configs()) KeepFirstScheme(config);
    return list.SerializeAsString();
  }
  return wire;
}

}  // namespace

absl::StatusOr<std::string> A2aClient::Request(const A2aMethod& method, std::string request) const {
  if (version_ == A2aVersion::k10) return request;
  return RequestFromV03(method, request, options_.file_bytes);
}

std::string A2aClient::Answer(const A2aMethod& method, A2aMessage answer) const {
  if (version_ == A2aVersion::k10) return WithOneScheme(method, std::move(answer.wire));
  return AnswerToV03(method, answer, options_.file_bytes);
}

absl::Status A2aClient::End(absl::Status status) const {
  const A2aErrorCodes usual = version_ == A2aVersion::k03 ? A2aErrorCodes::k100 : A2aErrorCodes::k101;
  status = WithA2aErrorCode(status, options_.error_codes.value_or(usual));
  if (version_ == A2aVersion::k10) return status;
  status = WithFieldsOfV03(status);
  return options_.error_names ? WithA2aErrorName(status) : status;
}

}  // namespace sluice::translate
