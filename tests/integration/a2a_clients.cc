#include "tests/integration/a2a_clients.h"

#include "a2a/v1/a2a.grpc.pb.h"
#include "lf/a2a/v1/a2a.grpc.pb.h"

namespace sluice::testing {
namespace {

namespace v10 = lf::a2a::v1;
namespace v03 = a2a::v1;

// ---- what differs in the names of fields ----

const auto& PartsOf(const v10::Message& message) { return message.parts(); }
const auto& PartsOf(const v03::Message& message) { return message.content(); }
const auto& MessageOf(const v10::SendMessageResponse& response) { return response.message(); }
const auto& MessageOf(const v03::SendMessageResponse& response) { return response.msg(); }
const auto& MessageOf(const v10::StreamResponse& response) { return response.message(); }
const auto& MessageOf(const v03::StreamResponse& response) { return response.msg(); }
bool IsFinal(const v10::TaskStatusUpdateEvent&) { return false; }
bool IsFinal(const v03::TaskStatusUpdateEvent& update) { return update.final(); }

// ---- what is the same ----

template <typename Parts>
std::string TextOf(const Parts& parts) {
  return parts.empty() ? std::string() : parts.at(0).text();
}

template <typename State>
v10::TaskState StateOf(State state) {
  return static_cast<v10::TaskState>(state);
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

// ---- 1.0 ----

class Client10 final : public AnyA2aClient {
 public:
  explicit Client10(const std::shared_ptr<grpc::Channel>& channel) : stub_(v10::A2AService::NewStub(channel)) {}

  grpc::Status Send(grpc::ClientContext& context, const std::string& text, const std::string& task_id, bool wait,
                    Told& answer) override {
    v10::SendMessageRequest request = Saying(text, task_id);
    request.mutable_configuration()->set_return_immediately(!wait);
    v10::SendMessageResponse response;
    const grpc::Status status = stub_->SendMessage(&context, request, &response);
    answer = TellAnswer(response);
    return status;
  }

  grpc::Status Stream(grpc::ClientContext& context, const std::string& text, const std::string& task_id,
                      const OnEvent& on_event) override {
    return ReadAll(stub_->SendStreamingMessage(&context, Saying(text, task_id)), on_event);
  }

  grpc::Status Subscribe(grpc::ClientContext& context, const std::string& id, const OnEvent& on_event) override {
    v10::SubscribeToTaskRequest request;
    request.set_id(id);
    return ReadAll(stub_->SubscribeToTask(&context, request), on_event);
  }

  grpc::Status Get(grpc::ClientContext& context, const std::string& id, Told& task) override {
    v10::GetTaskRequest request;
    request.set_id(id);
    v10::Task response;
    const grpc::Status status = stub_->GetTask(&context, request, &response);
    task = TellTask(response);
    return status;
  }

  grpc::Status Cancel(grpc::ClientContext& context, const std::string& id, Told& task) override {
    v10::CancelTaskRequest request;
    request.set_id(id);
    v10::Task response;
    const grpc::Status status = stub_->CancelTask(&context, request, &response);
    task = TellTask(response);
    return status;
  }

  grpc::Status CreateWebhook(grpc::ClientContext& context, const Webhook& webhook, Webhook& created) override {
    v10::TaskPushNotificationConfig request;
    request.set_task_id(webhook.task_id);
    request.set_id(webhook.id);
    request.set_url(webhook.url);
    request.mutable_authentication()->set_scheme(webhook.scheme);
    v10::TaskPushNotificationConfig response;
    const grpc::Status status = stub_->CreateTaskPushNotificationConfig(&context, request, &response);
    created = Tell(response);
    return status;
  }

  grpc::Status GetWebhook(grpc::ClientContext& context, const Webhook& named, Webhook& webhook) override {
    v10::GetTaskPushNotificationConfigRequest request;
    request.set_task_id(named.task_id);
    request.set_id(named.id);
    v10::TaskPushNotificationConfig response;
    const grpc::Status status = stub_->GetTaskPushNotificationConfig(&context, request, &response);
    webhook = Tell(response);
    return status;
  }

  grpc::Status ListWebhooks(grpc::ClientContext& context, const std::string& task_id,
                            std::vector<Webhook>& webhooks) override {
    v10::ListTaskPushNotificationConfigsRequest request;
    request.set_task_id(task_id);
    v10::ListTaskPushNotificationConfigsResponse response;
    const grpc::Status status = stub_->ListTaskPushNotificationConfigs(&context, request, &response);
    webhooks.clear();
    for (const auto& config : response.configs()) webhooks.push_back(Tell(config));
    return status;
  }

  grpc::Status DeleteWebhook(grpc::ClientContext& context, const Webhook& named) override {
    v10::DeleteTaskPushNotificationConfigRequest request;
    request.set_task_id(named.task_id);
    request.set_id(named.id);
    google::protobuf::Empty response;
    return stub_->DeleteTaskPushNotificationConfig(&context, request, &response);
  }

  grpc::Status ExtendedCard(grpc::ClientContext& context, std::string& name,
                            std::vector<std::string>& skills) override {
    v10::AgentCard card;
    const grpc::Status status = stub_->GetExtendedAgentCard(&context, {}, &card);
    TellCard(card, name, skills);
    return status;
  }

 private:
  static v10::SendMessageRequest Saying(const std::string& text, const std::string& task_id) {
    v10::SendMessageRequest request;
    request.mutable_message()->set_message_id("m-1");
    request.mutable_message()->set_role(v10::ROLE_USER);
    request.mutable_message()->add_parts()->set_text(text);
    request.mutable_message()->set_task_id(task_id);
    return request;
  }
  static Webhook Tell(const v10::TaskPushNotificationConfig& config) {
    return {config.task_id(), config.id(), config.url(), config.authentication().scheme()};
  }

  const std::unique_ptr<v10::A2AService::Stub> stub_;
};

// ---- 0.3 ----

class Client03 final : public AnyA2aClient {
 public:
  explicit Client03(const std::shared_ptr<grpc::Channel>& channel) : stub_(v03::A2AService::NewStub(channel)) {}

  grpc::Status Send(grpc::ClientContext& context, const std::string& text, const std::string& task_id, bool wait,
                    Told& answer) override {
    v03::SendMessageRequest request = Saying(text, task_id);
    request.mutable_configuration()->set_blocking(wait);
    v03::SendMessageResponse response;
    const grpc::Status status = stub_->SendMessage(&context, request, &response);
    answer = TellAnswer(response);
    return status;
  }

  grpc::Status Stream(grpc::ClientContext& context, const std::string& text, const std::string& task_id,
                      const OnEvent& on_event) override {
    return ReadAll(stub_->SendStreamingMessage(&context, Saying(text, task_id)), on_event);
  }

  grpc::Status Subscribe(grpc::ClientContext& context, const std::string& id, const OnEvent& on_event) override {
    v03::TaskSubscriptionRequest request;
    request.set_name(Name(id));
    return ReadAll(stub_->TaskSubscription(&context, request), on_event);
  }

  grpc::Status Get(grpc::ClientContext& context, const std::string& id, Told& task) override {
    v03::GetTaskRequest request;
    request.set_name(Name(id));
    v03::Task response;
    const grpc::Status status = stub_->GetTask(&context, request, &response);
    task = TellTask(response);
    return status;
  }

  grpc::Status Cancel(grpc::ClientContext& context, const std::string& id, Told& task) override {
    v03::CancelTaskRequest request;
    request.set_name(Name(id));
    v03::Task response;
    const grpc::Status status = stub_->CancelTask(&context, request, &response);
    task = TellTask(response);
    return status;
  }

  grpc::Status CreateWebhook(grpc::ClientContext& context, const Webhook& webhook, Webhook& created) override {
    v03::CreateTaskPushNotificationConfigRequest request;
    request.set_parent(Name(webhook.task_id));
    request.set_config_id(webhook.id);
    request.mutable_config()->set_name(Name(webhook));
    v03::PushNotificationConfig& config = *request.mutable_config()->mutable_push_notification_config();
    config.set_id(webhook.id);
    config.set_url(webhook.url);
    config.mutable_authentication()->add_schemes(webhook.scheme);
    v03::TaskPushNotificationConfig response;
    const grpc::Status status = stub_->CreateTaskPushNotificationConfig(&context, request, &response);
    created = Tell(response);
    return status;
  }

  grpc::Status GetWebhook(grpc::ClientContext& context, const Webhook& named, Webhook& webhook) override {
    v03::GetTaskPushNotificationConfigRequest request;
    request.set_name(Name(named));
    v03::TaskPushNotificationConfig response;
    const grpc::Status status = stub_->GetTaskPushNotificationConfig(&context, request, &response);
    webhook = Tell(response);
    return status;
  }

  grpc::Status ListWebhooks(grpc::ClientContext& context, const std::string& task_id,
                            std::vector<Webhook>& webhooks) override {
    v03::ListTaskPushNotificationConfigRequest request;
    request.set_parent(Name(task_id));
    v03::ListTaskPushNotificationConfigResponse response;
    const grpc::Status status = stub_->ListTaskPushNotificationConfig(&context, request, &response);
    webhooks.clear();
    for (const auto& config : response.configs()) webhooks.push_back(Tell(config));
    return status;
  }

  grpc::Status DeleteWebhook(grpc::ClientContext& context, const Webhook& named) override {
    v03::DeleteTaskPushNotificationConfigRequest request;
    request.set_name(Name(named));
    google::protobuf::Empty response;
    return stub_->DeleteTaskPushNotificationConfig(&context, request, &response);
  }

  grpc::Status ExtendedCard(grpc::ClientContext& context, std::string& name,
                            std::vector<std::string>& skills) override {
    v03::AgentCard card;
    const grpc::Status status = stub_->GetAgentCard(&context, {}, &card);
    TellCard(card, name, skills);
    return status;
  }

 private:
  static v03::SendMessageRequest Saying(const std::string& text, const std::string& task_id) {
    v03::SendMessageRequest request;
    request.mutable_request()->set_message_id("m-1");
    request.mutable_request()->set_role(v03::ROLE_USER);
    request.mutable_request()->add_content()->set_text(text);
    request.mutable_request()->set_task_id(task_id);
    return request;
  }
  static std::string Name(const std::string& task_id) { return "tasks/" + task_id; }
  static std::string Name(const Webhook& webhook) {
    return Name(webhook.task_id) + "/pushNotificationConfigs/" + webhook.id;
  }
  // The name is taken apart: it must be of the form above.
  static Webhook Tell(const v03::TaskPushNotificationConfig& told) {
    const v03::PushNotificationConfig& config = told.push_notification_config();
    const std::string in_between = "/pushNotificationConfigs/";
    const std::size_t cut = told.name().find(in_between);
    if (told.name().rfind("tasks/", 0) != 0 || cut == std::string::npos) return {};
    return {told.name().substr(6, cut - 6), told.name().substr(cut + in_between.size()), config.url(),
            config.authentication().schemes_size() == 1 ? config.authentication().schemes(0) : std::string()};
  }

  const std::unique_ptr<v03::A2AService::Stub> stub_;
};

}  // namespace

std::unique_ptr<AnyA2aClient> NewA2aClient(ClientVersion version, const std::shared_ptr<grpc::Channel>& channel) {
  if (version == ClientVersion::k03) return std::make_unique<Client03>(channel);
  return std::make_unique<Client10>(channel);
}

}  // namespace sluice::testing
