#include "client/ctl/session_printer.h"

#include "client/ctl/error_text.h"
#include "client/ctl/flag_values.h"
#include "client/ctl/json_view.h"
#include "client/ctl/terminal.h"
#include "server/translate/jsonrpc.h"
#include "sluice/client/errors.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

std::string RequestId(const std::string& id) { return id.empty() ? "" : "\"requestId\":" + JsonLine(id) + ","; }

std::string MessageJson(const pb::ServerMessage& message) {
  std::string json = "{" + RequestId(message.request_id());
  if (!message.event_id().empty()) json += "\"eventId\":" + JsonString(message.event_id()) + ",";
  return json + "\"sequence\":" + std::to_string(message.sequence()) + ",\"json\":" + JsonLine(message.json()) + "}";
}

std::string EndedJson(const pb::Ended& ended) {
  std::string json = "{" + RequestId(ended.request_id());
  if (ended.frame() != 0) json += "\"frame\":" + std::to_string(ended.frame()) + ",";
  return json + StatusMembers(ended.status()) + "}";
}

// "7 tools/call ", "result of 7 ": what the message is; empty when it is no JSON-RPC.
std::string Label(const std::string& json) {
  const auto message = translate::ScanJsonRpc(json);
  if (!message.ok()) return "";
  const std::string id(message->id);
  const bool result = message->kind == translate::JsonRpcKind::kResult;
  const std::string label = message->method.empty() ? (result ? "result of " : "error of ") + (id.empty() ? "?" : id)
                                                    : id + (id.empty() ? "" : " ") + message->method;
  return VisibleLine(label) + " ";
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
  if (frame.has_negotiated()) resume_token_ = frame.negotiated().resume_token();
  if (frame.has_draining()) resume_token_ = frame.draining().resume_token();
  screen_.out << (screen_.json ? SessionJson(frame) + "\n" : Text(frame)) << std::flush;
}

void SessionPrinter::PrintSent(const pb::SessionRequest& frame) {
  if (screen_.json || detail_.typed) return;
  const std::string arrow = Paint(screen_.colour, Colour::kGreen, "→");
  if (frame.has_cancel()) {
    screen_.out << arrow << " cancel " << VisibleLine(frame.cancel().id()) << std::endl;
  } else {
    screen_.out << arrow << " " << Label(frame.message().json()) << VisibleLine(frame.message().json()) << std::endl;
  }
}

std::vector<Advice> SessionPrinter::Next(bool ok) const {
  if (ok || resume_token_.empty()) return {};
  return {{"go on", {"session", "--resume", ResumeTokenText(resume_token_)}}};
}

std::string SessionPrinter::Text(const pb::SessionResponse& frame) const {
  switch (frame.frame_case()) {
    case pb::SessionResponse::kOpened: {
      const pb::Opened& opened = frame.opened();
      const std::string kind = opened.kind() + (opened.era().empty() ? "" : " " + opened.era());
      return "session with " + VisibleLine(opened.upstream()) + " (" + VisibleLine(kind) + ")\n";
    }
    case pb::SessionResponse::kMessage:
      return MessageText(frame.message());
    case pb::SessionResponse::kEnded:
      return EndedText(frame.ended());
    case pb::SessionResponse::kNegotiated:
      return NegotiatedText(frame.negotiated());
    case pb::SessionResponse::kDraining:
      return DrainingText(frame.draining());
    case pb::SessionResponse::kHeartbeat:
      return detail_.verbose ? "heartbeat\n" : "";
    default:
      return ToJson(frame) + "\n";
  }
}

std::string SessionPrinter::MessageText(const pb::ServerMessage& message) const {
  const std::string& id = message.request_id();
  const auto scanned = translate::ScanJsonRpc(message.json());
  // A response names its request by itself.
  const bool response = scanned.ok() && scanned->method.empty() && scanned->id == id;
  const std::string request = id.empty() || response ? "" : "for " + VisibleLine(id) + ": ";
  return Paint(screen_.colour, Colour::kBlue, "←") + " " + request + Label(message.json()) +
         VisibleLine(message.json()) + "\n";
}

std::string SessionPrinter::NegotiatedText(const pb::Negotiated& negotiated) const {
  std::string text = "speaks MCP " + VisibleLine(negotiated.protocol_version() + " (" + negotiated.era() + ")");
  if (detail_.verbose && !negotiated.session_id().empty()) text += ", session " + VisibleLine(negotiated.session_id());
  if (!negotiated.resume_token().empty()) text += "; resume token " + ResumeTokenText(negotiated.resume_token());
  return text + "\n";
}

std::string SessionPrinter::DrainingText(const pb::Draining& draining) const {
  std::string text = Paint(screen_.colour, Colour::kYellow, "the gateway is going away") + " in " + TimeLeft(draining) +
                     ": begin nothing new, end with Ctrl-D";
  if (!draining.resume_token().empty()) text += "; resume token " + ResumeTokenText(draining.resume_token());
  return text + "\n";
}

std::string SessionPrinter::EndedText(const pb::Ended& ended) const {
  std::string what = "message";
  if (!ended.request_id().empty()) what = "request " + VisibleLine(ended.request_id());
  if (ended.status().code() == 0) return what + " ended\n";
  if (ended.frame() != 0) what += " (frame " + std::to_string(ended.frame()) + ")";
  return CutText(what, ended.status(), screen_.colour);
}

}  // namespace sluice::ctl
