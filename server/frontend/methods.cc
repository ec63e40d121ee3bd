#include "server/frontend/methods.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"

namespace sluice::frontend {
namespace {

constexpr std::chrono::milliseconds kRetryElsewhere{100};
constexpr std::size_t kMaxNamedPath = 256;

Task<absl::Status> Refuse(absl::Status why) { co_return why; }

absl::Status UnknownMethod(std::string_view path) {
  return absl::UnimplementedError(
      absl::StrCat("this gateway does not serve the method ", ToValidUtf8(path, kMaxNamedPath)));
}

absl::Status OverLimit(const Method& method, int limit) {
  const char* what = method.watches_life ? " health calls in flight, as many as may be"
                                         : " calls in flight, as many as limits.calls_in_flight allows";
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted, absl::StrCat("the gateway has ", limit, what),
                                  reason::kOverLimit, reason::kDomain, {{"cause", "calls"}});
  AddRetryInfo(status, kRetryElsewhere);
  return status;
}

// "/package.Service/Method" → "package.Service"
std::string_view ServiceOf(std::string_view path) { return path.substr(1, path.rfind('/') - 1); }

}  // namespace

void Methods::Add(Method method) {
  std::string path = method.path;
  methods_.emplace(std::move(path), std::move(method));
}

const Method* Methods::Find(const std::string& path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

Task<absl::Status> Methods::Run(const Method* method, Call& call, CallStart start) const {
  if (method == nullptr) return Refuse(UnknownMethod(call.record().method));
  if (!method->watches_life && start.phase == Phase::kDraining) return Refuse(IsDraining());
  if (!start.admitted) return Refuse(OverLimit(*method, start.limit));
  return method->flow(call, std::move(start.metadata));
}

std::set<std::string> Methods::Services() const {
  std::set<std::string> services;
  for (const auto& [path, method] : methods_) services.emplace(ServiceOf(path));
  return services;
}

bool Methods::HasService(std::string_view service) const {
  for (const auto& [path, method] : methods_) {
    if (ServiceOf(path) == service) return true;
  }
  return false;
}

absl::Status IsDraining() {
  absl::Status status =
      MakeError(absl::StatusCode::kUnavailable, "this gateway is going away; call another one", reason::kDraining);
  AddRetryInfo(status, kRetryElsewhere);
  return status;
}

}  // namespace sluice::frontend
