// A session as its tests play it: frames of a client, answers of an upstream, and what came of them.
#ifndef SLUICE_TESTS_TRANSLATE_SESSION_SCENE_H_
#define SLUICE_TESTS_TRANSLATE_SESSION_SCENE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/base/http.h"
#include "server/translate/session.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::translate {

inline const ExchangeEnd kWhole{ExchangeOutcome::kComplete, "", true};
inline const ExchangeEnd kCutOff{ExchangeOutcome::kTruncated, "reset", true};

inline std::string JsonRpc(const std::string& rest) { return R"({"jsonrpc":"2.0",)" + rest + "}"; }
inline std::string Call(const std::string& id, const std::string& method, const std::string& params = "{}") {
  return JsonRpc(R"("id":)" + id + R"(,"method":")" + method + R"(","params":)" + params);
}
inline std::string Notice(const std::string& method, const std::string& params = "{}") {
  return JsonRpc(R"("method":")" + method + R"(","params":)" + params);
}
inline std::string Result(const std::string& id, const std::string& result = "{}") {
  return JsonRpc(R"("id":)" + id + R"(,"result":)" + result);
}
inline std::string Error(const std::string& id, int code, const std::string& message) {
  return JsonRpc(R"("id":)" + id + R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":")" + message + "\"}");
}
// One server-sent event; an id of "" leaves the field out.
inline std::string Sse(const std::string& data, const std::string& id = "") {
  return (id.empty() ? "" : "id: " + id + "\n") + "data: " + data + "\n\n";
}

struct EndedRequest {
  std::string id;
  absl::StatusCode code;
  std::string reason;
  bool operator==(const EndedRequest&) const = default;
};
inline void PrintTo(const EndedRequest& ended, std::ostream* out) {
  *out << ended.id << " " << static_cast<int>(ended.code) << " " << ended.reason;
}

// Keeps what the steps of a session asked for, in order.
class SessionScene {
 public:
  explicit SessionScene(Session::Options options, const SessionResume* resume = nullptr) : session(std::move(options)) {
    Take(session.Begin(resume));
  }

  void Send(const std::string& json) {
    v1::SessionRequest frame;
    frame.mutable_message()->set_json(json);
    Take(session.OnFrame(frame.SerializeAsString()));
  }
  void Cancel(const std::string& id) {
    v1::SessionRequest frame;
    frame.mutable_cancel()->set_id(id);
    Take(session.OnFrame(frame.SerializeAsString()));
  }
  void HalfClose() { Take(session.OnHalfClose()); }
  void Head(Session::Key key, const std::string& type, int status = 200, Headers more = {}) {
    ResponseHead head{status, std::move(more)};
    if (!type.empty()) head.headers.emplace_back("content-type", type);
    Take(session.OnHead(key, head));
  }
  void Events(Session::Key key, int status = 200) { Head(key, "text/event-stream", status); }
  void Bytes(Session::Key key, const std::string& bytes) { Take(session.OnBytes(key, bytes)); }
  void End(Session::Key key, const ExchangeEnd& how = kWhole) { Take(session.OnEnd(key, how)); }
  // A whole answer in JSON.
  void Answer(Session::Key key, const std::string& json, int status = 200, Headers more = {}) {
    Head(key, "application/json", status, std::move(more));
    if (IsOpen(key)) Bytes(key, json);
    if (IsOpen(key)) End(key);
  }
  void Accepted(Session::Key key) {
    Head(key, "", 202);
    End(key);
  }
  void Timer(Session::TimerId id) { Take(session.OnTimer(id)); }
  void Take(Session::Step step) {
    for (const std::string& bytes : step.frames) {
      v1::SessionResponse frame;
      ASSERT_TRUE(frame.ParseFromString(bytes));
      frames.push_back(frame);
    }
    for (Session::HttpRequest& request : step.requests) requests.push_back(std::move(request));
    for (const Session::Key key : step.closes) closes.push_back(key);
    for (const Session::Timer& timer : step.timers) timers.push_back(timer);
    if (step.end) end = step.end;
  }

  bool IsOpen(Session::Key key) const { return !end && std::find(closes.begin(), closes.end(), key) == closes.end(); }
  const Session::HttpRequest& Last() const { return requests.at(requests.size() - 1); }
  std::string Sent(std::string_view header) const { return std::string(FindHeader(Last().headers, header)); }
  // "POST", "GET", ... of all requests.
  std::vector<std::string> Methods() const {
    std::vector<std::string> methods;
    for (const auto& request : requests) methods.push_back(request.method);
    return methods;
  }
  // What the client got of the upstream: the JSON, by the request that it is told with.
  std::vector<std::pair<std::string, std::string>> Messages() const {
    std::vector<std::pair<std::string, std::string>> messages;
    for (const auto& frame : frames) {
      if (frame.has_message()) messages.emplace_back(frame.message().request_id(), frame.message().json());
    }
    return messages;
  }
  std::vector<EndedRequest> Ended() const {
    std::vector<EndedRequest> all;
    for (const auto& frame : frames) {
      if (!frame.has_ended()) continue;
      google::rpc::ErrorInfo info;
      for (const auto& detail : frame.ended().status().details()) {
        if (detail.UnpackTo(&info)) break;
      }
      all.push_back(
          {frame.ended().request_id(), static_cast<absl::StatusCode>(frame.ended().status().code()), info.reason()});
    }
    return all;
  }
  std::string LastMessageOfEnded() const { return frames.back().ended().status().message(); }
  // Forgets what came so far.
  void Clear() {
    frames.clear();
    requests.clear();
    closes.clear();
    timers.clear();
  }

  Session session;
  std::vector<v1::SessionResponse> frames;
  std::vector<Session::HttpRequest> requests;
  std::vector<Session::Key> closes;
  std::vector<Session::Timer> timers;
  std::optional<absl::Status> end;
};

}  // namespace sluice::translate

#endif  // SLUICE_TESTS_TRANSLATE_SESSION_SCENE_H_
