// The command lines of send, stream, get, list, cancel, subscribe and card.
#include "client/ctl/commands.h"
#include "client/ctl/flag_values.h"

namespace sluice::ctl {
namespace {

void AddTask(CLI::App* sub, std::string& task) {
  sub->add_option("TASK", task, "Id of the task")->required()->check([](const std::string& value) {
    return value.empty() ? std::string("the id of the task is empty") : std::string();
  });
}

void AddSend(CLI::App* app, Options& options, const char* name, bool stream, const char* help) {
  AddCommand<SendCommand>(app, options, name, help, [stream](CLI::App* sub, SendCommand& command) {
    command.stream = stream;
    sub->add_option("TEXT", command.text, "What to say to the agent; '-' reads it from stdin")->required();
    sub->add_option("--task", command.task, "Go on with this task");
    sub->add_option("--context", command.context, "Belong to this context");
    sub->add_flag("--return-immediately", command.return_immediately, "Do not wait for the task to be over");
    AddOptionalInt(sub, "--history", command.history, 0, 1'000'000, "At most so many messages of the task's history");
  });
}

}  // namespace

void AddA2aCommands(CLI::App* app, Options& options) {
  AddSend(app, options, "send", false, "Send a message and wait for the answer (SendMessage)");
  AddSend(app, options, "stream", true, "Send a message and show the events as they come (SendStreamingMessage)");
  AddCommand<GetCommand>(app, options, "get", "Show a task (GetTask)", [](CLI::App* sub, GetCommand& command) {
    AddTask(sub, command.task);
    AddOptionalInt(sub, "--history", command.history, 0, 1'000'000, "At most so many messages of its history");
  });
  AddCommand<ListCommand>(app, options, "list", "List tasks (ListTasks)", [](CLI::App* sub, ListCommand& command) {
    sub->add_option("--context", command.context, "Only those of this context");
    AddParsed(
        sub, "--status", ParseTaskState, [&command](int state) { command.status = state; },
        "Only those in this state, such as working or input-required")
        ->type_name("STATE");
    AddOptionalInt(sub, "--page-size", command.page_size, 1, 100, "At most so many");
    sub->add_option("--page-token", command.page_token, "Go on where the page before ended");
    sub->add_flag("--artifacts", command.artifacts, "With their artifacts");
  });
  AddCommand<CancelCommand>(app, options, "cancel", "Ask the agent to cancel a task (CancelTask)",
                            [](CLI::App* sub, CancelCommand& command) { AddTask(sub, command.task); });
  AddCommand<SubscribeCommand>(app, options, "subscribe",
                               "Follow a running task: as it stands, then its events (SubscribeToTask)",
                               [](CLI::App* sub, SubscribeCommand& command) { AddTask(sub, command.task); });
  AddCommand<CardCommand>(app, options, "card", "Show the agent's card (GetExtendedAgentCard)",
                          [](CLI::App*, CardCommand&) {});
}

}  // namespace sluice::ctl
