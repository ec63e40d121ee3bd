// server/translate/a2a_call.h: any bytes as the request of any method are refused with a word, or become a JSON-RPC
// request that says the same.
// The input: the method (a byte; of 0x80 and above, as a client of A2A 0.3 would ask for it), then the request message
// as gRPC would bring it.
#include <string>
#include <string_view>

#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/base/status.h"
#include "server/translate/a2a_call.h"
#include "server/translate/a2a_client.h"
#include "server/translate/a2a_json.h"
#include "server/translate/jsonrpc.h"
#include "server/translate/proto_message.h"
#include "tests/fuzz/fuzz_input.h"

namespace sluice::fuzz {
namespace {

using translate::A2aCall;
using translate::A2aMethod;
using translate::A2aVersion;

constexpr A2aCall::Limits kLimits{.event_bytes = 64 * 1024, .error_body_bytes = 4 * 1024};

// JSON has no place for fields that the protocol does not name.
const google::protobuf::Message& Known(std::string_view type, std::string_view bytes, google::protobuf::Arena& arena) {
  const auto message = translate::ParseMessage(type, bytes, arena);
  Check(message.ok(), "what was taken is a message");
  (*message)->DiscardUnknownFields();
  return **message;
}

void CheckBody(const A2aMethod& method, std::string_view request, const std::string& body) {
  const auto read = translate::ValidateJsonRpc(body);
  Check(read.ok() && read->kind == translate::JsonRpcKind::kRequest, "the body is a JSON-RPC request");
  Check(read->id == "1" && read->method == method.rpc, "with our id and the method");
  const auto back = translate::JsonToProto(method.request, read->params);
  Check(back.ok(), "its params are the request message");
  google::protobuf::Arena arena;
  google::protobuf::util::MessageDifferencer differencer;
  // Of all numbers of this enum JSON knows one, null.
  differencer.IgnoreField(google::protobuf::Value::descriptor()->FindFieldByName("null_value"));
  Check(differencer.Compare(Known(method.request, request, arena), Known(method.request, *back, arena)),
        "and nothing of it was lost");
}

void CheckRefusal(const absl::Status& status) {
  if (status.ok()) return;
  const bool is_clear = !status.message().empty() && !ErrorReason(status).empty();
  Check(is_clear && (absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status)),
        "a refusal says what is wrong");
}

// A request of 1.0, to an agent of either version.
void CheckRequest(const A2aMethod& method, std::string_view request) {
  const auto call = A2aCall::Begin(method, request, "1", kLimits);
  CheckRefusal(call.status());
  if (call.ok()) CheckBody(method, request, call->body());
  const auto call03 = A2aCall::Begin(method, request, "1", kLimits, A2aVersion::k03);
  CheckRefusal(call03.status());
  if (!call03.ok()) return;
  const auto read = translate::ValidateJsonRpc(call03->body());
  Check(read.ok() && read->method == method.v03.json_rpc, "the body for an agent of 0.3 is a JSON-RPC request too");
}

}  // namespace
}  // namespace sluice::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::fuzz;  // NOLINT
  std::string_view request = AsText(data, size);
  const auto& methods = sluice::translate::AllA2aMethods();
  const std::uint8_t first = TakeByte(request);
  const auto& method = methods[(first & 0x7f) % methods.size()];
  if (first >= 0x80 && !method.v03.rpc.empty()) {
    const auto converted = sluice::translate::A2aClient(A2aVersion::k03, {}).Request(method, std::string(request));
    CheckRefusal(converted.status());
    if (converted.ok()) CheckRequest(method, *converted);
  } else {
    CheckRequest(method, request);
  }
  return 0;
}
