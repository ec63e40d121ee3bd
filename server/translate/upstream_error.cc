#include "server/translate/upstream_error.h"

#include <algorithm>
#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/errors.h"
#include "server/translate/excerpt.h"
#include "server/translate/json_scanner.h"

namespace sluice::translate {
namespace {

using absl::StatusCode;

// Anthropic, "Errors"; OpenAI, "Error codes" and the codes of a failed response.
constexpr auto kWords = std::to_array<UpstreamErrorRow>({
    {"api_error", StatusCode::kInternal},
    {"authentication_error", StatusCode::kUnauthenticated},
    {"billing_error", StatusCode::kFailedPrecondition},
    {"content_filter", StatusCode::kInvalidArgument},
    {"context_length_exceeded", StatusCode::kInvalidArgument},
    {"insufficient_quota", StatusCode::kResourceExhausted},
    {"internal_error", StatusCode::kInternal},
    {"invalid_api_key", StatusCode::kUnauthenticated},
    {"invalid_prompt", StatusCode::kInvalidArgument},
    {"invalid_request_error", StatusCode::kInvalidArgument},
    {"model_not_found", StatusCode::kNotFound},
    {"not_found_error", StatusCode::kNotFound},
    {"overloaded_error", StatusCode::kUnavailable},
    {"permission_error", StatusCode::kPermissionDenied},
    {"rate_limit_error", StatusCode::kResourceExhausted},
    {"rate_limit_exceeded", StatusCode::kResourceExhausted},
    {"request_too_large", StatusCode::kResourceExhausted},
    {"requests", StatusCode::kResourceExhausted},  // the kind of limit that was met, as OpenAI's type
    {"server_error", StatusCode::kInternal},
    {"server_overloaded", StatusCode::kUnavailable},
    {"service_unavailable", StatusCode::kUnavailable},
    {"timeout_error", StatusCode::kDeadlineExceeded},
    {"tokens", StatusCode::kResourceExhausted},
});

constexpr std::size_t kMaxWordBytes = 128;

const UpstreamErrorRow* FindWord(std::string_view word) {
  const auto* row = std::find_if(kWords.begin(), kWords.end(), [&](const auto& one) { return one.word == word; });
  return row == kWords.end() ? nullptr : row;
}

// A string's text; a number as it stands; nothing of null and of what is nested.
std::string TextOf(std::string_view raw) {
  if (raw.empty() || raw == "null" || raw.front() == '{' || raw.front() == '[') return {};
  return raw.front() == '"' ? UnquoteJson(raw) : std::string(raw);
}

// The members that errors are told by, as raw values.
struct Members {
  std::string_view type, code, message, object, error, response;
};

std::optional<Members> ReadMembers(std::string_view json) {
  JsonScanner scanner(json);
  Members members;
  const bool read = scanner.Members([&](std::string_view name) {
    std::string_view value;
    if (!scanner.Value(value)) return false;
    if (name == R"("type")") members.type = value;
    if (name == R"("code")") members.code = value;
    if (name == R"("message")") members.message = value;
    if (name == R"("object")") members.object = value;
    if (name == R"("error")") members.error = value;
    if (name == R"("response")") members.response = value;
    return true;
  });
  if (!read || !scanner.AtEnd()) return std::nullopt;
  return members;
}

UpstreamError FromMembers(const Members& members) {
  return {TextOf(members.type), TextOf(members.code), TextOf(members.message)};
}

// null, "", {} and [], which servers write where there is nothing to tell.
bool IsEmpty(std::string_view raw) {
  if (raw.empty() || raw == "null" || raw == R"("")") return true;
  if (raw.front() != '{' && raw.front() != '[') return false;
  return raw.substr(1, raw.size() - 2).find_first_not_of(" \t\r\n") == raw.npos;
}

// An object all of whose members are empty.
bool SaysNothing(std::string_view object) {
  JsonScanner scanner(object);
  return scanner.Members([&](std::string_view) {
    std::string_view value;
    return scanner.Value(value) && IsEmpty(value);
  });
}

// The value of a member `error`.
std::optional<UpstreamError> FromError(std::string_view raw) {
  if (IsEmpty(raw)) return std::nullopt;
  if (raw.starts_with('"')) return UpstreamError{{}, {}, UnquoteJson(raw)};
  if (!raw.starts_with('{') || SaysNothing(raw)) return std::nullopt;
  const auto members = ReadMembers(raw);
  return members ? std::optional(FromMembers(*members)) : std::nullopt;
}

StatusCode CodeOf(const UpstreamError& error) {
  if (const auto* row = FindWord(error.code)) return row->code;
  if (const auto* row = FindWord(error.type)) return row->code;
  int http_status = 0;
  const bool is_http = absl::SimpleAtoi(error.code, &http_status) && http_status >= 400 && http_status < 600;
  return is_http ? CodeFromHttp(http_status, HttpRequestOf::kCaller) : StatusCode::kInternal;
}

}  // namespace

std::optional<UpstreamError> ReadUpstreamError(std::string_view json) {
  const auto members = ReadMembers(json);
  if (!members) return std::nullopt;
  if (auto error = FromError(members->error)) return error;
  if (members->response.starts_with('{')) {
    const auto response = ReadMembers(members->response);
    if (auto error = response ? FromError(response->error) : std::nullopt) return error;
  }
  if (TextOf(members->type) != "error" && TextOf(members->object) != "error") return std::nullopt;
  UpstreamError error = FromMembers(*members);
  if (error.type == "error") error.type.clear();  // says no more than that it is one
  return error;
}

std::string JsonType(std::string_view json) {
  const auto members = ReadMembers(json);
  return members && members->type.starts_with('"') ? UnquoteJson(members->type) : std::string();
}

std::span<const UpstreamErrorRow> AllUpstreamErrors() { return kWords; }

absl::Status StatusFromUpstreamError(const UpstreamError& error) {
  std::string told = Excerpt(error.type.empty() ? error.code : error.type, kMaxWordBytes);
  const std::string text = Excerpt(error.message);
  if (!text.empty()) absl::StrAppend(&told, told.empty() ? "" : ": ", text);
  absl::Status status = MakeError(
      CodeOf(error), absl::StrCat("the upstream told an error inside its answer", told.empty() ? "" : ": ", told),
      reason::kUpstreamError, reason::kDomain, {{"may_have_run", "true"}});
  AddUpstreamError(error, status);
  return status;
}

void AddUpstreamError(const UpstreamError& error, absl::Status& status) {
  if (!error.type.empty()) AddErrorMetadata(status, "error_type", Excerpt(error.type, kMaxWordBytes));
  if (!error.code.empty()) AddErrorMetadata(status, "error_code", Excerpt(error.code, kMaxWordBytes));
}

}  // namespace sluice::translate
