// call: any method, its messages given as JSON.
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/ctl/json_splitter.h"
#include "client/ctl/methods.h"
#include "client/ctl/plan.h"

namespace sluice::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::MethodDescriptor;

absl::Status About(const std::string& source, const absl::Status& status) {
  return absl::Status(status.code(), source + " " + std::string(status.message()));
}

// Splits what comes into objects and each object into a message of `type`.
Input::Decoder JsonDecoder(const Descriptor* type, const std::string& source) {
  auto splitter = std::make_shared<JsonSplitter>();
  auto count = std::make_shared<int>(0);
  return [type, source, splitter, count](std::string_view bytes, bool last, Input::Messages& out) {
    std::vector<std::string> objects;
    absl::Status split = splitter->Feed(bytes, objects);
    for (const std::string& object : objects) {
      absl::StatusOr<std::string> message = SerializeJson(type, object);
      ++*count;
      if (!message.ok()) return About(source + ": message " + std::to_string(*count), message.status());
      out.push_back(*std::move(message));
    }
    if (split.ok() && last) split = splitter->Finish();
    return split.ok() ? split : About(source + ":", split);
  };
}

absl::StatusOr<std::string> Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string contents((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.good() && !contents.empty()) return contents;
  return absl::InvalidArgumentError("--data: nothing to read in '" + path + "'");
}

absl::StatusOr<std::vector<std::string>> AllMessages(const Descriptor* type, const std::string& source,
                                                     const std::string& json) {
  Input::Messages messages;
  absl::Status decoded = JsonDecoder(type, source)(json, /*last=*/true, messages);
  if (!decoded.ok()) return decoded;
  return std::vector<std::string>(messages.begin(), messages.end());
}

// The JSON given on the command line, in a file, or, for a method that takes one message, on stdin.
absl::StatusOr<std::string> JsonOf(const CallCommand& command, bool one_message, const Wakeup& wakeup) {
  if (!command.data) return std::string(one_message ? "{}" : "");
  if (command.data->substr(0, 1) == "@") return Contents(command.data->substr(1));
  if (*command.data != "-") return *command.data;
  absl::StatusOr<std::string> input = ReadAll(STDIN_FILENO, wakeup);
  return input.ok() ? input : About("stdin", input.status());
}

absl::StatusOr<Input> InputOf(const CallCommand& command, const MethodDescriptor* method, const Wakeup& wakeup) {
  const bool one_message = !method->client_streaming();
  const bool from_stdin = command.data == "-";
  const std::string source = from_stdin ? "stdin" : "--data";
  if (from_stdin && !one_message) return Input({}, STDIN_FILENO, JsonDecoder(method->input_type(), source));
  absl::StatusOr<std::string> json = JsonOf(command, one_message, wakeup);
  if (!json.ok()) return json.status();
  absl::StatusOr<std::vector<std::string>> messages = AllMessages(method->input_type(), source, *json);
  if (!messages.ok()) return messages.status();
  if (one_message && messages->size() != 1) {
    return absl::InvalidArgumentError(source + ": the method takes one message, there are " +
                                      std::to_string(messages->size()));
  }
  return Input(*std::move(messages));
}

}  // namespace

absl::StatusOr<Plan> PlanOf(const CallCommand& command, Screen screen, const Wakeup& wakeup) {
  auto method = FindMethod(command.method);
  if (!method.ok()) return method.status();
  absl::StatusOr<Input> input = InputOf(command, *method, wakeup);
  if (!input.ok()) return input.status();
  return Plan{*method, *std::move(input), std::make_unique<JsonPrinter>(screen)};
}

}  // namespace sluice::ctl
