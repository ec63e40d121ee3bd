#include "lf/a2a/v1/a2a.grpc.pb.h"
#include "tests/integration/a2a_clients.h"
#include "tests/integration/a2a_told.h"

namespace sluice::testing {
namespace {

namespace v10 = lf::a2a::v1;

v10::Part Part10(const AnyPart& part) {
  v10::Part told;
  told.set_media_type(part.media_type);
  told.set_filename(part.filename);
  switch (part.kind) {
    case AnyPart::Kind::kText:
      told.set_text(part.content);
      break;
    case AnyPart::Kind::kBytes:
      told.set_raw(part.content);
      break;
    case AnyPart::Kind::kUrl:
      told.set_url(part.content);
      break;
    case AnyPart::Kind::kData:
      (*told.mutable_data()->mutable_struct_value()->mutable_fields())["k"].set_string_value(part.content);
      break;
  }
  return told;
}

AnyPart TellPart(const v10::Part& part) {
  AnyPart told{AnyPart::Kind::kText, part.text(), part.media_type(), part.filename()};
  if (part.has_raw()) told = {AnyPart::Kind::kBytes, part.raw(), part.media_type(), part.filename()};
  if (part.has_url()) told = {AnyPart::Kind::kUrl, part.url(), part.media_type(), part.filename()};
  if (part.has_data()) {
    told.kind = AnyPart::Kind::kData;
    told.content = part.data().struct_value().fields().at("k").string_value();
  }
  return told;
}

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

  grpc::Status Echo(grpc::ClientContext& context, const std::vector<AnyPart>& parts,
                    std::vector<AnyPart>& echoed) override {
    v10::SendMessageRequest request = Saying("", "");
    request.mutable_message()->clear_parts();
    for (const AnyPart& part : parts) *request.mutable_message()->add_parts() = Part10(part);
    v10::SendMessageResponse response;
    const grpc::Status status = stub_->SendMessage(&context, request, &response);
    if (!status.ok()) return status;
    for (const auto& part : response.task().artifacts(0).parts()) echoed.push_back(TellPart(part));
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

}  // namespace

std::unique_ptr<AnyA2aClient> NewA2aClient10(const std::shared_ptr<grpc::Channel>& channel) {
  return std::make_unique<Client10>(channel);
}

}  // namespace sluice::testing
