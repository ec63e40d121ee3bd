// Reads the members of a JSON object by name and type and remembers the first thing that was wrong.
#ifndef SLUICE_CLIENT_AGENT_PARAMS_H_
#define SLUICE_CLIENT_AGENT_PARAMS_H_

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/rpc_error.h"

namespace sluice::agent {

// The object must outlive the reader. After an error the readers return empty values; ask error() once, at the end.
class Params {
 public:
  // `where` is the path of the object in error messages, for example "message."; empty for the params themselves.
  explicit Params(const boost::json::object& object, std::string where = "");

  std::string RequiredString(std::string_view name);
  std::string String(std::string_view name);
  std::optional<std::int64_t> Int(std::string_view name, std::int64_t least, std::int64_t most);
  bool Bool(std::string_view name);
  const boost::json::object* Object(std::string_view name);
  const boost::json::object* RequiredObject(std::string_view name);
  const boost::json::array* Array(std::string_view name);

  void Fail(std::string_view name, std::string_view what);
  const std::optional<RpcError>& error() const { return error_; }

 private:
  const boost::json::object& object_;
  const std::string where_;
  std::optional<RpcError> error_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_PARAMS_H_
