// The frames of a conversation as lines.
#ifndef SLUICE_CLIENT_CTL_CONVERSE_PRINTER_H_
#define SLUICE_CLIENT_CTL_CONVERSE_PRINTER_H_

#include <map>
#include <string>
#include <vector>

#include "client/ctl/a2a_printer.h"
#include "client/ctl/printer.h"
#include "sluice/v1/conversation.pb.h"

namespace sluice::ctl {

// Prints sluice.v1.ConverseResponse, and what is sent. In text what the agent tells stands under a line that names its
// request, told anew whenever another request's comes between.
class ConversePrinter : public Printer {
 public:
  struct Detail {
    bool verbose = false;  // heartbeats
    bool typed = false;    // what is sent stands on the terminal already
  };
  ConversePrinter(Screen screen, Detail detail) : Printer(screen), detail_(detail) {}

  void Print(const google::protobuf::Message& message) override;
  // In text only.
  void PrintSent(const sluice::v1::ConverseRequest& frame);
  // How to follow the tasks that still ran.
  std::vector<Advice> Next(bool ok) const override;

 private:
  void PrintAnswer(const std::string& request, const google::protobuf::Message& answer);
  std::string EndedText(const std::string& request, const sluice::v1::RequestEnded& ended) const;

  const Detail detail_;
  std::map<std::string, A2aPrinter> running_;  // by request
  std::string shown_;                          // the request whose answer was printed last
};

// One line of JSON: {"requestId":"1","sequence":"2","event":{...}}; of an end
// {"requestId":"1","ended":{"code":"OK",...}}.
std::string ConverseJson(const sluice::v1::ConverseResponse& frame);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_CONVERSE_PRINTER_H_
