// The one table from gRPC method path to flow, and what is refused before any flow runs.
#ifndef SLUICE_SERVER_FRONTEND_METHODS_H_
#define SLUICE_SERVER_FRONTEND_METHODS_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "server/base/http.h"
#include "server/frontend/call.h"
#include "server/frontend/task.h"

namespace sluice::frontend {

struct Method {
  std::string path;  // "/package.Service/Method"
  // Runs the call to its status. `metadata` is the client's.
  std::function<Task<absl::Status>(Call& call, Headers metadata)> flow;
  // Health: answered while draining and at the limit of other calls too, and never a reason to wait.
  bool watches_life = false;
};

// What is known of a call when it begins.
struct CallStart {
  Headers metadata;
  Phase phase = Phase::kServing;
  bool admitted = true;  // within the limit of calls in flight
  int limit = 0;
};

// Filled before the server starts; then immutable and thread-safe.
class Methods {
 public:
  void Add(Method method);
  const Method* Find(const std::string& path) const;

  // The method's flow, or one that refuses: UNIMPLEMENTED for null, UNAVAILABLE (DRAINING, RetryInfo) while draining,
  // RESOURCE_EXHAUSTED (OVER_LIMIT) when not admitted.
  Task<absl::Status> Run(const Method* method, Call& call, CallStart start) const;

  // The services that have a method: "lf.a2a.v1.A2AService", ...
  std::set<std::string> Services() const;
  bool HasService(std::string_view service) const;

 private:
  std::unordered_map<std::string, Method> methods_;
};

// What a call gets that a draining gateway does not take, or does not keep: UNAVAILABLE, DRAINING, RetryInfo.
absl::Status IsDraining();

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_METHODS_H_
