#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/frontend/flows/flows.h"
#include "server/translate/proto_message.h"

namespace sluice::frontend {
namespace {

// Both versions, which are the same on the wire. They tell of every row there is, and of themselves.
void AddReflection(Methods& methods) {
  const std::set<std::string> versions = {"grpc.reflection.v1.ServerReflection",
                                          "grpc.reflection.v1alpha.ServerReflection"};
  std::set<std::string> served = methods.Services();
  served.insert(versions.begin(), versions.end());
  const std::set<std::string> details = {"google/rpc/error_details.proto"};  // what statuses carry
  const auto index =
      std::make_shared<const translate::DescriptorIndex>(translate::LinkedDescriptors(), std::move(served), details);
  for (const std::string& service : versions) {
    methods.Add({absl::StrCat("/", service, "/ServerReflectionInfo"),
                 [index](Call& call, Headers) { return Reflect(call, *index); }});
  }
}

// Both versions; the path tells which one the client speaks.
void AddA2a(Methods& methods, const Services& services) {
  using translate::A2aVersion;
  for (const translate::A2aMethod& method : translate::AllA2aMethods()) {
    const auto relay = [&method, &services](A2aVersion version) {
      return [&method, &services, version](Call& call, Headers metadata) {
        return RelayA2a(call, method, version, services, std::move(metadata));
      };
    };
    methods.Add({absl::StrCat("/lf.a2a.v1.A2AService/", ToAbsl(method.rpc)), relay(A2aVersion::k10)});
    if (method.v03.rpc.empty()) continue;
    methods.Add({absl::StrCat("/a2a.v1.A2AService/", ToAbsl(method.v03.rpc)), relay(A2aVersion::k03)});
  }
}

}  // namespace

void AddMethods(Methods& methods, const Services& services) {
  AddA2a(methods, services);
  methods.Add({"/sluice.v1.Conversation/Converse", [&services](Call& call, Headers metadata) {
                 return RelayConversation(call, services, std::move(metadata));
               }});
  methods.Add({"/sluice.v1.Gateway/Session", [&services](Call& call, Headers metadata) {
                 return RelaySession(call, services, std::move(metadata));
               }});
  methods.Add({"/sluice.v1.Gateway/Stream", [&services](Call& call, Headers metadata) {
                 return RelayHttpStream(call, services, std::move(metadata));
               }});
  methods.Add(
      {"/sluice.v1.Gateway/ListUpstreams", [&services](Call& call, Headers) { return ListUpstreams(call, services); }});
  methods.Add({"/grpc.health.v1.Health/Check", [&services](Call& call, Headers) { return CheckHealth(call, services); },
               /*watches_life=*/true});
  methods.Add({"/grpc.health.v1.Health/Watch", [&services](Call& call, Headers) { return WatchHealth(call, services); },
               /*watches_life=*/true});
  if (services.config.reflection) AddReflection(methods);  // last: it looks at the rows above
}

}  // namespace sluice::frontend
