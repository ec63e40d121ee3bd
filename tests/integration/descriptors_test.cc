// Descriptors near their end: what needs one more is refused before anything of it was sent, clients still come in, and
// when streams end everything works again.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/agent/agent.h"
#include "tests/integration/fixture.h"
#include "tests/integration/gateway_child.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::StreamResponse;

constexpr int kDescriptors = 96;
constexpr int kReserved = 16;

// A stream that stays open.
struct HeldStream {
  explicit HeldStream(lf::a2a::v1::A2AService::Stub& stub, const std::string& upstream = "") {
    if (!upstream.empty()) context->AddMetadata("sluice-upstream", upstream);
    reader = stub.SendStreamingMessage(context.get(), TextRequest("silent 3600000"));
  }
  ~HeldStream() {
    if (!reader) return;
    context->TryCancel();
    reader->Finish();
  }
  // False: it was refused.
  bool Begins() { return reader->Read(&event); }
  grpc::Status Finish() { return std::exchange(reader, nullptr)->Finish(); }

  std::unique_ptr<grpc::ClientContext> context = NewContext();
  std::unique_ptr<grpc::ClientReader<StreamResponse>> reader;
  StreamResponse event;
};
using HeldStreams = std::vector<std::unique_ptr<HeldStream>>;

// Opens streams until one is refused, and returns its status.
grpc::Status HoldAsManyAsItTakes(lf::a2a::v1::A2AService::Stub& stub, HeldStreams& held,
                                 const std::string& upstream = "") {
  while (held.size() < kDescriptors) {
    auto stream = std::make_unique<HeldStream>(stub, upstream);
    if (!stream->Begins()) return stream->Finish();
    held.push_back(std::move(stream));
  }
  return grpc::Status::OK;
}

grpc::Status SayHello(lf::a2a::v1::A2AService::Stub& stub) {
  lf::a2a::v1::SendMessageResponse response;
  return stub.SendMessage(NewContext().get(), TextRequest("hello"), &response);
}

TEST(DescriptorsTest, BeyondThemCallsAreRefusedClientsComeInAndAfterwardsAllIsWell) {
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE, {"--upstream=" + agent->url(), "--lame-duck=0s"}, kDescriptors);
  const auto stub = gateway.NewA2a();
  HeldStreams held;
  const grpc::Status refused = HoldAsManyAsItTakes(*stub, held);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << refused.error_message();
  const google::rpc::ErrorInfo info = ErrorInfoOf(refused);
  EXPECT_EQ(info.reason(), "OVER_LIMIT");
  EXPECT_EQ(info.metadata().at("cause"), "descriptors");
  EXPECT_EQ(info.metadata().count("may_have_run"), 0u);
  EXPECT_NE(refused.error_details().find("google.rpc.RetryInfo"), std::string::npos);
  EXPECT_GE(held.size(), kDescriptors / 2u);
  EXPECT_LE(gateway.descriptors(), kDescriptors - kReserved / 2) << "the rest is for clients";
  EXPECT_EQ(agent->stats().requests["SendStreamingMessage"], held.size()) << "nothing of a refused call was sent";

  // Each of these has a connection of its own.
  std::vector<std::unique_ptr<lf::a2a::v1::A2AService::Stub>> clients;
  for (int i = 0; i < kReserved / 2; ++i) {
    clients.push_back(gateway.NewA2a());
    const grpc::Status status = SayHello(*clients.back());
    EXPECT_EQ(ErrorInfoOf(status).reason(), "OVER_LIMIT") << "it came in, and was told: " << status.error_message();
  }

  held.clear();
  ASSERT_TRUE(agent->WaitUntil([](const agent::AgentStats& stats) { return stats.open_streams == 0; }, kPatience));
  EXPECT_TRUE(SayHello(*stub).ok());
  EXPECT_TRUE(SayHello(*clients.front()).ok());
  gateway.Stop();
}

// Connections without a word on them: what anybody can open.
class IdleClients {
 public:
  IdleClients(const std::string& address, int count) {
    const std::size_t colon = address.rfind(':');
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr);
    for (int i = 0; i < count; ++i) {
      sockets_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      EXPECT_EQ(connect(sockets_.back(), reinterpret_cast<sockaddr*>(&where), sizeof where), 0) << i;
    }
  }
  ~IdleClients() {
    for (const int socket : sockets_) close(socket);
  }
  // Waits until the gateway has closed the last one.
  bool LastIsLetGo() const {
    pollfd wait{sockets_.back(), POLLIN, 0};
    char byte = 0;
    return poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) == 1 &&
           read(sockets_.back(), &byte, 1) <= 0;
  }

 private:
  std::vector<int> sockets_;
};

TEST(DescriptorsTest, ClientsCannotTakeTheLastOnesAndTheListenerOutlivesTheTry) {
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE, {"--upstream=" + agent->url(), "--lame-duck=0s"}, kDescriptors);
  const auto before = gateway.NewA2a();
  EXPECT_TRUE(SayHello(*before).ok());
  {
    const IdleClients crowd(gateway.address(), 2 * kDescriptors);
    EXPECT_TRUE(crowd.LastIsLetGo());
    EXPECT_LT(gateway.descriptors(), kDescriptors);
    const grpc::Status status = SayHello(*before);
    EXPECT_TRUE(status.ok() || ErrorInfoOf(status).reason() == "OVER_LIMIT")
        << "who is in goes on, or is told: " << status.error_message();
  }
  EXPECT_TRUE(Eventually([&] { return SayHello(*gateway.NewA2a()).ok(); })) << "the listener gave up";
  gateway.Stop();
}

TEST(DescriptorsTest, IdleConnectionsMakeRoomForThoseThatAreNeeded) {
  const auto idle_agent = agent::Agent::Start({}).value();
  const auto agent = agent::Agent::Start({}).value();
  GatewayChild gateway(SLUICE,
                       {"--upstream=idle=" + idle_agent->url(), "--upstream=busy=" + agent->url(), "--lame-duck=0s"},
                       kDescriptors);
  const auto stub = gateway.NewA2a();
  constexpr std::size_t kIdle = 40;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<StreamResponse>>> readers;
  StreamResponse event;
  for (std::size_t i = 0; i < kIdle; ++i) {
    contexts.push_back(NewContext());
    readers.push_back(stub->SendStreamingMessage(contexts.back().get(), TextRequest("slow 1 500")));
    ASSERT_TRUE(readers.back()->Read(&event));
  }
  for (auto& reader : readers) {
    while (reader->Read(&event)) {
    }
    EXPECT_TRUE(reader->Finish().ok());
  }
  HeldStreams held;
  HoldAsManyAsItTakes(*stub, held, "busy");
  EXPECT_GE(held.size(), kDescriptors / 2u);
  held.clear();
  gateway.Stop();
}

}  // namespace
}  // namespace sluice::testing
