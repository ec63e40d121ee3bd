// How the fault table calls: each shape, and what is seen of it.
#include <gtest/gtest.h>

#include "tests/integration/fault_table.h"

namespace sluice::testing {
namespace {

using lf::a2a::v1::SendMessageResponse;
using lf::a2a::v1::StreamResponse;
using sluice::v1::SessionRequest;
using sluice::v1::SessionResponse;

// The gateway closes an idle connection after 4 s, which is not what is meant here.
constexpr std::chrono::seconds kSoonerThanIdle{3};

std::string StatusName(int code) {
  static const std::vector<std::string> kNames = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  return kNames.at(static_cast<std::size_t>(code));
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Request(const std::string& id, const std::string& method, const std::string& text) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method +
         R"(","params":{"message":{"messageId":"m","role":"ROLE_USER","parts":[{"text":")" + Escaped(text) + "\"}]}}}";
}

std::unique_ptr<grpc::ClientContext> ContextFor(const std::string& upstream) {
  auto context = NewContext();
  if (!upstream.empty()) context->AddMetadata("sluice-upstream", upstream);
  return context;
}

Made MakeUnary(TestGateway& gateway, const std::string& text, const std::string& upstream) {
  SendMessageResponse response;
  const grpc::Status status = gateway.A2a()->SendMessage(ContextFor(upstream).get(), TextRequest(text), &response);
  Made made{FromStatus(status)};
  made.seen.events = status.ok() ? 1 : 0;
  return made;
}

Made MakeStream(TestGateway& gateway, const std::string& text, const std::string& upstream) {
  const auto context = ContextFor(upstream);
  const auto reader = gateway.A2a()->SendStreamingMessage(context.get(), TextRequest(text));
  int events = 0;
  for (StreamResponse event; reader->Read(&event);) ++events;
  Made made{FromStatus(reader->Finish())};
  made.seen.events = events;
  return made;
}

Made MakeInSession(TestGateway& gateway, Shape shape, const std::string& text, const std::string& upstream) {
  const bool rpc = shape != Shape::kSession;
  const auto session = std::make_shared<OpenSession>(gateway, upstream.empty() && rpc ? "rpc" : upstream);
  if (!session->is_open()) return {FromStatus(session->Finish())};
  session->Send("1", shape == Shape::kRpcUnary ? "SendMessage" : "SendStreamingMessage", text);
  Made made{session->Await("1", rpc)};
  const Observed first = made.seen;
  made.finish = [session, first] {
    session->Send("2", "SendMessage", "are you still there?");
    const Observed second = session->Await("2", /*answered_by_response=*/true);
    const bool nobody_there = first.reason == "UPSTREAM_UNREACHABLE" || first.reason == "UPSTREAM_TIMEOUT_CONNECT";
    EXPECT_EQ(second.status, nobody_there ? first.status : "answered") << "the session lives on";
    session->HalfClose();
    EXPECT_TRUE(session->Finish().ok());
  };
  return made;
}

}  // namespace

Observed FromStatus(const google::rpc::Status& status) {
  Observed seen;
  seen.status = StatusName(status.code());
  seen.message = status.message();
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) {
      seen.reason = info.reason();
      seen.domain = info.domain();
      seen.details = Details(info.metadata().begin(), info.metadata().end());
    } else if (detail.UnpackTo(&retry)) {
      seen.retry_ms = static_cast<int>(retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1'000'000);
    }
  }
  return seen;
}

Observed FromStatus(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  if (!status.error_details().empty()) {
    EXPECT_EQ(details.code(), status.error_code()) << "the details say the same as the status";
    EXPECT_EQ(details.message(), status.error_message());
  }
  details.set_code(status.error_code());
  details.set_message(status.error_message());
  return FromStatus(details);
}

OpenSession::OpenSession(TestGateway& gateway, const std::string& upstream)
    : stub_(gateway.Sessions()), stream_(stub_->Session(context_.get())) {
  SessionRequest open;
  open.mutable_open()->set_upstream(upstream);
  stream_->Write(open);
  SessionResponse frame;
  is_open_ = stream_->Read(&frame) && frame.has_opened();
}

void OpenSession::Send(const std::string& id, const std::string& method, const std::string& text) {
  SessionRequest frame;
  frame.mutable_message()->set_json(Request(id, method, text));
  EXPECT_TRUE(stream_->Write(frame));
}

Observed OpenSession::Await(const std::string& id, bool answered_by_response) {
  int events = 0;
  for (SessionResponse frame; stream_->Read(&frame);) {
    if (frame.has_ended() && frame.ended().request_id() == id) {
      Observed seen = FromStatus(frame.ended().status());
      seen.events = events;
      return seen;
    }
    if (!frame.has_message() || frame.message().request_id() != id) continue;
    ++events;
    // JSON-RPC 2.0, section 5: an error is the end of its request in any case.
    if (answered_by_response || frame.message().json().find("\"error\":") != std::string::npos) {
      Observed seen;
      seen.status = "answered";
      seen.events = events;
      return seen;
    }
  }
  ADD_FAILURE() << "the session ended: " << stream_->Finish().error_message();
  return {};
}

grpc::Status OpenSession::Finish() {
  SessionResponse frame;
  while (stream_->Read(&frame)) {
    EXPECT_FALSE(frame.has_message() || frame.has_ended()) << "nobody asked for " << frame.DebugString();
  }
  return stream_->Finish();
}

Made MakeCall(TestGateway& gateway, Shape shape, const std::string& text, const std::string& upstream) {
  if (shape == Shape::kUnary) return MakeUnary(gateway, text, upstream);
  if (shape == Shape::kStream) return MakeStream(gateway, text, upstream);
  return MakeInSession(gateway, shape, text, upstream);
}

Connection ConnectionSince(const agent::Agent& agent, const agent::AgentStats& before, Connection expected) {
  // An answer that is over has given its connection back, or it is closed. It came on a new or on an idle one.
  const auto is_over = [&](const agent::AgentStats& now) {
    return now.open_streams == before.open_streams && now.waiting_sends == before.waiting_sends;
  };
  const auto is_closed = [&](const agent::AgentStats& now) {
    const std::uint64_t accepted = now.connections_accepted - before.connections_accepted;
    return is_over(now) && now.open_connections < before.open_connections + accepted;
  };
  if (expected == Connection::kClosed) agent.WaitUntil(is_closed, kSoonerThanIdle);
  agent.WaitUntil(is_over, kPatience);
  const agent::AgentStats now = agent.stats();
  EXPECT_TRUE(is_over(now)) << "the agent still answers";
  if (now.requests == before.requests) return Connection::kNone;
  return is_closed(now) ? Connection::kClosed : Connection::kKept;
}

}  // namespace sluice::testing
