// chat: a question to an LLM, its answer as it comes, over sluice.v1.Gateway/Stream.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "client/ctl/chat.h"
#include "client/ctl/json_view.h"
#include "client/ctl/methods.h"
#include "client/ctl/plan.h"
#include "client/ctl/terminal.h"
#include "client/ctl/upstreams.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

class ChatPrinter : public Printer {
 public:
  using Printer::Printer;

  void Print(const google::protobuf::Message& message) override {
    const auto& frame = dynamic_cast<const pb::StreamResponse&>(message);
    const std::string words = reader_.Take(frame);
    if (screen_.json && frame.has_event()) {
      screen_.out << JsonLine(frame.event().data()) << std::endl;
    } else if (!screen_.json) {
      Show(words);
    }
  }

  absl::Status Outcome(const absl::Status& call) override {
    if (screen_.json && !reader_.body().empty()) screen_.out << JsonLine(reader_.body()) << std::endl;
    if (!screen_.json) Show(reader_.Rest());
    if (inside_line_) screen_.out << std::endl;
    const std::string summary = reader_.Summary();
    if (!screen_.json && !summary.empty()) std::fprintf(stderr, "%s\n", VisibleLine(summary).c_str());
    return call;
  }

 private:
  void Show(const std::string& words) {
    if (words.empty()) return;
    screen_.out << VisibleText(words) << std::flush;
    inside_line_ = words.back() != '\n';
  }

  ChatReader reader_;
  bool inside_line_ = false;
};

// Keeps what ListUpstreams answers.
class UpstreamsKeeper : public Printer {
 public:
  UpstreamsKeeper(Screen screen, std::shared_ptr<pb::ListUpstreamsResponse> list)
      : Printer(screen), list_(std::move(list)) {}
  void Print(const google::protobuf::Message& message) override { list_->CopyFrom(message); }

 private:
  const std::shared_ptr<pb::ListUpstreamsResponse> list_;
};

absl::StatusOr<Plan> StreamPlan(const ChatCommand& command, const std::string& dialect, const std::string& text,
                                Screen screen) {
  auto method = FindMethod("sluice.v1.Gateway/Stream");
  if (!method.ok()) return method.status();
  pb::StreamRequest request;
  request.set_upstream(command.target.upstream);
  request.set_path(command.path.value_or(dialect == "anthropic" ? "/v1/messages" : "/v1/chat/completions"));
  for (const auto& [name, value] : command.target.headers) (*request.mutable_headers())[name] = value;
  request.set_body(ChatBody(dialect, command.model, text, request.path()));
  return Plan{*method, Input({request.SerializeAsString()}), std::make_unique<ChatPrinter>(screen)};
}

}  // namespace

absl::StatusOr<Plan> PlanOf(const ChatCommand& command, Screen screen, const Wakeup& wakeup) {
  absl::StatusOr<std::string> text = GivenText(command.text, wakeup);
  if (!text.ok()) return text.status();
  if (!command.dialect.empty()) return StreamPlan(command, command.dialect, *text, screen);
  auto method = FindMethod("sluice.v1.Gateway/ListUpstreams");
  if (!method.ok()) return method.status();
  auto list = std::make_shared<pb::ListUpstreamsResponse>();
  Plan plan{*method, Input({std::string()}), std::make_unique<UpstreamsKeeper>(screen, list)};
  plan.then = [command, list, text = *text, screen]() -> absl::StatusOr<Plan> {
    absl::StatusOr<std::string> dialect = ChatDialect(*list, command.target.upstream);
    return dialect.ok() ? StreamPlan(command, *dialect, text, screen) : dialect.status();
  };
  return plan;
}

}  // namespace sluice::ctl
