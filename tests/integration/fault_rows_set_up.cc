// Rows of the fault table that the demo agent cannot cause: the network, the client, the gateway's limits and its end.
#include <gtest/gtest.h>

#include <thread>

#include "tests/integration/fault_table.h"
#include "tests/integration/raw_answers.h"
#include "tests/support/certificates.h"

namespace sluice::testing {
namespace {

using enum Shape;
using agent::Agent;
using agent::AgentStats;
using lf::a2a::v1::StreamResponse;
using std::chrono::milliseconds;

constexpr auto kClosed = Connection::kClosed;
constexpr auto kNone = Connection::kNone;

// ---- nobody answers -------------------------------------------------------------------------------------------------

std::vector<Row> Nobody() {
  const Expect unreachable{"UNAVAILABLE",
                           "UPSTREAM_UNREACHABLE",
                           0,
                           kNone,
                           {{"may_have_run", "-"}, {"cause", "refused"}, {"upstream", "*"}}};
  const Expect slow{"UNAVAILABLE", "UPSTREAM_TIMEOUT_CONNECT", 0, kNone, {{"may_have_run", "-"}, {"upstream", "*"}}};
  const Expect unknown{"NOT_FOUND", "UNKNOWN_UPSTREAM", 0, kNone, {{"upstream", "nobody"}}};
  std::vector<Row> rows;
  for (const Shape shape : {kUnary, kStream, kSession}) {
    rows.push_back({shape, "", "hello", "connecting", unreachable, "closed port"});
    rows.push_back({shape, "", "hello", "connecting", slow, "full port"});
    rows.push_back({shape, "", "hello", "at once", unknown, "nobody"});
  }
  return rows;
}

// ---- limits ---------------------------------------------------------------------------------------------------------

// Answers every call with a task that works until the gate is opened.
class PatientUpstream {
 public:
  std::string url() const { return Url(upstream_); }
  int requests() const { return upstream_.requests(); }
  void LetGo() { gate_.Open(); }

 private:
  Gate gate_;
  RawUpstream upstream_{[this](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kSseHead) + Chunk(TaskEvent("TASK_STATE_WORKING")));
    gate_.Wait();
    connection.Write(Chunk(StatusEvent("TASK_STATE_COMPLETED")) + std::string(kLastChunk));
  }};
};

// The one call that may run goes on while another is refused.
Observed OverCallLimit(Shape shape) {
  PatientUpstream upstream;
  config::Config config = TestConfig(upstream.url());
  config.limits.calls_in_flight = 1;
  TestGateway gateway(config);
  const auto context = NewContext();
  const auto held = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("any"));
  StreamResponse event;
  EXPECT_TRUE(held->Read(&event));

  Observed seen = MakeCall(gateway, shape, "any", "").seen;
  seen.connection = upstream.requests() == 1 ? kNone : kClosed;
  upstream.LetGo();
  EXPECT_TRUE(held->Read(&event)) << "another call noticed";
  EXPECT_FALSE(held->Read(&event));
  EXPECT_TRUE(held->Finish().ok());
  return seen;
}

Observed OverSessionLimit() {
  PatientUpstream upstream;
  config::Config config = TestConfig(upstream.url());
  config.limits.session_requests = 1;
  TestGateway gateway(config);
  OpenSession session(gateway, "");
  session.Send("1", "SendStreamingMessage", "any");
  EXPECT_TRUE(Eventually([&] { return upstream.requests() == 1; }));

  session.Send("2", "SendStreamingMessage", "any");
  Observed seen = session.Await("2", /*answered_by_response=*/false);
  seen.connection = upstream.requests() == 1 ? kNone : kClosed;
  upstream.LetGo();
  session.HalfClose();
  EXPECT_EQ(session.Await("1", /*answered_by_response=*/false).status, "OK") << "another request noticed";
  EXPECT_TRUE(session.Finish().ok());
  return seen;
}

// One event is larger than all calls together may hold.
Observed OverMemory(Shape shape) {
  const auto agent = Agent::Start({}).value();
  config::Config config = TestConfig(agent->url());
  config.limits.memory_bytes = 1 << 20;
  TestGateway gateway(config);
  const AgentStats before = agent->stats();
  Observed seen = MakeCall(gateway, shape, "big 4096", "").seen;
  seen.connection = ConnectionSince(*agent, before, kClosed);
  EXPECT_EQ(MakeCall(gateway, kUnary, "hello", "").seen.status, "OK") << "another call noticed";
  return seen;
}

// The client reads nothing of a stream without end.
Observed Stalled() {
  const auto agent = Agent::Start({}).value();
  config::Config config = TestConfig(agent->url());
  config.limits.stall = milliseconds(300);
  TestGateway gateway(config);
  const auto context = NewContext();
  const auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest("size 10000000 0 1024"));
  const bool closed = agent->WaitUntil([](const AgentStats& stats) { return stats.disconnects_seen == 1; }, kPatience);

  const Made other = MakeCall(gateway, kUnary, "hello", "");
  EXPECT_EQ(other.seen.status, "OK") << "another call noticed";
  int events = 0;
  for (StreamResponse event; reader->Read(&event);) ++events;
  Observed seen = FromStatus(reader->Finish());
  EXPECT_GT(events, 0);
  seen.connection = closed ? kClosed : Connection::kKept;
  return seen;
}

std::vector<Row> Limits() {
  const std::string calls = "one call too many";
  const std::string memory = "an answer larger than limits.memory";
  Expect refused{"RESOURCE_EXHAUSTED", "OVER_LIMIT", 0, kNone};
  refused.details = {{"may_have_run", "-"}};
  Expect refused_call = refused;
  refused_call.details.emplace("cause", "calls");
  refused_call.retry_ms = 100;
  const Expect no_room{"RESOURCE_EXHAUSTED", "OVER_LIMIT", 0, kClosed, {{"may_have_run", "true"}, {"cause", "memory"}}};
  Expect no_room_in_stream = no_room;
  no_room_in_stream.events = 1;
  no_room_in_stream.details.emplace("task_id", "*");
  Expect no_room_in_session = no_room;  // the others of the session go on
  no_room_in_session.events = 1;
  const Expect stalled{"RESOURCE_EXHAUSTED",
                       "CLIENT_STALLED",
                       0,
                       kClosed,
                       {{"may_have_run", "true"}, {"task_id", "*"}, {"upstream", "default"}}};
  return {
      {kUnary, calls, "", "at once", refused_call, "", [] { return OverCallLimit(kUnary); }},
      {kStream, calls, "", "at once", refused_call, "", [] { return OverCallLimit(kStream); }},
      {kSession, calls, "", "at once", refused_call, "", [] { return OverCallLimit(kSession); }},
      {kSession, "one request too many", "", "at once", refused, "", OverSessionLimit},
      {kStream, "the client does not read", "", "after 300 ms", stalled, "", Stalled},
      {kUnary, memory, "", "in the answer", no_room, "", [] { return OverMemory(kUnary); }},
      {kStream, memory, "", "after one event", no_room_in_stream, "", [] { return OverMemory(kStream); }},
      {kSession, memory, "", "after one event", no_room_in_session, "", [] { return OverMemory(kSession); }},
  };
}

// ---- the end of the gateway -----------------------------------------------------------------------------------------

// A call that runs when the gateway's time is over.
Observed OutlivesTheGateway(Shape shape) {
  const auto agent = Agent::Start({}).value();
  config::Config config = TestConfig(agent->url());
  config.drain.deadline = milliseconds(100);
  TestGateway gateway(config);
  Observed seen;
  std::thread caller([&] { seen = MakeCall(gateway, shape, "silent 3600000", "").seen; });
  const auto runs = [](const AgentStats& stats) { return stats.open_streams + stats.waiting_sends == 1; };
  EXPECT_TRUE(agent->WaitUntil(runs, kPatience));
  gateway.Drain();
  caller.join();
  EXPECT_TRUE(agent->WaitUntil([](const AgentStats& stats) { return stats.open_connections == 0; }, kPatience));
  return seen;
}

// A call that comes when the gateway takes no more.
Observed ComesTooLate(Shape shape) {
  const auto agent = Agent::Start({}).value();
  config::Config config = TestConfig(agent->url());
  config.drain.lame_duck = milliseconds(11);  // told apart by their length
  config.drain.refuse = milliseconds(12);
  TestGateway gateway(config);
  EXPECT_EQ(MakeCall(gateway, kUnary, "hello", "").seen.status, "OK");  // connects
  Observed seen;
  gateway.Drain(StopKind::kGraceful, [&](milliseconds time) {
    if (time == config.drain.lame_duck) {
      EXPECT_EQ(MakeCall(gateway, kUnary, "hello", "").seen.status, "OK") << "still served";
    } else if (time == config.drain.refuse) {
      const AgentStats before = agent->stats();
      seen = MakeCall(gateway, shape, "hello", "").seen;
      seen.connection = ConnectionSince(*agent, before, kNone);
    }
    return false;
  });
  return seen;
}

std::vector<Row> TheEnd() {
  const Expect cut{"UNAVAILABLE", "DRAINING", 0, kClosed, {{"may_have_run", "true"}, {"upstream", "default"}}};
  Expect cut_stream = cut;
  cut_stream.events = 1;
  cut_stream.details.emplace("task_id", "*");
  Expect refused{"UNAVAILABLE", "DRAINING", 0, kNone};
  refused.retry_ms = 100;
  const std::string what = "the gateway goes away";
  return {
      {kStream, what, "", "at its deadline", cut_stream, "", [] { return OutlivesTheGateway(kStream); }},
      {kUnary, what, "", "at its deadline", cut, "", [] { return OutlivesTheGateway(kUnary); }},
      {kUnary, what, "", "while it refuses", refused, "", [] { return ComesTooLate(kUnary); }},
      {kStream, what, "", "while it refuses", refused, "", [] { return ComesTooLate(kStream); }},
      {kSession, what, "", "while it refuses", refused, "", [] { return ComesTooLate(kSession); }},
  };
}

// ---- TLS ------------------------------------------------------------------------------------------------------------

Observed OverTls(Shape shape, const std::string& text, agent::TlsFault fault, Connection expected) {
  TestAuthority authority;
  const CertificateFiles server = authority.Issue("IP:127.0.0.1");
  agent::AgentOptions options;
  options.tls = {server.cert_file, server.key_file, "", fault};
  const auto agent = Agent::Start(options).value();
  config::Config config = TestConfig(agent->url());
  config.shards = 1;
  config.upstreams[0].tls.ca_file = authority.ca_file();
  TestGateway gateway(config);
  const AgentStats before = agent->stats();
  Observed seen = MakeCall(gateway, shape, text, "").seen;
  seen.connection = ConnectionSince(*agent, before, expected);
  if (fault == agent::TlsFault::kNone) {
    EXPECT_EQ(MakeCall(gateway, kUnary, "hello", "").seen.status, "OK") << "another call noticed";
  }
  return seen;
}

std::vector<Row> Tls() {
  using agent::TlsFault;
  const Details working = {{"may_have_run", "true"}, {"task_id", "*"}, {"last_state", "TASK_STATE_WORKING"}};
  const Expect unreachable{"UNAVAILABLE", "UPSTREAM_UNREACHABLE", 0, kNone, {{"may_have_run", "-"}}};
  const Expect cut{"UNAVAILABLE", "UPSTREAM_STREAM_TRUNCATED", 2, kClosed, working};
  const auto row = [](Shape shape, const std::string& fault, const std::string& moment, const Expect& expect) {
    const std::string text = "fault " + fault + "; slow 5 1";
    const Connection connection = expect.connection;
    return Row{shape,
               "TLS: " + fault,
               "",
               moment,
               expect,
               "",
               [=] {
                 return OverTls(shape, text, TlsFault::kNone, connection); }};
  };
  std::vector<Row> rows = {
      row(kStream, "cut-events 2 fin", "after 2 events", cut),
      row(kStream, "cut-events 2 abrupt", "after 2 events", cut),
      row(kStream, "drip 0", "byte by byte", {"OK", "", 7, Connection::kKept}),
      row(kUnary, "drip 0", "byte by byte", {"OK", "", 1, Connection::kKept}),
  };
  for (const Shape shape : {kUnary, kStream, kSession}) {
    rows.push_back({shape, "TLS: the agent closes", "", "in the handshake", unreachable, "",
                    [=] { return OverTls(shape, "hello", TlsFault::kHandshake, kNone); }});
    rows.push_back({shape, "TLS: the agent speaks plain HTTP", "", "in the handshake", unreachable, "",
                    [=] { return OverTls(shape, "hello", TlsFault::kPlainHttp, kNone); }});
  }
  return rows;
}

}  // namespace

std::vector<Row> SetUpRows() {
  std::vector<Row> all;
  for (const auto& part : {Nobody(), Limits(), TheEnd(), Tls()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace sluice::testing
