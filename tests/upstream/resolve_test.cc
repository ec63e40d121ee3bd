// Names: this program has a getaddrinfo() of its own, so that a test says what a name means and how long it takes.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netdb.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "tests/upstream/loop_fixture.h"

namespace {

std::shared_ptr<sluice::testing::Gate> slow_name;  // what the lookup of slow.test waits for
std::atomic<int> lookups{0};

addrinfo* Entry(const char* address, const char* service, addrinfo* next) {
  auto* storage = static_cast<sockaddr_in*>(std::calloc(1, sizeof(sockaddr_in)));
  storage->sin_family = AF_INET;
  storage->sin_port = htons(static_cast<std::uint16_t>(std::strtoul(service, nullptr, 10)));
  inet_pton(AF_INET, address, &storage->sin_addr);
  auto* entry = static_cast<addrinfo*>(std::calloc(1, sizeof(addrinfo)));
  entry->ai_family = AF_INET;
  entry->ai_socktype = SOCK_STREAM;
  entry->ai_addrlen = sizeof(sockaddr_in);
  entry->ai_addr = reinterpret_cast<sockaddr*>(storage);
  entry->ai_next = next;
  return entry;
}

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* /*hints*/, addrinfo** result) {
  ++lookups;
  const std::string name = host;
  if (name == "slow.test" && !slow_name->Wait()) return EAI_AGAIN;
  if (name == "one.test" || name == "slow.test") {
    *result = Entry("127.0.0.1", service, nullptr);
  } else if (name == "two.test") {  // nobody listens at the first
    *result = Entry("127.0.0.2", service, Entry("127.0.0.1", service, nullptr));
  } else {
    return EAI_NONAME;
  }
  return 0;
}

extern "C" void freeaddrinfo(addrinfo* entry) {
  while (entry != nullptr) {
    addrinfo* next = entry->ai_next;
    std::free(entry->ai_addr);
    std::free(entry);
    entry = next;
  }
}

namespace sluice::upstream {
namespace {

using ::testing::HasSubstr;

class ResolveTest : public LoopFixture {
 protected:
  ResolveTest() {
    slow_name = std::make_shared<Gate>();
    lookups = 0;
  }
  ~ResolveTest() override { slow_name->Open(); }  // the loop's destructor waits for a running lookup

  static ExchangeRequest PostTo(const std::string& host, std::uint16_t port) {
    ExchangeRequest request = Post(port);
    request.target = TargetAt(port, host);
    return request;
  }

  static void Answer(RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write(Ok("found"));
  }
};

TEST_F(ResolveTest, FindsAName) {
  RawUpstream server(Answer);
  EXPECT_EQ(Run(PostTo("one.test", server.port())).body, "found");
  EXPECT_EQ(lookups, 1);
}

TEST_F(ResolveTest, AnAddressNeedsNoLookup) {
  RawUpstream server(Answer);
  EXPECT_EQ(Run(PostTo("127.0.0.1", server.port())).body, "found");
  EXPECT_EQ(lookups, 0);
}

TEST_F(ResolveTest, TriesEachAddressOfAName) {
  RawUpstream server(Answer);
  EXPECT_EQ(Run(PostTo("two.test", server.port())).body, "found");
}

TEST_F(ResolveTest, SaysWhichNameIsUnknown) {
  const Told told = Run(PostTo("unknown.test", 80));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kUnreachable);
  EXPECT_THAT(told.end->detail, HasSubstr("resolve unknown.test: Host not found"));
  EXPECT_EQ(told.end->cause, Cause::kResolve);
  EXPECT_FALSE(told.end->request_sent);
}

TEST_F(ResolveTest, SaysWhereItCouldNotConnectWhenNoAddressAnswers) {
  const testing::ClosedPort closed;
  const Told told = Run(PostTo("two.test", closed.port()));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kUnreachable);
  EXPECT_EQ(told.end->detail, "connect to two.test:" + std::to_string(closed.port()) + ": Connection refused");
}

TEST_F(ResolveTest, ASlowLookupHoldsUpNobodyElse) {
  RawUpstream server(Answer);
  const ExchangeId slow = Start(PostTo("slow.test", server.port()));
  EXPECT_EQ(Run(PostTo("127.0.0.1", server.port())).body, "found");
  EXPECT_EQ(log_.Get(slow).ends, 0);
  slow_name->Open();
  EXPECT_EQ(log_.WaitForEnd(slow).body, "found");
}

TEST_F(ResolveTest, ThoseWhoAskForTheSameNameShareALookup) {
  RawUpstream server(Answer);
  std::vector<ExchangeId> ids;
  for (int i = 0; i < 10; ++i) ids.push_back(Start(PostTo("slow.test", server.port())));
  loop_.Abort(ids[3]);  // its leaving does not disturb the others
  log_.WaitForEnd(ids[3]);
  slow_name->Open();
  for (const ExchangeId id : ids) {
    const Told told = log_.WaitForEnd(id);
    EXPECT_EQ(told.outcome(), id == ids[3] ? ExchangeOutcome::kAborted : ExchangeOutcome::kComplete);
  }
  EXPECT_EQ(lookups, 1);
}

TEST_F(ResolveTest, AnAbortDoesNotWaitForTheLookup) {
  const ExchangeId id = Start(PostTo("slow.test", 80));
  loop_.Abort(id);
  EXPECT_EQ(log_.WaitForEnd(id).outcome(), ExchangeOutcome::kAborted) << "the name is still not known";
  EXPECT_EQ(loop_.exchanges_live(), 0);
}

TEST_F(ResolveTest, TheConnectClockCoversTheLookup) {
  ExchangeRequest request = PostTo("slow.test", 80);
  request.clocks.connect = milliseconds(50);
  const Told told = Run(std::move(request));
  EXPECT_EQ(told.outcome(), ExchangeOutcome::kConnectTimeout);
  EXPECT_FALSE(told.end->request_sent);
}

TEST_F(ResolveTest, StopDoesNotWaitForTheLookup) {
  const ExchangeId id = Start(PostTo("slow.test", 80));
  loop_.Stop();
  EXPECT_EQ(log_.Get(id).ends, 1) << "the name is still not known";
}

// A host whose first address swallows packets: its share of the connect clock is half, then the second one is tried.
TEST_F(ResolveTest, AnAddressThatSwallowsPacketsDoesNotUseUpTheTimeOfTheNext) {
  const testing::FullListener swallowing("127.0.0.2");
  RawUpstream server(Answer, std::nullopt, swallowing.port());
  ExchangeRequest request = PostTo("two.test", server.port());
  request.clocks.connect = milliseconds(2000);
  EXPECT_EQ(Run(std::move(request)).body, "found");
}

}  // namespace
}  // namespace sluice::upstream
