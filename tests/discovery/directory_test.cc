// What the directory tells of its upstreams.
#include "server/discovery/directory.h"

#include <gtest/gtest.h>

#include "server/config/parse_address.h"

namespace sluice::discovery {
namespace {

config::Upstream Configured(const std::string& name, config::UpstreamKind kind = config::UpstreamKind::kA2a) {
  config::Upstream upstream;
  upstream.name = name;
  upstream.kind = kind;
  upstream.url = *config::ParseUrl("http://127.0.0.1:1/" + name);
  return upstream;
}

TEST(DirectoryTest, TellsHowClientsReachEachAgent) {
  std::vector<config::Upstream> configured = {Configured("tools", config::UpstreamKind::kMcp),
                                              Configured("first"),
                                              Configured("named"),
                                              Configured("tenants"),
                                              Configured("host"),
                                              Configured("port")};
  configured[3].tenants = {"acme", "other"};
  configured[4].authorities = {"agents.example"};
  configured[5].authorities = {"[::1]:7", "b"};
  configured[5].tenants = {"t"};
  Directory directory(configured);
  directory.SetPublicAddress("gw:50051");
  struct Row {
    std::string address;
    std::string tenant;
    bool reachable_by_03;
  };
  const Row rows[] = {{"gw:50051", "", true},
                      {"gw:50051", "named", false},
                      {"gw:50051", "acme", false},
                      {"agents.example:50051", "", true},
                      {"[::1]:7", "", true}};
  EXPECT_EQ(directory.default_agent(), &directory.all()[1]);
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const auto gateway = directory.InterfaceOf(directory.all()[i + 1]);
    EXPECT_EQ(gateway.address, rows[i].address) << i;
    EXPECT_EQ(gateway.tenant, rows[i].tenant) << i;
    EXPECT_EQ(gateway.reachable_by_03, rows[i].reachable_by_03) << i;
  }
}

TEST(DirectoryTest, APostGoesWhereTheAgentIsKnownToBe) {
  const Directory directory({Configured("a")});
  const UpstreamEntry& entry = directory.all()[0];
  EXPECT_EQ(entry.Post({}, "").path, "/a");
  EXPECT_EQ(entry.a2a_version(), translate::A2aVersion::k10);
  entry.Learn(std::make_shared<const Agent>(Agent{translate::A2aVersion::k03, "/rpc", "", nullptr}));
  EXPECT_EQ(entry.Post({}, "").path, "/rpc");
  EXPECT_EQ(entry.Post({}, "").target, entry.target);
  EXPECT_EQ(entry.a2a_version(), translate::A2aVersion::k03);
}

}  // namespace
}  // namespace sluice::discovery
