// A call's two sides as fakes: what it started is recorded, and the test says how each operation ends.
#ifndef SLUICE_TESTS_FRONTEND_FAKE_WIRE_H_
#define SLUICE_TESTS_FRONTEND_FAKE_WIRE_H_

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/frontend/call.h"
#include "server/frontend/downstream.h"
#include "server/frontend/switchboard.h"
#include "server/upstream/exchange.h"

namespace sluice::frontend {

class FakeDownstream final : public Downstream {
 public:
  struct Written {
    std::string message;
    bool more_follow;
  };
  int reads = 0;
  std::vector<Written> writes;
  int headers_sent = 0;
  std::optional<absl::Status> finished;
  int resets = 0;
  Headers headers;
  Headers trailers;
  bool retired = false;

  void StartRead() override { ++reads; }
  void StartWrite(std::string message, bool more_follow) override {
    writes.push_back({std::move(message), more_follow});
  }
  void StartSendHeaders() override { ++headers_sent; }
  void StartFinish(const absl::Status& status) override {
    if (finished) std::abort();  // gRPC would: one Finish a call
    finished = status;
  }
  void Reset() override { ++resets; }
  void AddHeaders(const Headers& added) override { headers.insert(headers.end(), added.begin(), added.end()); }
  void AddTrailers(const Headers& added) override { trailers.insert(trailers.end(), added.begin(), added.end()); }
  void Retire() override { retired = true; }
};

class FakeUpstream final : public upstream::Upstream {
 public:
  struct Started {
    upstream::ExchangeId id;
    upstream::ExchangeRequest request;
  };
  std::vector<Started> started;
  std::vector<upstream::ExchangeId> aborted;
  std::vector<upstream::ExchangeId> resumed;
  std::optional<upstream::Clock::time_point> timer;

  void Start(upstream::ExchangeId id, upstream::ExchangeRequest request) override {
    started.push_back({id, std::move(request)});
  }
  void Resume(upstream::ExchangeId id) override { resumed.push_back(id); }
  void Abort(upstream::ExchangeId id) override { aborted.push_back(id); }
  void ArmTimer(upstream::TimerId, upstream::Clock::time_point when) override { timer = when; }
  void CancelTimer(upstream::TimerId) override { timer.reset(); }
};

}  // namespace sluice::frontend

#endif  // SLUICE_TESTS_FRONTEND_FAKE_WIRE_H_
