// The configured upstreams, as flows use them.
#ifndef SLUICE_SERVER_FRONTEND_UPSTREAMS_H_
#define SLUICE_SERVER_FRONTEND_UPSTREAMS_H_

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/base/http.h"
#include "server/config/config.h"
#include "server/translate/a2a_version.h"
#include "server/upstream/exchange.h"

namespace sluice::frontend {

// One upstream. `reachable` is what the last exchange with it showed; health tells it as `upstream/NAME`.
struct UpstreamEntry {
  config::Upstream config;
  std::shared_ptr<const upstream::Target> target;
  mutable std::atomic<bool> reachable{true};

  // What it speaks, if it is of kind a2a.
  translate::A2aVersion a2a_version() const;
  // A POST of `body` to it. `headers` are complete.
  upstream::ExchangeRequest Post(Headers headers, std::string body) const;
  // Takes notice of what an exchange told.
  void Observe(const upstream::ExchangeEvent& event) const;
};

// Thread-safe: immutable but for `reachable`. Outlives the calls.
class Upstreams {
 public:
  explicit Upstreams(const std::vector<config::Upstream>& configured);

  // By name; an empty one is the first that is configured. NOT_FOUND, UNKNOWN_UPSTREAM.
  absl::StatusOr<const UpstreamEntry*> Find(std::string_view name) const;

  // The upstream of an A2A call: the one that metadata `sluice-upstream` names, else the first that speaks A2A.
  absl::StatusOr<const UpstreamEntry*> ForA2a(const Headers& metadata) const;

  // The upstream of a Stream: that of this name, or the first of kind sse. FAILED_PRECONDITION when it is of another
  // kind.
  absl::StatusOr<const UpstreamEntry*> ForStream(std::string_view name) const;

  // In the order of the configuration.
  const std::deque<UpstreamEntry>& all() const { return entries_; }

 private:
  absl::Status Unknown(std::string_view name) const;

  std::deque<UpstreamEntry> entries_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_UPSTREAMS_H_
