#include "client/ctl/converse_printer.h"

#include "client/ctl/error_text.h"
#include "client/ctl/session_printer.h"
#include "client/ctl/terminal.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;
namespace a2a = lf::a2a::v1;

std::string SentText(const pb::ConverseRequest& frame) {
  if (frame.has_cancel_task()) return "cancel task " + frame.cancel_task().id();
  if (frame.has_subscribe()) return "subscribe to " + frame.subscribe().id();
  if (frame.has_close()) return "close";
  return frame.send().message().parts().empty() ? "" : frame.send().message().parts(0).text();
}

}  // namespace

std::string ConverseJson(const pb::ConverseResponse& frame) {
  if (!frame.has_ended()) return ToJson(frame);
  const pb::RequestEnded& ended = frame.ended();
  std::string json = "{";
  if (!frame.request_id().empty()) json += "\"requestId\":" + JsonString(frame.request_id()) + ",";
  json += "\"ended\":{";
  if (ended.frame() > 0) json += "\"frame\":" + std::to_string(ended.frame()) + ",";
  json += StatusMembers(ended.status());
  if (!ended.task_id().empty()) json += ",\"taskId\":" + JsonString(ended.task_id());
  if (!ended.context_id().empty()) json += ",\"contextId\":" + JsonString(ended.context_id());
  if (ended.last_state() != 0) json += ",\"lastState\":" + JsonString(a2a::TaskState_Name(ended.last_state()));
  return json + "}}";
}

void ConversePrinter::Print(const google::protobuf::Message& message) {
  const auto& frame = dynamic_cast<const pb::ConverseResponse&>(message);
  if (screen_.json) {
    screen_.out << ConverseJson(frame) << std::endl;
  } else if (frame.has_event()) {
    PrintAnswer(frame.request_id(), frame.event());
  } else if (frame.has_task()) {
    PrintAnswer(frame.request_id(), frame.task());
  } else if (frame.has_ended()) {
    screen_.out << EndedText(frame.request_id(), frame.ended()) << std::flush;
    running_.erase(frame.request_id());
    shown_.clear();
  } else if (frame.has_draining()) {
    screen_.out << Paint(screen_.colour, Colour::kYellow, "the gateway is going away") << " in "
                << TimeLeft(frame.draining()) << ": begin nothing new, end with Ctrl-D" << std::endl;
  } else if (frame.has_heartbeat() && detail_.verbose) {
    screen_.out << "heartbeat" << std::endl;
  }
}

void ConversePrinter::PrintAnswer(const std::string& request, const google::protobuf::Message& answer) {
  if (shown_ != request) {
    screen_.out << Paint(screen_.colour, Colour::kBlue, "←") << " " << VisibleLine(request) << "\n";
    shown_ = request;
  }
  running_.try_emplace(request, screen_, A2aPrinter::Detail::kProgress).first->second.Print(answer);
}

void ConversePrinter::PrintSent(const pb::ConverseRequest& frame) {
  if (screen_.json || detail_.typed) return;
  screen_.out << Paint(screen_.colour, Colour::kGreen, "→") << " " << VisibleLine(frame.request_id()) << " "
              << VisibleLine(SentText(frame)) << std::endl;
  shown_.clear();
}

std::string ConversePrinter::EndedText(const std::string& request, const pb::RequestEnded& ended) const {
  std::string what = ended.frame() > 0 ? "frame " + std::to_string(ended.frame()) : "request " + VisibleLine(request);
  if (ended.status().code() != 0) return CutText(what, ended.status(), screen_.colour);
  if (ended.last_state() != a2a::TASK_STATE_INPUT_REQUIRED) return what + " ended\n";
  return what + " ended: " + Paint(screen_.colour, Colour::kYellow, "the next line answers it") + "\n";
}

std::vector<Advice> ConversePrinter::Next(bool ok) const {
  std::vector<Advice> advice;
  if (ok) return advice;
  for (const auto& [request, printer] : running_) {
    if (!printer.task().empty()) advice.push_back({"follow", {"subscribe", printer.task()}});
  }
  return advice;
}

}  // namespace sluice::ctl
