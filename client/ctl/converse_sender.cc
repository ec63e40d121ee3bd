#include "client/ctl/converse_sender.h"

#include <utility>

#include "client/ctl/terminal.h"
#include "server/base/utf8.h"
#include "sluice/client/client.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

constexpr char kHelp[] =
    "  any text           a message; when the agent asked for something, the answer\n"
    "  /cancel [TASK]     asks the agent to stop a task, else the last one\n"
    "  /subscribe [TASK]  follows a task\n"
    "  /close REQUEST     stops following a request; its task goes on\n"
    "  Ctrl-D             nothing more from you; what runs goes on to its end\n"
    "  Ctrl-C             cancels all of it\n";

std::string TaskOf(const lf::a2a::v1::StreamResponse& event) {
  if (event.has_task()) return event.task().id();
  if (event.has_status_update()) return event.status_update().task_id();
  return event.artifact_update().task_id();
}

bool IsMessage(const std::string& line) { return line.front() != '/'; }

}  // namespace

absl::Status ConverseSender::Feed(std::string_view bytes, bool last, Frames& go, std::string& words) {
  std::vector<std::string> lines;
  absl::Status read = lines_.Feed(bytes, last, lines);
  for (const std::string& whole : lines) {
    ++number_;
    const std::string_view line = Trimmed(whole);
    if (!line.empty()) held_.push_back({number_, std::string(line)});
  }
  Release(go, words);
  return read;
}

void ConverseSender::Take(const pb::ConverseResponse& frame, Frames& go, std::string& words) {
  if (frame.has_event()) {
    if (std::string task = TaskOf(frame.event()); !task.empty()) task_ = std::move(task);
  } else if (frame.has_ended() && frame.ended().frame() == 0) {
    running_.erase(frame.request_id());
    const bool asks = frame.ended().last_state() == lf::a2a::v1::TASK_STATE_INPUT_REQUIRED;
    if (asks && frame.ended().status().code() == 0) asking_ = frame.ended().task_id();
  }
  Release(go, words);
}

void ConverseSender::Release(Frames& go, std::string& words) {
  while (!held_.empty()) {
    const bool waits = takes_turns_ && IsMessage(held_.front().text) && !running_.empty();
    if (waits) return;
    const Line line = std::move(held_.front());
    held_.pop_front();
    if (!IsMessage(line.text)) {
      TakeCommand(line, go, words);
    } else if (ToValidUtf8(line.text, line.text.size()) != line.text) {
      words += "line " + std::to_string(line.number) + ": a message must be valid UTF-8\n";
    } else {
      Send(line.text, go);
    }
  }
}

pb::ConverseRequest& ConverseSender::NewRequest(Frames& go) {
  pb::ConverseRequest& frame = go.emplace_back();
  frame.set_request_id(std::to_string(++last_request_));
  return frame;
}

void ConverseSender::Send(const std::string& text, Frames& go) {
  pb::ConverseRequest& frame = NewRequest(go);
  *frame.mutable_send() = client::TextMessage(text);
  frame.mutable_send()->mutable_message()->set_task_id(std::exchange(asking_, {}));
  running_.insert(frame.request_id());
}

void ConverseSender::TakeCommand(const Line& line, Frames& go, std::string& words) {
  const std::string_view text = line.text;
  const std::size_t blank = text.find_first_of(" \t");
  const std::string_view command = text.substr(0, blank);
  const std::string argument(blank == std::string_view::npos ? "" : Trimmed(text.substr(blank)));
  const std::string& task = argument.empty() ? task_ : argument;
  const auto slip = [&](const std::string& what) {
    words += "line " + std::to_string(line.number) + ": " + what + "\n";
  };
  if (command == "/help") {
    words += kHelp;
  } else if (command == "/close" && !argument.empty()) {
    pb::ConverseRequest& frame = go.emplace_back();
    frame.set_request_id(argument);
    frame.mutable_close();
  } else if (command != "/cancel" && command != "/subscribe") {
    slip("'" + VisibleLine(text) + "' is none of /cancel [TASK], /subscribe [TASK], /close REQUEST and /help");
  } else if (task.empty()) {
    slip("no task is known yet; name one");
  } else if (command == "/cancel") {
    NewRequest(go).mutable_cancel_task()->set_id(task);
  } else {
    pb::ConverseRequest& frame = NewRequest(go);
    frame.mutable_subscribe()->set_id(task);
    running_.insert(frame.request_id());
  }
}

}  // namespace sluice::ctl
