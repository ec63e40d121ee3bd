#include "sluice/client/session.h"

#include <string>

namespace sluice::client {

bool Session::Send(std::string_view json) {
  sluice::v1::SessionRequest frame;
  frame.mutable_message()->set_json(std::string(json));
  return call_.Write(frame.SerializeAsString());
}

bool Session::CancelRequest(std::string_view id) {
  sluice::v1::SessionRequest frame;
  frame.mutable_cancel()->set_id(std::string(id));
  return call_.Write(frame.SerializeAsString());
}

}  // namespace sluice::client
