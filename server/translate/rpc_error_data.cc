#include "server/translate/rpc_error_data.h"

#include <cstddef>

#include "google/protobuf/struct.pb.h"
#include "server/base/status.h"
#include "server/translate/json_to_wire.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::size_t kMaxDataBytes = 64 * 1024;
constexpr std::size_t kMaxEntries = 32;
constexpr std::size_t kMaxEntryBytes = 1024;  // of a key and its value together

const Value* Find(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? nullptr : &found->second;
}

std::string Text(const Struct& object, const std::string& name) {
  const Value* value = Find(object, name);
  return value == nullptr ? std::string() : value->string_value();
}

// True for "type.googleapis.com/google.rpc.ErrorInfo" and for the bare name.
bool IsType(const Struct& detail, std::string_view name) {
  const std::string type = Text(detail, "@type");
  return type.size() >= name.size() && std::string_view(type).substr(type.size() - name.size()) == name;
}

void ReadErrorInfo(const Struct& detail, RpcErrorData& out) {
  if (!out.reason.empty() || Text(detail, "domain") != reason::kA2aDomain) return;
  out.reason = Text(detail, "reason");
  const Value* metadata = Find(detail, "metadata");
  if (metadata == nullptr) return;
  for (const auto& [key, value] : metadata->struct_value().fields()) {
    if (out.metadata.size() == kMaxEntries) return;
    if (value.kind_case() != Value::kStringValue || key.empty()) continue;
    if (key.size() + value.string_value().size() <= kMaxEntryBytes) out.metadata[key] = value.string_value();
  }
}

void ReadBadRequest(const Struct& detail, RpcErrorData& out) {
  const Value* violations = Find(detail, "fieldViolations");
  if (violations == nullptr) violations = Find(detail, "field_violations");
  if (violations == nullptr) return;
  for (const Value& violation : violations->list_value().values()) {
    if (out.violations.size() == kMaxEntries) return;
    const Struct& object = violation.struct_value();
    std::string field = Text(object, "field");
    std::string description = Text(object, "description");
    if (!field.empty() || !description.empty()) out.violations.emplace_back(std::move(field), std::move(description));
  }
}

void ReadDetail(const Struct& detail, RpcErrorData& out) {
  if (IsType(detail, "google.rpc.ErrorInfo")) ReadErrorInfo(detail, out);
  if (IsType(detail, "google.rpc.BadRequest")) ReadBadRequest(detail, out);
}

}  // namespace

RpcErrorData ReadRpcErrorData(std::string_view raw_json) {
  RpcErrorData out;
  if (raw_json.empty() || raw_json.size() > kMaxDataBytes) return out;
  const auto wire = JsonToValueWire(raw_json);
  Value data;
  if (!wire.ok() || !ParseBytes(*wire, data)) return out;
  ReadDetail(data.struct_value(), out);
  for (const Value& detail : data.list_value().values()) ReadDetail(detail.struct_value(), out);
  out.has_details = !out.reason.empty() || !out.metadata.empty() || !out.violations.empty();
  return out;
}

}  // namespace sluice::translate
