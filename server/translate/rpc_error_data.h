// The `data` member of a JSON-RPC error as A2A fills it: typed google.rpc details in JSON. A2A 1.0, "Error Handling".
#ifndef SLUICE_SERVER_TRANSLATE_RPC_ERROR_DATA_H_
#define SLUICE_SERVER_TRANSLATE_RPC_ERROR_DATA_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::translate {

struct RpcErrorData {
  bool has_details = false;                     // something of what follows was told
  std::string reason;                           // of the ErrorInfo with the A2A domain; empty when there is none
  std::map<std::string, std::string> metadata;  // of that ErrorInfo; at most 32 entries of at most 1 KiB
  std::vector<std::pair<std::string, std::string>> violations;  // of a BadRequest: field, description; at most 32
};

// Reads an array of details, one detail, or neither: what is not there is left empty. Data above 64 KiB is not read.
RpcErrorData ReadRpcErrorData(std::string_view raw_json);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_RPC_ERROR_DATA_H_
