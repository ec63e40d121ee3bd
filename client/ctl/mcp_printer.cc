#include "client/ctl/mcp_printer.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "client/ctl/mcp_text.h"
#include "client/ctl/session_plan.h"
#include "client/ctl/terminal.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

McpPrinter::McpPrinter(Screen screen, McpClient client)
    : Printer(screen), client_(std::move(client)), bar_(isatty(STDERR_FILENO) == 1) {}

void McpPrinter::Print(const google::protobuf::Message& message) {
  const McpClient::News news = client_.Take(dynamic_cast<const sluice::v1::SessionResponse&>(message));
  for (const std::string& json : news.send) Send(json);
  if (news.notification) Tell(*news.notification);
  if (!news.complaint.empty()) Say("sluicectl: " + VisibleLine(news.complaint));
  if (outbox_->closed) return;
  if (!news.failure.ok()) Finish(news.failure);
  if (!news.result) return;
  Say("");
  const absl::StatusOr<std::string> next = Show(*news.result);
  if (!next.ok() || next->empty()) {
    Finish(next.status());
  } else {
    Send(client_.Again(*next));
  }
}

absl::Status McpPrinter::Outcome(const absl::Status& call) {
  Say("");
  if (outbox_->closed && !status_.ok()) return status_;
  if (!outbox_->closed && call.ok()) return absl::UnavailableError("the session ended before the answer");
  return call;
}

void McpPrinter::Send(const std::string& json) {
  sluice::v1::SessionRequest frame;
  frame.mutable_message()->set_json(json);
  outbox_->messages.push_back(frame.SerializeAsString());
}

// Nothing more from us: the gateway ends the MCP session, then the call.
void McpPrinter::Finish(absl::Status status) {
  status_ = std::move(status);
  outbox_->closed = true;
}

void McpPrinter::Tell(const McpClient::Notification& notification) {
  if (notification.method == "notifications/message") return Say(LogText(notification.params));
  if (notification.method != "notifications/progress") return;
  const std::string text = ProgressText(notification.params);
  if (!bar_) return Say("progress " + text);
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  bar_is_shown_ = true;
}

// A line on stderr in the place of the bar; an empty one only wipes that away.
void McpPrinter::Say(const std::string& line) {
  if (std::exchange(bar_is_shown_, false)) std::fputs("\r\x1b[K", stderr);
  if (!line.empty()) std::fprintf(stderr, "%s\n", line.c_str());
}

absl::StatusOr<Plan> McpPlan(const Target& target, std::unique_ptr<McpPrinter> printer) {
  Input input({OpenFrame(target).SerializeAsString()}, printer->outbox());
  return SessionPlan(std::move(input), std::move(printer));
}

}  // namespace sluice::ctl
