#include "tests/integration/gateway_child.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace sluice::testing {
namespace {

// `sh` sets the limit and becomes the program.
std::vector<std::string> Words(const std::string& program, const std::vector<std::string>& arguments, int descriptors) {
  const std::string limit = descriptors > 0 ? "ulimit -n " + std::to_string(descriptors) + "; " : "";
  std::vector<std::string> words = {"-c", limit + "exec \"$0\" \"$@\"", program, "--listen=127.0.0.1:0",
                                    "--http-listen=127.0.0.1:0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

std::string WordAfter(const std::string& text, const std::string& label) {
  const std::size_t begin = text.find(label) + label.size();
  return text.substr(begin, text.find_first_of(" \n", begin) - begin);
}

}  // namespace

GatewayChild::GatewayChild(const std::string& program, const std::vector<std::string>& arguments, int descriptors)
    : child_("/bin/sh", Words(program, arguments, descriptors)) {
  if (!child_.WaitForOut("serving grpc=") || !child_.WaitForOut("\n")) return;
  address_ = WordAfter(child_.out(), "grpc=");
  http_address_ = WordAfter(child_.out(), "http=");
}

std::shared_ptr<grpc::Channel> GatewayChild::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt("grpc.enable_http_proxy", 0);
  arguments.SetInt("grpc.use_local_subchannel_pool", 1);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  return grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<lf::a2a::v1::A2AService::Stub> GatewayChild::NewA2a() const {
  return lf::a2a::v1::A2AService::NewStub(NewChannel());
}

std::size_t GatewayChild::resident_bytes() const {
  std::ifstream statm("/proc/" + std::to_string(child_.pid()) + "/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

int GatewayChild::descriptors() const {
  const std::filesystem::directory_iterator open("/proc/" + std::to_string(child_.pid()) + "/fd");
  return static_cast<int>(std::distance(begin(open), end(open)));
}

void GatewayChild::Stop() {
  child_.Signal(SIGTERM);
  EXPECT_EQ(child_.Finish(), 0) << child_.err();
  for (const char* bad : {"assertion failed", "API misuse", "before its server", "MISMATCH"}) {
    EXPECT_EQ(child_.err().find(bad), std::string::npos) << child_.err();
  }
  EXPECT_NE(child_.err().find(" match\n"), std::string::npos) << child_.err();
}

void GatewayChild::Kill() {
  child_.Signal(SIGKILL);
  EXPECT_EQ(child_.Finish(), 1000 + SIGKILL);
}

}  // namespace sluice::testing
