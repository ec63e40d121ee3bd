// Answers of a scripted A2A upstream, as bytes.
#ifndef SLUICE_TESTS_INTEGRATION_RAW_ANSWERS_H_
#define SLUICE_TESTS_INTEGRATION_RAW_ANSWERS_H_

#include <string>
#include <string_view>

#include "tests/support/raw_upstream.h"

namespace sluice::testing {

inline constexpr std::string_view kSseHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

inline std::string Chunk(std::string_view bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + std::string(bytes) + "\r\n";
}

// One SSE event that carries a JSON-RPC response to the gateway's request.
inline std::string ResultEvent(std::string_view result) {
  return "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + std::string(result) + "}\n\n";
}
inline std::string TaskEvent(std::string_view state) {
  return ResultEvent("{\"task\":{\"id\":\"t-1\",\"contextId\":\"c-1\",\"status\":{\"state\":\"" + std::string(state) +
                     "\"}}}");
}
inline std::string StatusEvent(std::string_view state) {
  return ResultEvent("{\"statusUpdate\":{\"taskId\":\"t-1\",\"contextId\":\"c-1\",\"status\":{\"state\":\"" +
                     std::string(state) + "\"}}}");
}
inline std::string ArtifactEvent(std::string_view text) {
  return ResultEvent(
      "{\"artifactUpdate\":{\"taskId\":\"t-1\",\"contextId\":\"c-1\",\"artifact\":{\"artifactId\":\"a\","
      "\"parts\":[{\"text\":\"" +
      std::string(text) + "\"}]}}}");
}
inline std::string JsonAnswer(std::string_view body, std::string_view status = "200 OK") {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

inline std::string Url(const RawUpstream& upstream) {
  return "http://127.0.0.1:" + std::to_string(upstream.port()) + "/";
}

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_INTEGRATION_RAW_ANSWERS_H_
