// The frames of a session as lines: in JSON with the messages of the upstream as they came.
#ifndef SLUICE_CLIENT_CTL_SESSION_PRINTER_H_
#define SLUICE_CLIENT_CTL_SESSION_PRINTER_H_

#include <string>

#include "client/ctl/printer.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// Prints sluice.v1.SessionResponse.
class SessionPrinter : public Printer {
 public:
  using Printer::Printer;
  void Print(const google::protobuf::Message& message) override;

 private:
  std::string Text(const sluice::v1::SessionResponse& frame) const;
  std::string EndedText(const sluice::v1::Ended& ended) const;
};

// One line of JSON: {"message":{"requestId":7,"sequence":1,"json":{...}}}.
std::string SessionJson(const sluice::v1::SessionResponse& frame);

// "20.0 s".
std::string TimeLeft(const sluice::v1::Draining& draining);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_SESSION_PRINTER_H_
