// A2A answers as lines that are understood at a glance.
#ifndef SLUICE_CLIENT_CTL_A2A_PRINTER_H_
#define SLUICE_CLIENT_CTL_A2A_PRINTER_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/ctl/printer.h"
#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::ctl {

// "input-required" for TASK_STATE_INPUT_REQUIRED.
std::string StateName(lf::a2a::v1::TaskState state);

// Prints every response of lf.a2a.v1.A2AService, and remembers how the task stands.
class A2aPrinter : public Printer {
 public:
  enum class Detail {
    kProgress,  // what is new: state, artifacts
    kWhole,     // the task with its times and its history
  };
  A2aPrinter(Screen screen, Detail detail) : Printer(screen), detail_(detail) {}

  void Print(const google::protobuf::Message& message) override;
  std::vector<Advice> Next(bool ok) const override;
  std::string task() const override { return task_; }

 private:
  std::string Text(const google::protobuf::Message& message);
  template <typename Payload>
  std::string PayloadText(const Payload& payload);
  std::string TaskText(const lf::a2a::v1::Task& task);
  std::string StatusText(const std::string& task, const lf::a2a::v1::TaskStatus& status);
  std::string ArtifactText(const lf::a2a::v1::Artifact& artifact);
  std::string MessageText(const lf::a2a::v1::Message& message);
  std::string ListText(const lf::a2a::v1::ListTasksResponse& list);
  std::string State(lf::a2a::v1::TaskState state) const;
  // The id in full the first time, then its beginning.
  std::string Named(const std::string& task);
  void Observe(const google::protobuf::Message& message);

  const Detail detail_;
  std::string task_;
  lf::a2a::v1::TaskState state_ = lf::a2a::v1::TASK_STATE_UNSPECIFIED;
  std::string artifact_;             // the one printed last
  std::set<std::string> artifacts_;  // those printed: a task told again at the end does not repeat them
  std::set<std::string> named_;      // the tasks whose ids were printed in full
};

// The card as a page.
std::string CardText(const lf::a2a::v1::AgentCard& card);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_A2A_PRINTER_H_
