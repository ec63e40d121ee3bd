#include "tests/integration/fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <thread>
#include <utility>

#include "google/rpc/status.pb.h"

namespace sluice::testing {
namespace {

using std::chrono::milliseconds;

config::Url ParseUrl(const std::string& url) {
  // "http://127.0.0.1:PORT/path": what test upstreams give.
  config::Url parsed;
  parsed.tls = url.rfind("https://", 0) == 0;
  const std::string rest = url.substr(parsed.tls ? 8 : 7);
  const std::size_t slash = rest.find('/');
  parsed.host_header = rest.substr(0, slash);
  parsed.path = slash == std::string::npos ? "/" : rest.substr(slash);
  const std::size_t colon = parsed.host_header.rfind(':');
  parsed.host = parsed.host_header.substr(0, colon);
  parsed.port = static_cast<std::uint16_t>(std::stoi(parsed.host_header.substr(colon + 1)));
  return parsed;
}

}  // namespace

config::Upstream TestUpstream(const std::string& name, const std::string& url, config::UpstreamKind kind) {
  config::Upstream upstream;
  upstream.name = name;
  upstream.url = ParseUrl(url);
  upstream.kind = kind;
  upstream.card.refresh.reset();  // tests count what an upstream is asked
  return upstream;
}

config::Config TestConfig(const std::string& upstream_url, config::UpstreamKind kind) {
  config::Config config;
  config.listen.port = 0;
  config.http_listen.port = 0;
  config.upstreams = {TestUpstream("default", upstream_url, kind)};
  config.drain.lame_duck = milliseconds(0);
  config.drain.refuse = milliseconds(0);
  config.drain.deadline = milliseconds(2000);
  return config;
}

std::string HttpGet(const std::string& address, const std::string& path, const std::string& headers) {
  const std::size_t colon = address.rfind(':');
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) {
    close(fd);
    return "refused";
  }
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n";
  (void)!write(fd, request.data(), request.size());
  std::string answer;
  char buffer[1024];
  for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0;) answer.append(buffer, static_cast<std::size_t>(got));
  close(fd);
  return answer;
}

bool Eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

// Reads what the log writes, on a thread of its own.
struct TestGateway::LogPipe {
  LogPipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
    read_end = ends[0];
    write_end = ends[1];
    reader = std::thread([this] {
      char buffer[4096];
      for (ssize_t got; (got = ::read(read_end, buffer, sizeof buffer)) > 0;) {
        std::lock_guard lock(mu);
        text.append(buffer, static_cast<std::size_t>(got));
      }
    });
  }
  ~LogPipe() {
    ::close(write_end);
    reader.join();
    ::close(read_end);
  }
  int read_end = -1;
  int write_end = -1;
  std::mutex mu;
  std::string text;  // guarded by mu
  std::thread reader;
};

TestGateway::TestGateway(config::Config config)
    : pipe_(std::make_unique<LogPipe>()), log_(std::make_unique<observe::Log>(pipe_->write_end)) {
  gateway_ = std::make_unique<Gateway>(std::move(config), *log_);
  const absl::Status started = gateway_->Start();
  EXPECT_TRUE(started.ok()) << started;
  channel_ = NewChannel();
}

TestGateway::~TestGateway() {
  if (gateway_) Drain();
}

void TestGateway::Drain() {
  channel_.reset();
  Drain(StopKind::kInteractive, [](milliseconds time) {
    std::this_thread::sleep_for(time);
    return false;
  });
}

void TestGateway::Drain(StopKind kind, const Gateway::WaitFn& wait) {
  gateway_->Drain(kind, wait);
  EXPECT_TRUE(gateway_->CountersMatch()) << gateway_->counters().ToString();
  gateway_.reset();
  log_.reset();
}

std::shared_ptr<grpc::Channel> TestGateway::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt("grpc.enable_http_proxy", 0);
  arguments.SetInt("grpc.use_local_subchannel_pool", 1);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  return grpc::CreateCustomChannel(gateway_->grpc_address(), grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<lf::a2a::v1::A2AService::Stub> TestGateway::A2a() const {
  return lf::a2a::v1::A2AService::NewStub(channel_);
}

std::unique_ptr<sluice::v1::Gateway::Stub> TestGateway::Sessions() const {
  return sluice::v1::Gateway::NewStub(channel_);
}

bool TestGateway::BecomesQuiet() {
  return Eventually([this] { return counters().calls_live == 0 && counters().exchanges_live == 0; });
}

std::vector<std::string> TestGateway::WaitForLog(const std::string& part) {
  std::vector<std::string> lines;
  Eventually([&] {
    lines.clear();
    std::lock_guard lock(pipe_->mu);
    for (std::size_t begin = 0, end; (end = pipe_->text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      std::string line = pipe_->text.substr(begin, end - begin);
      if (line.find(part) != std::string::npos) lines.push_back(std::move(line));
    }
    return !lines.empty();
  });
  return lines;
}

std::unique_ptr<grpc::ClientContext> NewContext(milliseconds deadline) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + deadline);
  return context;
}

lf::a2a::v1::SendMessageRequest TextRequest(const std::string& text, const std::string& task_id) {
  lf::a2a::v1::SendMessageRequest request;
  request.mutable_message()->set_message_id("m-1");
  request.mutable_message()->set_role(lf::a2a::v1::ROLE_USER);
  request.mutable_message()->add_parts()->set_text(text);
  if (!task_id.empty()) request.mutable_message()->set_task_id(task_id);
  return request;
}

google::rpc::ErrorInfo ErrorInfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return info;
  for (const auto& detail : details.details()) {
    if (detail.UnpackTo(&info)) return info;
  }
  return info;
}

}  // namespace sluice::testing
