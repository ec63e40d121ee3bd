// What every test of exchanges starts from: a running Loop and a log of what it tells.
#ifndef SLUICE_TESTS_UPSTREAM_LOOP_FIXTURE_H_
#define SLUICE_TESTS_UPSTREAM_LOOP_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "server/upstream/exchange.h"
#include "server/upstream/loop.h"
#include "tests/support/raw_upstream.h"
#include "tests/upstream/event_log.h"

namespace sluice::upstream {

using std::chrono::milliseconds;
using testing::Gate;
using testing::RawConnection;
using testing::RawUpstream;

class LoopFixture : public ::testing::Test {
 protected:
  static std::shared_ptr<Target> TargetAt(std::uint16_t port, const std::string& host = "127.0.0.1") {
    auto target = std::make_shared<Target>();
    target->host = host;
    target->port = port;
    target->host_header = host + ":" + std::to_string(port);
    target->key = target->host_header;
    return target;
  }

  static ExchangeRequest Post(std::uint16_t port, std::string body = "{}") {
    ExchangeRequest request;
    request.target = TargetAt(port);
    request.path = "/rpc";
    request.body = std::move(body);
    request.clocks.connect = std::chrono::hours(1);  // no clock ends an exchange but the one that a test sets
    return request;
  }

  static ExchangeRequest Get(std::uint16_t port) {
    ExchangeRequest request;
    request.target = TargetAt(port);
    request.method = "GET";
    request.retry_safe = true;
    return request;
  }

  ExchangeId Start(ExchangeRequest request) {
    const ExchangeId id{++last_id_};
    loop_.Start(id, std::move(request));
    return id;
  }

  Told Run(ExchangeRequest request) { return log_.WaitForEnd(Start(std::move(request))); }

  EventLog log_;
  Loop loop_{log_};

 private:
  std::uint64_t last_id_ = 0;
};

// A whole small answer that keeps the connection open.
inline std::string Ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// One chunk of a chunked body.
inline std::string Chunk(const std::string& bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string size;
  for (std::size_t left = bytes.size(); left > 0; left /= 16) size.insert(size.begin(), kHex[left % 16]);
  return size + "\r\n" + bytes + "\r\n";
}

inline constexpr char kChunkedHead[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
inline constexpr char kLastChunk[] = "0\r\n\r\n";

}  // namespace sluice::upstream

#endif  // SLUICE_TESTS_UPSTREAM_LOOP_FIXTURE_H_
