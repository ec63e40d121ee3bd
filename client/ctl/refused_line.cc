#include "client/ctl/refused_line.h"

#include "client/ctl/json_view.h"
#include "server/translate/json_scanner.h"
#include "server/translate/jsonrpc.h"

namespace sluice::ctl {
namespace {

using translate::JsonRpcKind;
using translate::JsonScanner;

// What of an envelope can still be read when the whole is none.
struct Remains {
  std::string_view id;
  int ids = 0;
  bool method = false, answer = false;
};

// False: not one object from end to end. Only the ends of values are sought, so what stands in them may be anything.
bool Read(std::string_view line, Remains& remains) {
  JsonScanner scanner(line);
  const auto on_member = [&](std::string_view name_token) {
    std::string_view value;
    if (!scanner.Skip(value)) return false;
    const std::string name = translate::UnquoteJson(name_token);
    if (name == "id") {
      remains.id = value;
      ++remains.ids;
    }
    remains.method |= name == "method";
    remains.answer |= name == "result" || name == "error";
    return true;
  };
  return scanner.Peek() == '{' && scanner.Members(on_member) && scanner.AtEnd();
}

bool IsId(std::string_view token) {
  const bool scalar = !token.empty() && (token[0] == '"' || token[0] == '-' || (token[0] >= '0' && token[0] <= '9'));
  return scalar && IsJson(token);
}

}  // namespace

LineOwner OwnerOf(std::string_view line) {
  const auto scanned = translate::ScanJsonRpc(line);
  if (scanned.ok()) return {scanned->kind == JsonRpcKind::kRequest ? std::string(scanned->id) : ""};
  Remains remains;
  if (Read(line, remains)) {
    if (remains.answer && !remains.method) return {};
    if (remains.ids == 1 && IsId(remains.id)) return {std::string(remains.id)};
  }
  return {"null", IsJson(line) ? kInvalidRequest : kParseError};
}

}  // namespace sluice::ctl
