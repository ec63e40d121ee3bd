#include "client/ctl/session_printer.h"

#include <simdjson.h>

#include <algorithm>

#include "client/ctl/error_text.h"
#include "client/ctl/terminal.h"
#include "server/base/utf8.h"
#include "sluice/client/errors.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

// `bytes` as they came when they are JSON, on one line: a line end in JSON is white space. Else as a JSON string: the
// gateway does not look into what an upstream put into its results, and a line of ours must stay JSON.
std::string Raw(const std::string& bytes) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.parse(bytes).get(element) != simdjson::SUCCESS) return JsonString(ToValidUtf8(bytes, bytes.size() * 3));
  std::string line = bytes;
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

std::string RequestId(const std::string& id) { return id.empty() ? "" : "\"requestId\":" + Raw(id) + ","; }

std::string MessageJson(const pb::ServerMessage& message) {
  std::string json = "{" + RequestId(message.request_id());
  if (!message.event_id().empty()) json += "\"eventId\":" + JsonString(message.event_id()) + ",";
  return json + "\"sequence\":" + std::to_string(message.sequence()) + ",\"json\":" + Raw(message.json()) + "}";
}

std::string EndedJson(const pb::Ended& ended) {
  std::string json = "{" + RequestId(ended.request_id());
  if (ended.frame() != 0) json += "\"frame\":" + std::to_string(ended.frame()) + ",";
  return json + "\"code\":" + JsonString(CodeName(ended.status().code())) +
         ",\"message\":" + JsonString(ended.status().message()) +
         DetailMembers(client::DetailsOf(client::ToStatus(ended.status()))) + "}";
}

}  // namespace

std::string SessionJson(const pb::SessionResponse& frame) {
  if (frame.has_message()) return "{\"message\":" + MessageJson(frame.message()) + "}";
  if (frame.has_ended()) return "{\"ended\":" + EndedJson(frame.ended()) + "}";
  return ToJson(frame);
}

std::string TimeLeft(const pb::Draining& draining) {
  return Seconds(static_cast<double>(draining.time_left().seconds()) + draining.time_left().nanos() * 1e-9);
}

void SessionPrinter::Print(const google::protobuf::Message& message) {
  const auto& frame = dynamic_cast<const pb::SessionResponse&>(message);
  screen_.out << (screen_.json ? SessionJson(frame) + "\n" : Text(frame)) << std::flush;
}

std::string SessionPrinter::Text(const pb::SessionResponse& frame) const {
  switch (frame.frame_case()) {
    case pb::SessionResponse::kOpened:
      return "session with " + VisibleLine(frame.opened().upstream()) + " (" + VisibleLine(frame.opened().kind()) +
             ")\n";
    case pb::SessionResponse::kMessage: {
      const std::string& id = frame.message().request_id();
      const std::string label = id.empty() ? "message:" : "message for " + VisibleLine(id) + ":";
      return Paint(screen_.colour, Colour::kBlue, label) + " " + VisibleLine(frame.message().json()) + "\n";
    }
    case pb::SessionResponse::kEnded:
      return EndedText(frame.ended());
    case pb::SessionResponse::kDraining:
      return Paint(screen_.colour, Colour::kYellow, "the gateway is going away") + " in " + TimeLeft(frame.draining()) +
             ": begin nothing new, end with Ctrl-D\n";
    default:
      return ToJson(frame) + "\n";
  }
}

std::string SessionPrinter::EndedText(const pb::Ended& ended) const {
  std::string what = "message";
  if (!ended.request_id().empty()) what = "request " + VisibleLine(ended.request_id());
  if (ended.status().code() == 0) return what + " ended\n";
  if (ended.frame() != 0) what += " (frame " + std::to_string(ended.frame()) + ")";
  const absl::Status status = client::ToStatus(ended.status());
  const client::ErrorDetails details = client::DetailsOf(status);
  const std::string hint = Hint(status.code(), details, Reach{});
  return Paint(screen_.colour, Colour::kRed, what + " cut: " + CodeName(ended.status().code())) + ": " +
         VisibleLine(ended.status().message()) + "\n" + DetailLines(details) +
         (hint.empty() ? "" : "  hint: " + hint + "\n");
}

}  // namespace sluice::ctl
