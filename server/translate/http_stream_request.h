// The request of `sluice.v1.Gateway/Stream`, taken apart and checked.
#ifndef SLUICE_SERVER_TRANSLATE_HTTP_STREAM_REQUEST_H_
#define SLUICE_SERVER_TRANSLATE_HTTP_STREAM_REQUEST_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/base/http.h"

namespace sluice::translate {

struct HttpStreamRequest {
  std::string upstream;
  std::string path;           // empty, or it begins with "/"
  std::string method;         // "POST" or "GET"
  Headers headers;            // of the caller, names in lower case, without the content type
  std::string content_type;   // empty: none is told, as of a request without a body
  std::string body;           // empty for a GET
  std::string last_event_id;  // may be empty

  bool acts() const { return method != "GET"; }
  // What HTTP needs beside the caller's headers.
  Headers ProtocolHeaders() const;
};

// INVALID_ARGUMENT with the field that is wrong.
absl::StatusOr<HttpStreamRequest> ParseHttpStreamRequest(std::string_view message);

// `path` below that of a URL, whose query stays: "/base?a=b" + "/v1" = "/base/v1?a=b".
std::string PathBelow(std::string_view url_path, std::string_view path);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_HTTP_STREAM_REQUEST_H_
