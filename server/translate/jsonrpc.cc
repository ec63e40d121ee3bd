#include "server/translate/jsonrpc.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/fast_utf8.h"
#include "server/translate/json_members.h"
#include "server/translate/json_scanner.h"

namespace sluice::translate {
namespace {

enum Member : std::size_t { kJsonrpc, kId, kMethod, kParams, kResult, kError, kMembers };
constexpr std::array<std::string_view, kMembers> kNames = {"jsonrpc", "id", "method", "params", "result", "error"};
// "jsonrpc" with every letter written as \u....; a longer name is none of ours.
constexpr std::size_t kLongestNameToken = 7 * 6 + 2;

template <typename... Parts>
absl::Status Refuse(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat("JSON-RPC: ", ToAbsl(parts)...));
}

bool IsString(std::string_view raw) { return raw.starts_with('"'); }
bool IsObject(std::string_view raw) { return raw.starts_with('{'); }
bool IsArray(std::string_view raw) { return raw.starts_with('['); }
bool IsNumber(std::string_view raw) { return !raw.empty() && (raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9')); }

// kMembers when the name is none of the envelope's.
Member MemberOf(std::string_view name_token) {
  const auto find = [](std::string_view name) {
    return static_cast<Member>(std::find(kNames.begin(), kNames.end(), name) - kNames.begin());
  };
  const bool escaped = name_token.size() <= kLongestNameToken && name_token.find('\\') != name_token.npos;
  return escaped ? find(UnquoteJson(name_token)) : find(name_token.substr(1, name_token.size() - 2));
}

// Who sent the message decides how much of it is checked.
enum class Sender { kClient, kUpstream };

// One message on its way from text to members. Used once.
class Envelope {
 public:
  Envelope(Sender sender, MissingResult missing_result) : sender_(sender), missing_result_(missing_result) {}

  absl::Status Read(std::string_view text);
  absl::StatusOr<JsonRpcMessage> Classify() const;

 private:
  bool TakeMember(JsonScanner& scanner, std::string_view name_token);
  absl::Status CheckMembers() const;
  absl::Status CheckResponse() const;
  bool Has(Member member) const { return !raw_[member].empty(); }

  const Sender sender_;
  const MissingResult missing_result_;
  std::array<std::string_view, kMembers> raw_;
  absl::Status refused_;  // set when a member, not its JSON, was wrong
};

absl::Status Envelope::Read(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) return Refuse("the text begins with a byte order mark; send it without");
  if (sender_ == Sender::kClient && !IsValidUtf8(text)) return Refuse("the text is not valid UTF-8");
  JsonScanner scanner(text);
  if (scanner.Peek() == '[') return Refuse("batches are not accepted; send each message on its own");
  if (scanner.Peek() != '{') return Refuse("a message must be a JSON object");
  if (!scanner.Members([&](std::string_view name) { return TakeMember(scanner, name); })) {
    return refused_.ok() ? Refuse("not valid JSON: ", ToStd(scanner.error().message())) : refused_;
  }
  if (!scanner.AtEnd()) return Refuse("there is something after the end of the message");
  const bool nothing = !Has(kMethod) && !Has(kResult) && !Has(kError);
  if (nothing && Has(kId) && missing_result_ == MissingResult::kNull) raw_[kResult] = "null";
  return absl::OkStatus();
}

bool Envelope::TakeMember(JsonScanner& scanner, std::string_view name_token) {
  const Member member = MemberOf(name_token);
  if (member != kMembers && Has(member)) {
    refused_ = Refuse("\"", kNames[member], "\" occurs twice");
    return false;
  }
  std::string_view ignored;
  std::string_view& raw = member == kMembers ? ignored : raw_[member];
  const bool ours = member == kJsonrpc || member == kId || member == kMethod;
  return ours || sender_ == Sender::kClient ? scanner.Value(raw) : scanner.Skip(raw);
}

absl::Status Envelope::CheckMembers() const {
  if (!Has(kJsonrpc)) return Refuse("\"jsonrpc\" is missing; it must be \"2.0\"");
  if (!IsString(raw_[kJsonrpc]) || UnquoteJson(raw_[kJsonrpc]) != "2.0") return Refuse("\"jsonrpc\" must be \"2.0\"");
  if (Has(kResult) && Has(kError)) return Refuse("\"result\" and \"error\" exclude each other");
  if (Has(kMethod) && Has(kResult)) return Refuse("\"method\" and \"result\" exclude each other");
  if (Has(kMethod) && Has(kError)) return Refuse("\"method\" and \"error\" exclude each other");
  if (Has(kMethod) && !IsString(raw_[kMethod])) return Refuse("\"method\" must be a string");
  if (!IsValidUtf8(raw_[kMethod])) return Refuse("\"method\" is not valid UTF-8");
  const std::string_view id = raw_[kId];
  if (Has(kId) && !IsString(id) && !IsNumber(id) && id != "null") {
    return Refuse("\"id\" must be a string, a number or null");
  }
  if (!IsValidUtf8(id)) return Refuse("\"id\" is not valid UTF-8");
  if (sender_ == Sender::kClient && Has(kParams) && !IsObject(raw_[kParams]) && !IsArray(raw_[kParams])) {
    return Refuse("\"params\" must be an object or an array");
  }
  return Has(kMethod) ? absl::OkStatus() : CheckResponse();
}

absl::Status Envelope::CheckResponse() const {
  if (!Has(kResult) && !Has(kError)) return Refuse("one of \"method\", \"result\" and \"error\" must be there");
  if (Has(kResult) && !Has(kId)) return Refuse("\"id\" is missing; a \"result\" must say what it answers");
  if (sender_ == Sender::kUpstream) return absl::OkStatus();
  if (!Has(kId)) return Refuse("\"id\" is missing; an \"error\" must say what it answers");
  if (Has(kError) && !IsObject(raw_[kError])) return Refuse("\"error\" must be an object");
  return absl::OkStatus();
}

absl::StatusOr<JsonRpcMessage> Envelope::Classify() const {
  if (absl::Status status = CheckMembers(); !status.ok()) return status;
  JsonRpcMessage message;
  message.id = raw_[kId];
  message.params = raw_[kParams];
  message.result = raw_[kResult];
  message.error = raw_[kError];
  if (Has(kMethod)) {
    message.kind = Has(kId) ? JsonRpcKind::kRequest : JsonRpcKind::kNotification;
    message.method = UnquoteJson(raw_[kMethod]);
  } else {
    message.kind = Has(kResult) ? JsonRpcKind::kResult : JsonRpcKind::kError;
  }
  return message;
}

absl::StatusOr<JsonRpcMessage> Read(std::string_view text, Sender sender, MissingResult missing_result) {
  Envelope envelope(sender, missing_result);
  if (absl::Status status = envelope.Read(text); !status.ok()) return status;
  return envelope.Classify();
}

// 0 when the number is no int. Some peers write integers as 1.0 or 1e3.
int ToInt(std::string_view raw) {
  double value = 0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (read.ec != std::errc() || std::trunc(value) != value) return 0;
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) return 0;
  return static_cast<int>(value);
}

}  // namespace

absl::StatusOr<JsonRpcMessage> ScanJsonRpc(std::string_view text, MissingResult missing_result) {
  return Read(text, Sender::kUpstream, missing_result);
}

absl::StatusOr<JsonRpcMessage> ValidateJsonRpc(std::string_view text) {
  return Read(text, Sender::kClient, MissingResult::kRefused);
}

bool IsSameJsonRpcId(std::string_view raw, std::string_view other) {
  if (raw == other) return true;
  if (raw.empty() || other.empty() || (raw[0] == '"') != (other[0] == '"')) return false;
  if (raw[0] == '"') return StringOf(raw) == StringOf(other);
  double number = 0;
  double other_number = 0;
  return absl::SimpleAtod(ToAbsl(raw), &number) && absl::SimpleAtod(ToAbsl(other), &other_number) &&
         number == other_number;
}

JsonRpcError ParseJsonRpcError(std::string_view raw_error) {
  JsonRpcError error;
  JsonScanner scanner(raw_error);
  // What was found before something malformed is kept.
  scanner.Members([&](std::string_view name_token) {
    const std::string name = UnquoteJson(name_token);
    std::string_view raw;
    if (name == "data") return scanner.Skip(error.data);
    if (!scanner.Value(raw)) return false;
    if (name == "code" && IsNumber(raw)) error.code = ToInt(raw);
    if (name == "message" && IsString(raw)) error.message = UnquoteJson(raw);
    return true;
  });
  return error;
}

std::string MakeJsonRpcRequest(std::string_view raw_id, std::string_view method, std::string_view raw_params) {
  std::string text = absl::StrCat(R"({"jsonrpc":"2.0","id":)", ToAbsl(raw_id), R"(,"method":)", QuoteJson(method));
  if (!raw_params.empty()) absl::StrAppend(&text, R"(,"params":)", ToAbsl(raw_params));
  return text.append("}");
}

}  // namespace sluice::translate
