// Params of A2A 1.0 → those of 0.3. Works on their JSON, so that texts, numbers and free-form data pass as they stand.
#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status.h"
#include "server/translate/a2a_request.h"
#include "server/translate/a2a_v03_json.h"
#include "server/translate/a2a_v03_proto.h"
#include "server/translate/json_members.h"
#include "server/translate/message_table.h"

namespace sluice::translate {
namespace {

// Writes an object or an array; values are raw JSON.
class Builder {
 public:
  explicit Builder(char open) : out_(1, open) {}

  Builder& Add(std::string_view name, std::string_view value) {
    Separate();
    absl::StrAppend(&out_, "\"", ToAbsl(name), "\":", ToAbsl(value));
    return *this;
  }
  Builder& Add(std::string_view element) {
    Separate();
    out_.append(element);
    return *this;
  }
  std::string Close() {
    out_.push_back(out_.front() == '{' ? '}' : ']');
    return std::move(out_);
  }

 private:
  void Separate() {
    if (out_.size() > 1) out_.push_back(',');
  }

  std::string out_;
};

// The members of an object of ProtoJSON.
class Members {
 public:
  explicit Members(std::string_view object) {
    ForEachMember(object, [&](std::string name, std::string_view value) { all_.emplace_back(std::move(name), value); });
  }

  // The raw value; empty when there is none.
  std::string_view operator[](std::string_view name) const {
    for (const auto& [member, value] : all_) {
      if (member == name) return value;
    }
    return {};
  }

  // Those of `names` that are there, with their other names.
  void CopyAs(Builder& to, std::initializer_list<std::pair<std::string_view, std::string_view>> names) const {
    for (const auto& [from, name] : names) {
      if (const std::string_view value = (*this)[from]; !value.empty()) to.Add(name, value);
    }
  }
  void CopyTo(Builder& to, std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) CopyAs(to, {{name, name}});
  }

 private:
  std::vector<std::pair<std::string, std::string_view>> all_;
};

absl::Status Refuse(std::string_view field, std::string_view why) {
  absl::Status status = InvalidA2aRequest(absl::StrCat(ToAbsl(field), " ", ToAbsl(why)));
  AddFieldViolation(status, field, why);
  return status;
}

// The metadata of a part, with the mark of a wrapped value.
std::string Marked(std::string_view metadata) {
  Builder marked('{');
  ForEachMember(metadata, [&](const std::string& name, std::string_view value) {
    if (name != kDataPartCompat) marked.Add(absl::StrCat(ToAbsl(QuoteJson(name)), ":", ToAbsl(value)));
  });
  return marked.Add(kDataPartCompat, "true").Close();
}

std::string Part(std::string_view json) {
  const Members part(json);
  Builder out('{');
  std::string metadata(part["metadata"]);
  if (!part["text"].empty()) {
    out.Add("kind", R"("text")").Add("text", part["text"]);
  } else if (const std::string_view data = part["data"]; !data.empty()) {
    out.Add("kind", R"("data")");
    out.Add("data", data.front() == '{' ? std::string(data) : Builder('{').Add("value", data).Close());
    if (data.front() != '{') metadata = Marked(metadata);
  } else {
    Builder file('{');
    part.CopyAs(file, {{"raw", "bytes"}, {"url", "uri"}, {"mediaType", "mimeType"}, {"filename", "name"}});
    out.Add("kind", R"("file")").Add("file", file.Close());
  }
  if (!metadata.empty()) out.Add("metadata", metadata);
  return out.Close();
}

std::string Message(std::string_view json) {
  const Members message(json);
  Builder parts('[');
  ForEachElement(message["parts"], [&](std::string_view part) { parts.Add(Part(part)); });
  Builder out('{');
  out.Add("kind", R"("message")");
  message.CopyTo(out, {"messageId", "contextId", "taskId"});
  // Whose it is was checked: the constant of ROLE_AGENT, or of ROLE_USER.
  out.Add("role", message["role"] == R"("ROLE_AGENT")" ? R"("agent")" : R"("user")").Add("parts", parts.Close());
  message.CopyTo(out, {"metadata", "extensions", "referenceTaskIds"});
  return out.Close();
}

std::string Authentication(std::string_view json) {
  const Members authentication(json);
  Builder schemes('[');
  const std::string joined = StringOf(authentication["scheme"]);
  for (absl::string_view scheme : absl::StrSplit(joined, kListSeparator, absl::SkipEmpty())) {
    schemes.Add(QuoteJson(ToStd(scheme)));
  }
  Builder out('{');
  out.Add("schemes", schemes.Close());
  authentication.CopyTo(out, {"credentials"});
  return out.Close();
}

std::string PushNotificationConfig(const Members& config) {
  Builder out('{');
  config.CopyTo(out, {"id", "url", "token"});
  if (const auto authentication = config["authentication"]; !authentication.empty()) {
    out.Add("authentication", Authentication(authentication));
  }
  return out.Close();
}

absl::StatusOr<std::string> Send(const Members& request) {
  const Members configuration(request["configuration"]);
  const std::string_view modes = configuration["acceptedOutputModes"];
  Builder settings('{');
  settings.Add("acceptedOutputModes", modes.empty() ? "[]" : modes);  // 0.2 requires it
  if (const auto hook = configuration["taskPushNotificationConfig"]; !hook.empty()) {
    const Members config(hook);
    if (!config["tenant"].empty()) {
      return Refuse("configuration.task_push_notification_config.tenant", "cannot be told to an agent of A2A 0.3");
    }
    settings.Add("pushNotificationConfig", PushNotificationConfig(config));
  }
  configuration.CopyTo(settings, {"historyLength"});
  settings.Add("blocking", configuration["returnImmediately"] == "true" ? "false" : "true");
  Builder out('{');
  out.Add("message", Message(request["message"])).Add("configuration", settings.Close());
  request.CopyTo(out, {"metadata"});
  return out.Close();
}

absl::StatusOr<std::string> Task(const Members& request) {
  Builder out('{');
  request.CopyTo(out, {"id", "historyLength", "metadata"});
  return out.Close();
}

absl::StatusOr<std::string> CreateConfig(const Members& request) {
  Builder out('{');
  request.CopyTo(out, {"taskId"});
  return out.Add("pushNotificationConfig", PushNotificationConfig(request)).Close();
}

absl::StatusOr<std::string> NameConfig(const Members& request) {
  Builder out('{');
  request.CopyAs(out, {{"taskId", "id"}, {"id", "pushNotificationConfigId"}});
  return out.Close();
}

absl::StatusOr<std::string> ListConfigs(const Members& request) {
  if (!request["pageToken"].empty()) return Refuse("page_token", "is of no list of this agent: A2A 0.3 has no pages");
  return Builder('{').Add("id", request["taskId"]).Close();
}

absl::StatusOr<std::string> None(const Members&) { return std::string(); }

struct MethodRow {
  std::string_view rpc;
  absl::StatusOr<std::string> (*params)(const Members& request);
};
constexpr auto kMethods = std::to_array<MethodRow>({
    {"SendMessage", Send},
    {"SendStreamingMessage", Send},
    {"GetTask", Task},
    {"CancelTask", Task},
    {"SubscribeToTask", Task},
    {"CreateTaskPushNotificationConfig", CreateConfig},
    {"GetTaskPushNotificationConfig", NameConfig},
    {"ListTaskPushNotificationConfigs", ListConfigs},
    {"DeleteTaskPushNotificationConfig", NameConfig},
    {"GetExtendedAgentCard", None},
});

}  // namespace

absl::StatusOr<std::string> ParamsToV03Json(const A2aMethod& method, std::string_view params) {
  const Members request(params);
  if (!request["tenant"].empty()) return Refuse("tenant", "cannot be told to an agent of A2A 0.3; leave it out");
  for (const MethodRow& row : kMethods) {
    if (row.rpc == method.rpc) return row.params(request);
  }
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("the agent speaks A2A 0.3, which has no ", ToAbsl(method.rpc)), "UNSUPPORTED_OPERATION",
                   reason::kA2aDomain);
}

}  // namespace sluice::translate
