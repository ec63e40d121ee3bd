#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/frontend/flows/flows.h"

namespace sluice::frontend {

void AddMethods(Methods& methods, const Services& services) {
  for (const translate::A2aMethod& method : translate::AllA2aMethods()) {
    methods.Add({absl::StrCat("/lf.a2a.v1.A2AService/", ToAbsl(method.rpc)),
                 [&method, &services](Call& call, Headers metadata) {
                   return RelayA2a(call, method, services, std::move(metadata));
                 }});
  }
  methods.Add({"/sluice.v1.Gateway/Session", [&services](Call& call, Headers metadata) {
                 return RelaySession(call, services, std::move(metadata));
               }});
  methods.Add({"/grpc.health.v1.Health/Check", [&services](Call& call, Headers) { return CheckHealth(call, services); },
               /*watches_life=*/true});
  methods.Add({"/grpc.health.v1.Health/Watch", [&services](Call& call, Headers) { return WatchHealth(call, services); },
               /*watches_life=*/true});
}

}  // namespace sluice::frontend
