// What clients of both A2A versions see, told alike: their messages differ in the names of few fields.
#ifndef SLUICE_TESTS_INTEGRATION_A2A_TOLD_H_
#define SLUICE_TESTS_INTEGRATION_A2A_TOLD_H_

#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <string>
#include <vector>

#include "a2a/v1/a2a.pb.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "tests/integration/a2a_clients.h"

namespace sluice::testing {

inline const auto& PartsOf(const lf::a2a::v1::Message& message) { return message.parts(); }
inline const auto& PartsOf(const a2a::v1::Message& message) { return message.content(); }
inline const auto& MessageOf(const lf::a2a::v1::SendMessageResponse& response) { return response.message(); }
inline const auto& MessageOf(const a2a::v1::SendMessageResponse& response) { return response.msg(); }
inline const auto& MessageOf(const lf::a2a::v1::StreamResponse& response) { return response.message(); }
inline const auto& MessageOf(const a2a::v1::StreamResponse& response) { return response.msg(); }
inline bool IsFinal(const lf::a2a::v1::TaskStatusUpdateEvent&) { return false; }
inline bool IsFinal(const a2a::v1::TaskStatusUpdateEvent& update) { return update.final(); }

template <typename Parts>
std::string TextOf(const Parts& parts) {
  return parts.empty() ? std::string() : parts.at(0).text();
}

template <typename State>
lf::a2a::v1::TaskState StateOf(State state) {
  return static_cast<lf::a2a::v1::TaskState>(state);
}

template <typename Task>
Told TellTask(const Task& task) {
  Told told{"task", task.id(), StateOf(task.status().state())};
  if (!task.artifacts().empty()) told.text = TextOf(task.artifacts(0).parts());
  if (!task.history().empty()) told.first_message_id = task.history(0).message_id();
  return told;
}

template <typename Message>
Told TellMessage(const Message& message) {
  Told told{"message"};
  told.text = TextOf(PartsOf(message));
  return told;
}

template <typename Response>
Told TellAnswer(const Response& response) {
  return response.has_task() ? TellTask(response.task()) : TellMessage(MessageOf(response));
}

template <typename Response>
Told TellEvent(const Response& event) {
  if (event.has_status_update()) {
    const auto& update = event.status_update();
    Told told{"status", update.task_id(), StateOf(update.status().state())};
    told.is_final = IsFinal(update);
    return told;
  }
  if (event.has_artifact_update()) {
    const auto& update = event.artifact_update();
    Told told{"artifact", update.task_id()};
    told.text = TextOf(update.artifact().parts());
    told.append = update.append();
    told.last_chunk = update.last_chunk();
    return told;
  }
  return TellAnswer(event);
}

template <typename Response>
grpc::Status ReadAll(std::unique_ptr<grpc::ClientReader<Response>> reader, const AnyA2aClient::OnEvent& on_event) {
  for (Response event; reader->Read(&event);) on_event(TellEvent(event));
  return reader->Finish();
}

template <typename Card>
void TellCard(const Card& card, std::string& name, std::vector<std::string>& skills) {
  name = card.name();
  for (const auto& skill : card.skills()) skills.push_back(skill.id());
}

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_INTEGRATION_A2A_TOLD_H_
