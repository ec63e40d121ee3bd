// Where an A2A call goes, and with which tenant.
#include "server/frontend/upstreams.h"

#include <gtest/gtest.h>

#include "server/base/status.h"
#include "server/config/parse_address.h"
#include "server/frontend/metadata.h"

namespace sluice::frontend {
namespace {

config::Upstream Configured(const std::string& name, config::UpstreamKind kind = config::UpstreamKind::kA2a) {
  config::Upstream upstream;
  upstream.name = name;
  upstream.kind = kind;
  upstream.url = *config::ParseUrl("http://127.0.0.1:1/");
  return upstream;
}

std::vector<config::Upstream> WithRoutes() {
  std::vector<config::Upstream> all = {Configured("tools", config::UpstreamKind::kMcp), Configured("first"),
                                       Configured("second"), Configured("old")};
  all[2].tenants = {"acme", "second"};
  all[2].authorities = {"second.example", "[::1]:7"};
  all[3].version = config::A2aVersion::k03;
  all[3].tenants = {"corp"};
  all[3].authorities = {"old.example:443"};
  return all;
}

struct Row {
  std::string name;
  std::string upstream;   // metadata sluice-upstream
  std::string tenant;     // of the request
  std::string authority;  // of the call
  std::string goes_to;    // "NAME tenant", or what the error says
  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }
};

class RouteTest : public ::testing::TestWithParam<Row> {};
TEST_P(RouteTest, GoesWhereTheFirstThatSaysSoSays) {
  const discovery::Directory directory(WithRoutes());
  const Upstreams upstreams(directory);
  const Row& row = GetParam();
  Headers metadata = {{std::string(kAuthority), row.authority}};
  if (!row.upstream.empty()) metadata.emplace_back("sluice-upstream", row.upstream);
  const auto route = upstreams.ForA2a(metadata, row.tenant);
  if (route.ok()) {
    EXPECT_EQ(route->upstream->config.name + ' ' + route->tenant, row.goes_to);
  } else {
    EXPECT_EQ(route.status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(route.status().message(), row.goes_to);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Table, RouteTest,
    ::testing::Values(
        Row{"Nothing", "", "", "gw:50051", "first "}, Row{"Metadata", "second", "", "gw:50051", "second "},
        Row{"MetadataBeforeTenant", "first", "acme", "second.example", "first acme"},
        Row{"MetadataOfAnotherKind", "tools", "", "",
            "no upstream \"tools\" of this kind; there are: tools (mcp), first (a2a), second (a2a), old (a2a)"},
        Row{"MetadataUnknown", "x\xff", "", "",
            "no upstream \"x\xef\xbf\xbd\" of this kind; there are: tools (mcp), first (a2a), second (a2a), old (a2a)"},
        Row{"Tenant", "", "acme", "old.example:443", "second acme"},
        Row{"TenantThatIsOnlyAName", "", "first", "", "first "},
        Row{"TenantThatIsANameAndListed", "", "second", "", "second second"},
        Row{"TenantOfAnAgentOf03", "", "corp", "", "old "}, Row{"NameOfAnAgentOf03", "", "old", "", "old "},
        Row{"TenantThatAnAgentOf03CannotBeTold", "old", "x", "", "old x"},
        Row{"NameOfAnotherKind", "", "tools", "",
            "no upstream has the tenant \"tools\"; tenants: first, second, acme, old, corp"},
        Row{"TenantUnknown", "", "x", "gw:50051",
            "no upstream has the tenant \"x\"; tenants: first, second, acme, old, corp"},
        Row{"TenantUnknownToAKnownAuthority", "", "x", "second.example", "second x"},
        Row{"AuthorityWithAnyPort", "", "", "Second.Example:50051", "second "},
        Row{"AuthorityWithoutPort", "", "", "second.example", "second "},
        Row{"AuthorityWithItsPort", "", "", "old.example:443", "old "},
        Row{"AuthorityWithAnotherPort", "", "", "old.example:444", "first "},
        Row{"AuthorityOfIpv6", "", "", "[::1]:7", "second "},
        Row{"AuthorityOfIpv6WithoutPort", "", "", "[::1]", "first "},
        Row{"AuthorityAtTheEndOfAnother", "", "", "x.second.example", "first "}),
    [](const auto& row) { return row.param.name; });

TEST(UpstreamsTest, PassATenantOnThatIsTheAgentsOwnMatter) {
  const discovery::Directory directory({Configured("tools", config::UpstreamKind::kMcp), Configured("a")});
  const auto route = Upstreams(directory).ForA2a({}, "anything");
  ASSERT_TRUE(route.ok()) << route.status();
  EXPECT_EQ(route->upstream->config.name, "a");
  EXPECT_EQ(route->tenant, "anything");
}

TEST(UpstreamsTest, OfSeveralAgentsTakeNoneForATenantThatIsNoneOfTheirs) {
  const discovery::Directory directory({Configured("writer"), Configured("research")});
  const auto route = Upstreams(directory).ForA2a({}, "reserach");
  EXPECT_EQ(route.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(route.status().message(), "no upstream has the tenant \"reserach\"; tenants: writer, research");
}

TEST(UpstreamsTest, AnAuthorityWithItsPortCountsBeforeOneForAnyPort) {
  std::vector<config::Upstream> all = {Configured("any"), Configured("one")};
  all[0].authorities = {"a.example"};
  all[1].authorities = {"a.example:443"};
  const discovery::Directory directory(all);
  EXPECT_EQ(Upstreams(directory).ForA2a({{std::string(kAuthority), "a.example:443"}}, "")->upstream->config.name,
            "one");
  EXPECT_EQ(Upstreams(directory).ForA2a({{std::string(kAuthority), "a.example:80"}}, "")->upstream->config.name, "any");
}

TEST(UpstreamsTest, GiveACallWithoutTenantTheOneThatTheCardAsksFor) {
  const discovery::Directory directory({Configured("a")});
  directory.all()[0].Learn(std::make_shared<const discovery::Agent>(
      discovery::Agent{translate::A2aVersion::k10, "/", "of the card", nullptr}));
  const Upstreams upstreams(directory);
  EXPECT_EQ(upstreams.ForA2a({}, "")->tenant, "of the card");
  EXPECT_EQ(upstreams.ForA2a({}, "a")->tenant, "of the card");
  EXPECT_EQ(upstreams.ForA2a({}, "own")->tenant, "own");
}

TEST(UpstreamsTest, WithoutAgentSayWhatThereIs) {
  const discovery::Directory directory({Configured("tools", config::UpstreamKind::kMcp)});
  const auto route = Upstreams(directory).ForA2a({}, "");
  EXPECT_EQ(route.status().message(), "no upstream of this kind is configured; there are: tools (mcp)");
}

}  // namespace
}  // namespace sluice::frontend
