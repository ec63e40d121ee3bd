// Sends a message to an agent through a Sluice gateway and prints the events as they come.
//   stream_message ADDRESS TEXT [N]   cancels after N events
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "sluice/client/client.h"
#include "sluice/client/errors.h"

namespace {

std::string Line(const lf::a2a::v1::StreamResponse& event) {
  if (event.has_task()) return "task " + event.task().id();
  if (event.has_message()) return "message " + event.message().parts(0).text();
  if (event.has_artifact_update()) return "chunk " + event.artifact_update().artifact().parts(0).text();
  return "state " + lf::a2a::v1::TaskState_Name(event.status_update().status().state());
}

// Why the stream ended. The reason is what a program would switch on.
int Report(const absl::Status& status) {
  if (status.ok()) {
    std::cout << "ended: OK\n";
    return EXIT_SUCCESS;
  }
  const sluice::client::ErrorDetails details = sluice::client::DetailsOf(status);
  std::cout << "ended: " << status.ToString(absl::StatusToStringMode::kWithNoExtraData) << "\n";
  if (!details.reason.empty()) std::cout << "reason: " << details.reason << "\n";
  if (details.may_have_run()) std::cout << "the agent may have acted on it: look before sending it again\n";
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: stream_message ADDRESS TEXT [N]\n";
    return EXIT_FAILURE;
  }
  const auto client = sluice::client::Client::Connect({.address = argv[1]});
  if (!client.ok()) return Report(client.status());
  const int limit = argc > 3 ? std::atoi(argv[3]) : 0;

  auto stream =
      client->SendStreamingMessage(sluice::client::TextMessage(argv[2]), {.timeout = std::chrono::minutes(5)});
  int events = 0;
  for (const lf::a2a::v1::StreamResponse& event : stream) {
    std::cout << Line(event) << std::endl;
    if (++events == limit) break;  // cancels the call
  }
  return Report(stream.status());
}
