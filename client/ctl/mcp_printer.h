// Holds one exchange with an MCP server over a session, and shows what it brings.
#ifndef SLUICE_CLIENT_CTL_MCP_PRINTER_H_
#define SLUICE_CLIENT_CTL_MCP_PRINTER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/ctl/input.h"
#include "client/ctl/mcp_client.h"
#include "client/ctl/plan.h"

namespace sluice::ctl {

// Progress, logs and complaints go to stderr.
class McpPrinter : public Printer {
 public:
  McpPrinter(Screen screen, McpClient client);

  void Print(const google::protobuf::Message& message) override;
  absl::Status Outcome(const absl::Status& call) override;

  const std::shared_ptr<Outbox>& outbox() const { return outbox_; }

 protected:
  // Shows a result, raw JSON. The params of the next request; empty: that was all. An error ends the exchange.
  virtual absl::StatusOr<std::string> Show(const std::string& result) = 0;

 private:
  void Send(const std::string& json);
  void Finish(absl::Status status);
  void Tell(const McpClient::Notification& notification);
  void Say(const std::string& line);

  McpClient client_;
  const std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>();
  const bool bar_;  // stderr is a terminal
  bool bar_is_shown_ = false;
  absl::Status status_;  // of the exchange; of no account before it is over
};

// A session with `target` that `printer` holds.
absl::StatusOr<Plan> McpPlan(const Target& target, std::unique_ptr<McpPrinter> printer);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_MCP_PRINTER_H_
