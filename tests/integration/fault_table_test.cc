// Whatever goes wrong, the caller learns what and why, what came before is delivered, the agent's connection is closed
// or used again as it should be, and no other call notices. One row is one case; the program prints the table.
#include "tests/integration/fault_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>

#include "server/base/reasons.h"

namespace sluice::testing {
namespace {

using agent::AgentStats;
using lf::a2a::v1::StreamResponse;
using std::chrono::milliseconds;

std::string Url(const std::string& port) { return "http://127.0.0.1:" + port + "/"; }

// One agent and one gateway for all rows. The gateway reaches the agent by several names, each with a clock or a limit
// of its own, and knows some places where nobody answers.
class Stage {
 public:
  agent::Agent& agent() { return *agent_; }
  TestGateway& gateway() { return gateway_; }

 private:
  static config::Upstream Named(const std::string& name, const std::string& url) {
    return TestUpstream(name, url, config::UpstreamKind::kA2a);
  }
  config::Config Configure() const {
    config::Config config = TestConfig(agent_->url());
    config.shards = 1;  // and so one pool of connections
    auto& upstreams = config.upstreams;
    upstreams.push_back(TestUpstream("rpc", agent_->url(), config::UpstreamKind::kJsonRpc));
    upstreams.push_back(Named("first byte 200 ms", agent_->url()));
    upstreams.back().clocks.first_byte = milliseconds(200);
    upstreams.push_back(Named("idle 400 ms", agent_->url()));
    upstreams.back().clocks.idle = milliseconds(400);
    upstreams.push_back(Named("total 400 ms", agent_->url()));
    upstreams.back().clocks.total = milliseconds(400);
    upstreams.push_back(Named("events of 64 KiB", agent_->url()));
    upstreams.back().limits.event_bytes = 64 * config::kKiB;
    upstreams.push_back(Named("closed port", Url(std::to_string(closed_.port()))));
    upstreams.push_back(Named("full port", Url(std::to_string(full_.port()))));
    upstreams.back().clocks.connect = milliseconds(100);
    return config;
  }

  std::unique_ptr<agent::Agent> agent_ = agent::Agent::Start({}).value();
  ClosedPort closed_;
  FullListener full_;
  TestGateway gateway_{Configure()};
};

// A stream that stands open beside the call that goes wrong, until its task is cancelled.
class Witness {
 public:
  explicit Witness(Stage& stage) : stub_(stage.gateway().A2a()) {
    reader_ = stub_->SendStreamingMessage(context_.get(), TextRequest("silent 3600000"));
    StreamResponse event;
    EXPECT_TRUE(reader_->Read(&event));
    task_id_ = event.task().id();
  }

  // Ends the task: another call through the same gateway, on a connection of its own or on one that was kept.
  void CancelTask() {
    lf::a2a::v1::CancelTaskRequest request;
    request.set_id(task_id_);
    lf::a2a::v1::Task task;
    const grpc::Status status = stub_->CancelTask(NewContext().get(), request, &task);
    EXPECT_TRUE(status.ok()) << "another call noticed: " << status.error_message();
  }
  void ExpectUndisturbed() {
    StreamResponse event;
    EXPECT_TRUE(reader_->Read(&event)) << "another stream noticed";
    EXPECT_EQ(event.status_update().status().state(), lf::a2a::v1::TASK_STATE_CANCELED);
    EXPECT_FALSE(reader_->Read(&event));
    const grpc::Status status = reader_->Finish();
    EXPECT_TRUE(status.ok()) << "another stream noticed: " << status.error_message();
  }

 private:
  std::unique_ptr<lf::a2a::v1::A2AService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_ = NewContext();
  std::unique_ptr<grpc::ClientReader<StreamResponse>> reader_;
  std::string task_id_;
};

Observed RunOn(Stage& stage, const Row& row) {
  Witness witness(stage);
  const AgentStats before = stage.agent().stats();
  const std::int64_t dropped_before = stage.gateway().counters().responses_dropped;
  const std::string text = row.fault.empty() ? row.script : "fault " + row.fault + "; " + row.script;
  const Made made = MakeCall(stage.gateway(), row.shape, text, row.upstream);
  Observed seen = made.seen;
  seen.connection = ConnectionSince(stage.agent(), before, row.expect.connection);
  seen.dropped = static_cast<int>(stage.gateway().counters().responses_dropped - dropped_before);

  const std::uint64_t accepted_before = stage.agent().stats().connections_accepted;
  witness.CancelTask();
  seen.reused = stage.agent().stats().connections_accepted == accepted_before;
  witness.ExpectUndisturbed();
  made.finish();
  return seen;
}

std::string Joined(const Details& details) {
  std::string joined;
  for (const auto& [key, value] : details) joined += (joined.empty() ? "" : ", ") + key;
  return joined;
}

std::string_view Name(Connection connection) {
  if (connection == Connection::kNone) return "none";
  return connection == Connection::kClosed ? "closed" : "reused";
}

void Print(const Row& row, const Observed& seen) {
  std::string fault = row.fault.empty() ? row.script : row.fault;
  if (!row.upstream.empty()) fault += " (" + row.upstream + ")";
  Details told = seen.details;
  if (seen.retry_ms > 0) told["RetryInfo"] = "";
  const std::string details = Joined(told);
  std::printf("| %s | %s | %s | %s | %s | %s | %d | %s |\n", fault.c_str(), std::string(ShapeName(row.shape)).c_str(),
              row.moment.c_str(), seen.status.c_str(), seen.reason.c_str(), details.c_str(), seen.events,
              std::string(Name(seen.connection)).c_str());
}

void Check(const Expect& expect, const Observed& seen) {
  EXPECT_EQ(seen.status, expect.status) << seen.message;
  EXPECT_EQ(seen.reason, expect.reason) << seen.message;
  if (!expect.reason.empty()) {
    EXPECT_EQ(seen.domain, expect.domain);
    EXPECT_FALSE(seen.message.empty());
  }
  for (const auto& [key, value] : expect.details) {
    const auto found = seen.details.find(key);
    const std::string told = found == seen.details.end() ? "-" : found->second;
    EXPECT_TRUE(value == "*" ? told != "-" : told == value) << key << " is " << told << ", not " << value;
  }
  EXPECT_EQ(seen.retry_ms, expect.retry_ms);
  EXPECT_EQ(seen.dropped, expect.dropped);
  EXPECT_LE(seen.events, expect.events);
  if (!expect.fewer_events_too) {
    EXPECT_EQ(seen.events, expect.events);
  }
  EXPECT_EQ(Name(seen.connection), Name(expect.connection));
}

class FaultTableTest : public ::testing::TestWithParam<Row> {
 protected:
  static void SetUpTestSuite() {
    stage_ = new Stage;
    std::printf("| fault | shape | moment | status | reason | details | events | connection |\n");
    std::printf("|---|---|---|---|---|---|---|---|\n");
  }
  static void TearDownTestSuite() {
    EXPECT_TRUE(stage_->gateway().BecomesQuiet());
    delete stage_;
  }
  static Stage* stage_;
};
Stage* FaultTableTest::stage_ = nullptr;

TEST_P(FaultTableTest, IsToldAsSpecified) {
  const Row& row = GetParam();
  const Observed seen = row.own_set_up ? row.own_set_up() : RunOn(*stage_, row);
  Print(row, seen);
  Check(row.expect, seen);
  if (!row.own_set_up && seen.connection != Connection::kNone) {
    EXPECT_EQ(seen.reused, seen.connection == Connection::kKept) << "by the next call";
  }
}

std::string RowName(const ::testing::TestParamInfo<Row>& info) {
  std::string name;
  for (const char c : std::string(ShapeName(info.param.shape)) + " " + info.param.fault + " " + info.param.upstream) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) name += c;
    if (!plain && !name.empty() && name.back() != '_') name += '_';
  }
  return std::to_string(info.index) + "_" + name;
}

INSTANTIATE_TEST_SUITE_P(Connection, FaultTableTest, ::testing::ValuesIn(ConnectionRows()), RowName);
INSTANTIATE_TEST_SUITE_P(Answer, FaultTableTest, ::testing::ValuesIn(AnswerRows()), RowName);
INSTANTIATE_TEST_SUITE_P(SetUp, FaultTableTest, ::testing::ValuesIn(SetUpRows()), RowName);

TEST(FaultTable, HoldsEveryReasonOfOurs) {
  std::set<std::string> told;
  for (const auto& rows : {ConnectionRows(), AnswerRows(), SetUpRows()}) {
    for (const Row& row : rows) told.insert(row.expect.reason);
  }
  // What no A2A call and no session comes to has its rows elsewhere.
  told.emplace(reason::kUpstreamSessionLost);  // mcp_session_test.cc
  told.emplace(reason::kUpstreamError);        // http_stream_test.cc
  for (const ReasonInfo& row : AllReasons()) EXPECT_TRUE(told.contains(std::string(row.reason))) << row.reason;
}

}  // namespace

std::string_view ShapeName(Shape shape) {
  switch (shape) {
    case Shape::kUnary:
      return "unary";
    case Shape::kStream:
      return "stream";
    case Shape::kSession:
      return "session";
    case Shape::kRpcSession:
      return "rpc session";
    case Shape::kRpcUnary:
      return "rpc session, JSON";
  }
  return "?";
}

}  // namespace sluice::testing
