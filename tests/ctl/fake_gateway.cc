#include "tests/ctl/fake_gateway.h"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace sluice::testing {
namespace {

namespace a2a = lf::a2a::v1;
namespace health = grpc::health::v1;

constexpr char kTask[] = "3f2a91c0-7b1d-4c5e-9a10-5d2f6a7b8c9d";

// An error as the gateway tells it: every detail goes into grpc-status-details-bin.
template <typename... Details>
grpc::Status Error(grpc::StatusCode code, const std::string& message, const Details&... details) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  (status.add_details()->PackFrom(details), ...);
  return grpc::Status(code, message, status.SerializeAsString());
}

google::rpc::ErrorInfo Info(const std::string& reason, const std::string& domain,
                            const std::map<std::string, std::string>& metadata = {}) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(domain);
  info.mutable_metadata()->insert(metadata.begin(), metadata.end());
  return info;
}

a2a::StreamResponse Snapshot(a2a::TaskState state) {
  a2a::StreamResponse event;
  event.mutable_task()->set_id(kTask);
  event.mutable_task()->set_context_id("context-1");
  event.mutable_task()->mutable_status()->set_state(state);
  return event;
}

a2a::StreamResponse Update(a2a::TaskState state, const std::string& words = "") {
  a2a::StreamResponse event;
  event.mutable_status_update()->set_task_id(kTask);
  event.mutable_status_update()->mutable_status()->set_state(state);
  if (!words.empty()) {
    event.mutable_status_update()->mutable_status()->mutable_message()->add_parts()->set_text(words);
  }
  return event;
}

a2a::StreamResponse Chunk(const std::string& words) {
  a2a::StreamResponse event;
  event.mutable_artifact_update()->set_task_id(kTask);
  event.mutable_artifact_update()->mutable_artifact()->set_artifact_id("a-1");
  event.mutable_artifact_update()->mutable_artifact()->add_parts()->set_text(words);
  event.mutable_artifact_update()->set_append(true);
  return event;
}

// Writes a list of events, then ends, or, without an end, stays silent until the client cancels.
class Script : public grpc::ServerWriteReactor<a2a::StreamResponse> {
 public:
  Script(Journal& journal, std::deque<a2a::StreamResponse> events, std::optional<grpc::Status> end)
      : journal_(journal), events_(std::move(events)), end_(std::move(end)) {
    Next();
  }
  void OnWriteDone(bool ok) override {
    events_.pop_front();
    if (ok) Next();
  }
  void OnCancel() override {
    journal_.NoteCancelled();
    Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (!events_.empty()) {
      StartWrite(&events_.front());
    } else if (end_) {
      Finish(*end_);
    }
  }
  Journal& journal_;
  std::deque<a2a::StreamResponse> events_;
  const std::optional<grpc::Status> end_;
};

grpc::Status Truncated() {
  return Error(grpc::StatusCode::UNAVAILABLE, "the upstream closed the stream before the task was over",
               Info("UPSTREAM_STREAM_TRUNCATED", "sluice", {{"task_id", kTask}, {"may_have_run", "true"}}));
}

}  // namespace

void Journal::Note(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  std::lock_guard lock(mu_);
  metadata_.clear();
  for (const auto& [key, value] : metadata) {
    metadata_[std::string(key.data(), key.size())] = std::string(value.data(), value.size());
  }
}

void Journal::Note(const std::string& key, const std::string& value) {
  std::lock_guard lock(mu_);
  metadata_[key] = value;
}

std::string Journal::Metadata(const std::string& key) {
  std::lock_guard lock(mu_);
  return metadata_[key];
}

void Journal::NoteCancelled() {
  std::lock_guard lock(mu_);
  cancelled_ = true;
  changed_.notify_all();
}

bool Journal::WaitForCancelled() {
  std::unique_lock lock(mu_);
  return changed_.wait_for(lock, std::chrono::seconds(30), [this] { return cancelled_; });
}

grpc::ServerWriteReactor<a2a::StreamResponse>* FakeA2a::SendStreamingMessage(grpc::CallbackServerContext* context,
                                                                             const a2a::SendMessageRequest* request) {
  journal_.Note(context->client_metadata());
  const std::string text = request->message().parts(0).text();
  const auto working = Snapshot(a2a::TASK_STATE_WORKING);
  if (text == "cut") return new Script(journal_, {working, Chunk("chunk 1 of 5")}, Truncated());
  if (text == "silent") return new Script(journal_, {working}, std::nullopt);
  if (text == "mute") return new Script(journal_, {}, std::nullopt);
  if (text == "flood") return new Script(journal_, {Chunk(std::string(1 << 20, 'x'))}, std::nullopt);
  if (text == "ask") {
    return new Script(journal_, {working, Update(a2a::TASK_STATE_INPUT_REQUIRED, "which one?")}, grpc::Status::OK);
  }
  return new Script(journal_,
                    {working, Chunk("you said: " + text), Chunk("chunk 2 of 2"), Update(a2a::TASK_STATE_COMPLETED)},
                    grpc::Status::OK);
}

grpc::ServerWriteReactor<a2a::StreamResponse>* FakeA2a::SubscribeToTask(grpc::CallbackServerContext* context,
                                                                        const a2a::SubscribeToTaskRequest* request) {
  journal_.Note(context->client_metadata());
  if (request->id() == kTask) {
    return new Script(journal_, {Snapshot(a2a::TASK_STATE_WORKING), Update(a2a::TASK_STATE_COMPLETED)},
                      grpc::Status::OK);
  }
  return new Script(journal_, {},
                    Error(grpc::StatusCode::NOT_FOUND, "no task " + request->id(),
                          Info("TASK_NOT_FOUND", "a2a-protocol.org", {{"taskId", request->id()}})));
}

grpc::Status FakeA2a::SendMessage(grpc::ServerContext* context, const a2a::SendMessageRequest* request,
                                  a2a::SendMessageResponse* response) {
  journal_.Note(context->client_metadata());
  const std::string text = request->message().parts(0).text();
  if (text == "busy") {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(7);
    return Error(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls", Info("OVER_LIMIT", "sluice"), retry);
  }
  if (text == "bad") {
    google::rpc::BadRequest bad;
    bad.add_field_violations()->set_field("message.parts");
    bad.mutable_field_violations(0)->set_description("must not be empty");
    return Error(grpc::StatusCode::INVALID_ARGUMENT, "bad request", bad);
  }
  if (request->configuration().return_immediately()) {
    *response->mutable_task() = Snapshot(a2a::TASK_STATE_SUBMITTED).task();
    return grpc::Status::OK;
  }
  response->mutable_message()->set_role(a2a::ROLE_AGENT);
  response->mutable_message()->add_parts()->set_text(
      text == "evil" ? "\x1b]0;owned\x07"
                     : "you said: " + text + " in " + request->message().task_id() + request->message().context_id());
  return grpc::Status::OK;
}

grpc::Status FakeA2a::GetTask(grpc::ServerContext* context, const a2a::GetTaskRequest* request, a2a::Task* response) {
  journal_.Note(context->client_metadata());
  if (request->id() != kTask) {
    return Error(grpc::StatusCode::NOT_FOUND, "no task " + request->id(), Info("TASK_NOT_FOUND", "a2a-protocol.org"));
  }
  *response = Snapshot(a2a::TASK_STATE_COMPLETED).task();
  for (int i = 0; i < (request->has_history_length() ? request->history_length() : 2); ++i) {
    a2a::Message& message = *response->add_history();
    message.set_role(i == 0 ? a2a::ROLE_USER : a2a::ROLE_AGENT);
    message.add_parts()->set_text("message " + std::to_string(i + 1));
  }
  return grpc::Status::OK;
}

grpc::Status FakeA2a::ListTasks(grpc::ServerContext*, const a2a::ListTasksRequest* request,
                                a2a::ListTasksResponse* response) {
  *response->add_tasks() = Snapshot(request->status() != 0 ? request->status() : a2a::TASK_STATE_FAILED).task();
  response->mutable_tasks(0)->set_context_id(request->context_id());
  response->set_total_size(request->page_size());
  response->set_next_page_token(request->page_token() + "+" + (request->include_artifacts() ? "artifacts" : "bare"));
  return grpc::Status::OK;
}

grpc::Status FakeA2a::CancelTask(grpc::ServerContext*, const a2a::CancelTaskRequest* request, a2a::Task* response) {
  response->set_id(request->id());
  response->mutable_status()->set_state(a2a::TASK_STATE_CANCELED);
  return grpc::Status::OK;
}

grpc::Status FakeA2a::GetExtendedAgentCard(grpc::ServerContext*, const a2a::GetExtendedAgentCardRequest*,
                                           a2a::AgentCard* response) {
  response->set_name("Fake agent");
  response->set_version("1.2");
  response->add_skills()->set_id("echo");
  return grpc::Status::OK;
}

grpc::Status FakeHealth::Check(grpc::ServerContext*, const health::HealthCheckRequest* request,
                               health::HealthCheckResponse* response) {
  if (!request->service().empty() && request->service() != "upstream/down") {
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "no such service");
  }
  response->set_status(request->service().empty() ? health::HealthCheckResponse::SERVING
                                                  : health::HealthCheckResponse::NOT_SERVING);
  return grpc::Status::OK;
}

grpc::Status FakeHealth::Watch(grpc::ServerContext*, const health::HealthCheckRequest*,
                               grpc::ServerWriter<health::HealthCheckResponse>* writer) {
  health::HealthCheckResponse response;
  response.set_status(health::HealthCheckResponse::SERVING);
  writer->Write(response);
  response.set_status(health::HealthCheckResponse::NOT_SERVING);
  writer->Write(response);
  return grpc::Status::OK;
}

FakeGateway::FakeGateway(std::shared_ptr<grpc::ServerCredentials> credentials) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port_);
  builder.RegisterService(&a2a_);
  builder.RegisterService(&sluice_);
  builder.RegisterService(&health_);
  server_ = builder.BuildAndStart();
}

FakeGateway::~FakeGateway() { server_->Shutdown(std::chrono::system_clock::now()); }

}  // namespace sluice::testing
