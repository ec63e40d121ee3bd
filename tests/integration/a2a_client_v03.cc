// Of the bytes of a file it holds the base64 text, as most SDKs do.
#include "a2a/v1/a2a.grpc.pb.h"
#include "absl/strings/escaping.h"
#include "tests/integration/a2a_clients.h"
#include "tests/integration/a2a_told.h"

namespace sluice::testing {
namespace {

namespace v03 = a2a::v1;

v03::Part Part03(const AnyPart& part) {
  v03::Part told;
  switch (part.kind) {
    case AnyPart::Kind::kText:
      told.set_text(part.content);
      return told;
    case AnyPart::Kind::kData:
      (*told.mutable_data()->mutable_data()->mutable_fields())["k"].set_string_value(part.content);
      return told;
    case AnyPart::Kind::kBytes: {
      std::string text;
      absl::Base64Escape(part.content, &text);
      told.mutable_file()->set_file_with_bytes(text);
      break;
    }
    case AnyPart::Kind::kUrl:
      told.mutable_file()->set_file_with_uri(part.content);
      break;
  }
  told.mutable_file()->set_mime_type(part.media_type);
  told.mutable_file()->set_name(part.filename);
  return told;
}

AnyPart TellPart(const v03::Part& part) {
  if (part.has_data()) return {AnyPart::Kind::kData, part.data().data().fields().at("k").string_value()};
  if (!part.has_file()) return {AnyPart::Kind::kText, part.text()};
  const v03::FilePart& file = part.file();
  AnyPart told{AnyPart::Kind::kUrl, file.file_with_uri(), file.mime_type(), file.name()};
  if (file.has_file_with_bytes()) {
    told.kind = AnyPart::Kind::kBytes;
    if (!absl::Base64Unescape(file.file_with_bytes(), &told.content)) told.content = "no base64";
  }
  return told;
}

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

  grpc::Status Echo(grpc::ClientContext& context, const std::vector<AnyPart>& parts,
                    std::vector<AnyPart>& echoed) override {
    v03::SendMessageRequest request = Saying("", "");
    request.mutable_request()->clear_content();
    for (const AnyPart& part : parts) *request.mutable_request()->add_content() = Part03(part);
    v03::SendMessageResponse response;
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

std::unique_ptr<AnyA2aClient> NewA2aClient03(const std::shared_ptr<grpc::Channel>& channel) {
  return std::make_unique<Client03>(channel);
}

}  // namespace sluice::testing
