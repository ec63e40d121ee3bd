// A client of either A2A version over the stubs of its service, and what it sees told alike.
#ifndef SLUICE_TESTS_INTEGRATION_A2A_CLIENTS_H_
#define SLUICE_TESTS_INTEGRATION_A2A_CLIENTS_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::testing {

// An answer, or an event of a stream. The states have the same numbers in both versions.
struct Told {
  std::string kind;  // task, message, status, artifact
  std::string task_id;
  lf::a2a::v1::TaskState state = lf::a2a::v1::TASK_STATE_UNSPECIFIED;
  std::string text;              // of the artifact's or message's first part; of a task's first artifact
  std::string first_message_id;  // of a task's history
  bool append = false;           // of an artifact update
  bool last_chunk = false;       // likewise
  bool is_final = false;         // of a status update, to a client of 0.3
};

struct AnyPart {
  enum class Kind { kText, kBytes, kUrl, kData };
  Kind kind = Kind::kText;
  std::string content;  // of data: the value of its member "k"
  std::string media_type;
  std::string filename;

  bool operator==(const AnyPart&) const = default;
  friend void PrintTo(const AnyPart& part, std::ostream* os) {
    *os << static_cast<int>(part.kind) << " " << part.content << " " << part.media_type << " " << part.filename;
  }
};

struct Webhook {
  std::string task_id;
  std::string id;
  std::string url;
  std::string scheme;

  bool operator==(const Webhook&) const = default;
};

class AnyA2aClient {
 public:
  using OnEvent = std::function<void(const Told&)>;

  virtual ~AnyA2aClient() = default;

  // A message with one text, id "m-1"; `task_id` is empty for a new task. With `wait` until the task rests.
  virtual grpc::Status Send(grpc::ClientContext& context, const std::string& text, const std::string& task_id,
                            bool wait, Told& answer) = 0;
  // Sends the parts, to which the agent answers the same: `echoed`.
  virtual grpc::Status Echo(grpc::ClientContext& context, const std::vector<AnyPart>& parts,
                            std::vector<AnyPart>& echoed) = 0;
  virtual grpc::Status Stream(grpc::ClientContext& context, const std::string& text, const std::string& task_id,
                              const OnEvent& on_event) = 0;
  virtual grpc::Status Subscribe(grpc::ClientContext& context, const std::string& id, const OnEvent& on_event) = 0;
  virtual grpc::Status Get(grpc::ClientContext& context, const std::string& id, Told& task) = 0;
  virtual grpc::Status Cancel(grpc::ClientContext& context, const std::string& id, Told& task) = 0;

  virtual grpc::Status CreateWebhook(grpc::ClientContext& context, const Webhook& webhook, Webhook& created) = 0;
  virtual grpc::Status GetWebhook(grpc::ClientContext& context, const Webhook& named, Webhook& webhook) = 0;
  virtual grpc::Status ListWebhooks(grpc::ClientContext& context, const std::string& task_id,
                                    std::vector<Webhook>& webhooks) = 0;
  virtual grpc::Status DeleteWebhook(grpc::ClientContext& context, const Webhook& named) = 0;

  // The name in the extended card, and the ids of its skills.
  virtual grpc::Status ExtendedCard(grpc::ClientContext& context, std::string& name,
                                    std::vector<std::string>& skills) = 0;
};

std::unique_ptr<AnyA2aClient> NewA2aClient10(const std::shared_ptr<grpc::Channel>& channel);
std::unique_ptr<AnyA2aClient> NewA2aClient03(const std::shared_ptr<grpc::Channel>& channel);

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_INTEGRATION_A2A_CLIENTS_H_
