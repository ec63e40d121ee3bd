#include "client/ctl/a2a_printer.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "client/ctl/terminal.h"

namespace sluice::ctl {
namespace {

namespace a2a = lf::a2a::v1;

constexpr std::string_view kMargin = "  ";

std::string FileText(const a2a::Part& part) {
  std::string text = "[file";
  if (!part.filename().empty()) text += " " + part.filename();
  if (!part.media_type().empty()) text += " " + part.media_type();
  text += part.has_url() ? " " + part.url() : ", " + std::to_string(part.raw().size()) + " bytes";
  return text + "]";
}

std::string PartText(const a2a::Part& part) {
  switch (part.content_case()) {
    case a2a::Part::kText:
      return part.text();
    case a2a::Part::kData:
      return ToJson(part.data());
    case a2a::Part::kRaw:
    case a2a::Part::kUrl:
      return FileText(part);
    case a2a::Part::CONTENT_NOT_SET:
      break;
  }
  return "[empty part]";
}

template <typename Parts>
std::string PartsText(const Parts& parts) {
  std::string text;
  for (const a2a::Part& part : parts) text += Indented(PartText(part), kMargin);
  return text;
}

bool IsOver(a2a::TaskState state) {
  return state == a2a::TASK_STATE_COMPLETED || state == a2a::TASK_STATE_FAILED || state == a2a::TASK_STATE_CANCELED ||
         state == a2a::TASK_STATE_REJECTED;
}

Colour StateColour(a2a::TaskState state) {
  switch (state) {
    case a2a::TASK_STATE_COMPLETED:
      return Colour::kGreen;
    case a2a::TASK_STATE_FAILED:
    case a2a::TASK_STATE_REJECTED:
    case a2a::TASK_STATE_CANCELED:
      return Colour::kRed;
    case a2a::TASK_STATE_INPUT_REQUIRED:
    case a2a::TASK_STATE_AUTH_REQUIRED:
      return Colour::kYellow;
    default:
      return Colour::kBlue;
  }
}

std::string Time(const google::protobuf::Timestamp& time) { return google::protobuf::util::TimeUtil::ToString(time); }

}  // namespace

std::string StateName(a2a::TaskState state) {
  if (!a2a::TaskState_IsValid(state)) return "state-" + std::to_string(static_cast<int>(state));
  std::string name = a2a::TaskState_Name(state).substr(std::string_view("TASK_STATE_").size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : std::tolower(c); });
  return name;
}

void A2aPrinter::Print(const google::protobuf::Message& message) {
  Observe(message);
  if (screen_.json) {
    screen_.out << ToJson(message) << std::endl;
  } else {
    screen_.out << Text(message) << std::flush;
  }
}

std::string A2aPrinter::Text(const google::protobuf::Message& message) {
  if (const auto* event = dynamic_cast<const a2a::StreamResponse*>(&message)) {
    if (event->has_status_update())
      return StatusText(event->status_update().task_id(), event->status_update().status());
    if (event->has_artifact_update()) return ArtifactText(event->artifact_update().artifact());
    return PayloadText(*event);
  }
  if (const auto* answer = dynamic_cast<const a2a::SendMessageResponse*>(&message)) return PayloadText(*answer);
  if (const auto* task = dynamic_cast<const a2a::Task*>(&message)) return TaskText(*task);
  if (const auto* list = dynamic_cast<const a2a::ListTasksResponse*>(&message)) return ListText(*list);
  if (const auto* card = dynamic_cast<const a2a::AgentCard*>(&message)) return CardText(*card);
  return ToJson(message) + "\n";
}

template <typename Payload>
std::string A2aPrinter::PayloadText(const Payload& payload) {
  if (payload.has_task()) return TaskText(payload.task());
  if (payload.has_message()) return MessageText(payload.message());
  return "[an answer with neither a task nor a message]\n";
}

std::string A2aPrinter::TaskText(const a2a::Task& task) {
  std::string text = StatusText(task.id(), task.status());
  if (detail_ == Detail::kWhole) {
    if (!task.context_id().empty()) text += "  context " + VisibleLine(task.context_id()) + "\n";
    if (task.status().has_timestamp()) text += "  since " + Time(task.status().timestamp()) + "\n";
    for (const a2a::Message& message : task.history()) text += MessageText(message);
  }
  for (const a2a::Artifact& artifact : task.artifacts()) {
    if (artifacts_.count(artifact.artifact_id()) == 0) text += ArtifactText(artifact);
  }
  return text;
}

std::string A2aPrinter::StatusText(const std::string& task, const a2a::TaskStatus& status) {
  artifact_.clear();
  return "task " + Named(task) + " " + State(status.state()) + "\n" + PartsText(status.message().parts());
}

std::string A2aPrinter::ArtifactText(const a2a::Artifact& artifact) {
  std::string text;
  if (artifact.artifact_id() != artifact_ && !artifact.name().empty()) {
    text = std::string(kMargin) + Paint(screen_.colour, Colour::kDim, VisibleLine(artifact.name())) + "\n";
  }
  artifact_ = artifact.artifact_id();
  artifacts_.insert(artifact_);
  return text + PartsText(artifact.parts());
}

std::string A2aPrinter::MessageText(const a2a::Message& message) {
  return std::string(message.role() == a2a::ROLE_USER ? "user" : "agent") + ":\n" + PartsText(message.parts());
}

std::string A2aPrinter::ListText(const a2a::ListTasksResponse& list) {
  std::string text;
  for (const a2a::Task& task : list.tasks()) {
    text += VisibleLine(task.id()) + "  " + State(task.status().state());
    if (task.status().has_timestamp()) text += "  " + Time(task.status().timestamp());
    if (!task.context_id().empty()) text += "  context " + VisibleLine(task.context_id());
    text += "\n";
    for (const a2a::Artifact& artifact : task.artifacts()) text += PartsText(artifact.parts());
  }
  text += std::to_string(list.tasks_size()) + " of " + std::to_string(list.total_size()) + " tasks";
  if (!list.next_page_token().empty()) text += "; next page: --page-token " + VisibleLine(list.next_page_token());
  return text + "\n";
}

std::string A2aPrinter::State(a2a::TaskState state) const {
  return Paint(screen_.colour, StateColour(state), StateName(state));
}

std::string A2aPrinter::Named(const std::string& task) {
  constexpr std::size_t kShort = 8;
  const bool first = named_.insert(task).second;
  if (first || task.size() <= kShort + 4) return VisibleLine(task);
  std::size_t cut = kShort;
  while ((static_cast<unsigned char>(task[cut]) & 0xc0) == 0x80) --cut;  // not within a character
  return VisibleLine(std::string_view(task).substr(0, cut)) + "…";
}

void A2aPrinter::Observe(const google::protobuf::Message& message) {
  const auto see = [this](const std::string& task, const a2a::TaskStatus& status) {
    task_ = task;
    state_ = status.state();
  };
  if (const auto* event = dynamic_cast<const a2a::StreamResponse*>(&message)) {
    if (event->has_task()) see(event->task().id(), event->task().status());
    if (event->has_status_update()) see(event->status_update().task_id(), event->status_update().status());
    if (event->has_artifact_update()) task_ = event->artifact_update().task_id();
  } else if (const auto* answer = dynamic_cast<const a2a::SendMessageResponse*>(&message)) {
    if (answer->has_task()) see(answer->task().id(), answer->task().status());
  } else if (const auto* task = dynamic_cast<const a2a::Task*>(&message)) {
    see(task->id(), task->status());
  }
}

std::vector<Advice> A2aPrinter::Next(bool ok) const {
  if (task_.empty() || detail_ == Detail::kWhole || IsOver(state_)) return {};
  if (ok && state_ == a2a::TASK_STATE_INPUT_REQUIRED) return {{"answer", {"stream", "--task", task_, "TEXT"}}};
  if (ok) return {{"follow", {"subscribe", task_}}};
  return {{"resume", {"subscribe", task_}}, {"stop the task", {"cancel", task_}}};
}

std::string CardText(const a2a::AgentCard& card) {
  std::string text =
      VisibleLine(card.name()) + " " + VisibleLine(card.version()) + "\n" + Indented(card.description(), kMargin);
  for (const a2a::AgentInterface& interface : card.supported_interfaces()) {
    text += "interface " + VisibleLine(interface.protocol_binding()) + " " + VisibleLine(interface.protocol_version()) +
            " " + VisibleLine(interface.url()) + "\n";
  }
  const a2a::AgentCapabilities& can = card.capabilities();
  text += std::string("streaming ") + (can.streaming() ? "yes" : "no") + ", push notifications " +
          (can.push_notifications() ? "yes" : "no") + ", extended card " + (can.extended_agent_card() ? "yes" : "no") +
          "\n";
  for (const a2a::AgentSkill& skill : card.skills()) {
    text += "skill " + VisibleLine(skill.id()) + ": " + VisibleLine(skill.name()) + "\n" +
            Indented(skill.description(), kMargin);
  }
  return text;
}

}  // namespace sluice::ctl
