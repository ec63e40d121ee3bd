// Errors as LLM APIs write them into their answers. OpenAI, Anthropic, and what speaks like them.
#ifndef SLUICE_SERVER_TRANSLATE_UPSTREAM_ERROR_H_
#define SLUICE_SERVER_TRANSLATE_UPSTREAM_ERROR_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sluice::translate {

// The upstream's own words; empty where it says nothing.
struct UpstreamError {
  std::string type;  // "overloaded_error"
  std::string code;  // "rate_limit_exceeded", "429"
  std::string message;
};

// The error that a JSON text tells, in one of its forms: {"error": {...}}, {"error": "..."}, {"type": "error", ...},
// {"object": "error", ...}, {"response": {"error": {...}}}. Nothing: it tells none, or is not JSON. An `error` that is
// empty, or whose members all are, tells none.
std::optional<UpstreamError> ReadUpstreamError(std::string_view json);

// The string member `type` of a JSON object; empty when there is none.
std::string JsonType(std::string_view json);

// One row per word that decides the code.
struct UpstreamErrorRow {
  std::string_view word;
  absl::StatusCode code;
};
std::span<const UpstreamErrorRow> AllUpstreamErrors();

// UPSTREAM_ERROR. The code is that of the error's code or else of its type; of an HTTP status that stands there; or
// INTERNAL.
absl::Status StatusFromUpstreamError(const UpstreamError& error);

// Adds `error_type` and `error_code` to a status that has an ErrorInfo.
void AddUpstreamError(const UpstreamError& error, absl::Status& status);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_UPSTREAM_ERROR_H_
