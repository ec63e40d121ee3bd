// The fault table: what goes wrong × which kind of call × when, and what the caller, the agent and everybody else see.
#ifndef SLUICE_TESTS_INTEGRATION_FAULT_TABLE_H_
#define SLUICE_TESTS_INTEGRATION_FAULT_TABLE_H_

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "client/agent/agent.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/fixture.h"

namespace sluice::testing {

enum class Shape {
  kUnary,       // A2A SendMessage
  kStream,      // A2A SendStreamingMessage
  kSession,     // SendStreamingMessage in a session with an A2A upstream
  kRpcSession,  // the same with an upstream of which only JSON-RPC is known: a response ends its request
  kRpcUnary,    // SendMessage in such a session
};

// What became of the connection that the answer came on.
enum class Connection { kClosed, kKept, kNone };

using Details = std::map<std::string, std::string>;

// What is seen of one call; of one request, in a session.
struct Observed {
  std::string status;  // "UNAVAILABLE"; "answered" where the response of a session's request is its end
  std::string reason;
  std::string domain;
  std::string message;
  Details details;   // of the ErrorInfo
  int retry_ms = 0;  // of the RetryInfo
  int events = 0;    // messages delivered before
  int dropped = 0;   // responses that nobody asked for
  Connection connection = Connection::kClosed;
  bool reused = false;  // by the next call
};

struct Expect {
  std::string status;
  std::string reason;
  int events = 0;
  Connection connection = Connection::kClosed;
  Details details;  // "*": any value; "-": must not be there
  std::string domain = "sluice";
  int retry_ms = 0;
  int dropped = 0;
  bool fewer_events_too = false;  // a reset may overtake what was written before it
};

struct Row {
  Shape shape;
  std::string fault;   // ordered of the agent (client/agent/fault.h); in words where it is not the agent's
  std::string script;  // of the agent, in front of which the fault stands
  std::string moment;
  Expect expect;
  std::string upstream;                  // of the table's gateway; empty: the first
  std::function<Observed()> own_set_up;  // when the table's gateway and agent cannot do it

  friend void PrintTo(const Row& row, std::ostream* os) { *os << row.fault << " (" << row.moment << ")"; }
};

// The rows, by what they are about.
std::vector<Row> ConnectionRows();  // fault_rows_connection.cc: cuts, silence, pace
std::vector<Row> AnswerRows();      // fault_rows_answer.cc: what is answered
std::vector<Row> SetUpRows();       // fault_rows_set_up.cc: faults of network, client and gateway

std::string_view ShapeName(Shape shape);

// ---- calls ----------------------------------------------------------------------------------------------------------

struct Made {
  Observed seen;
  // For a session: that it lives on, and ends well. To be called after the next call was made.
  std::function<void()> finish = [] {};
};

Made MakeCall(TestGateway& gateway, Shape shape, const std::string& text, const std::string& upstream);

Observed FromStatus(const google::rpc::Status& status);
Observed FromStatus(const grpc::Status& status);

// A session with its Open answered.
class OpenSession {
 public:
  OpenSession(TestGateway& gateway, const std::string& upstream);
  // False: the session itself ended.
  bool is_open() const { return is_open_; }
  void Send(const std::string& id, const std::string& method, const std::string& text);
  // What the request comes to. Frames of other requests are passed over.
  Observed Await(const std::string& id, bool answered_by_response);
  grpc::Status Finish();
  void HalfClose() { stream_->WritesDone(); }

 private:
  std::unique_ptr<sluice::v1::Gateway::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_ = NewContext();
  std::unique_ptr<grpc::ClientReaderWriter<sluice::v1::SessionRequest, sluice::v1::SessionResponse>> stream_;
  bool is_open_ = false;
};

// What became of the connection of an answer that is over, given what the agent had seen before it. Waits for
// `expected`.
Connection ConnectionSince(const agent::Agent& agent, const agent::AgentStats& before, Connection expected);

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_INTEGRATION_FAULT_TABLE_H_
