// The frames of a session as lines: in JSON with the messages of the upstream as they came.
#ifndef SLUICE_CLIENT_CTL_SESSION_PRINTER_H_
#define SLUICE_CLIENT_CTL_SESSION_PRINTER_H_

#include <string>
#include <vector>

#include "client/ctl/printer.h"
#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// Prints sluice.v1.SessionResponse, and what is sent. In text a frame is a line: its direction, the request it belongs
// to and what it is, then the message.
class SessionPrinter : public Printer {
 public:
  struct Detail {
    bool verbose = false;  // heartbeats, and the id of the MCP session
    bool typed = false;    // what is sent stands on the terminal already
  };
  SessionPrinter(Screen screen, Detail detail) : Printer(screen), detail_(detail) {}

  void Print(const google::protobuf::Message& message) override;
  // In text only.
  void PrintSent(const sluice::v1::SessionRequest& frame);
  std::vector<Advice> Next(bool ok) const override;

 private:
  std::string Text(const sluice::v1::SessionResponse& frame) const;
  std::string MessageText(const sluice::v1::ServerMessage& message) const;
  std::string EndedText(const sluice::v1::Ended& ended) const;
  std::string NegotiatedText(const sluice::v1::Negotiated& negotiated) const;
  std::string DrainingText(const sluice::v1::Draining& draining) const;

  const Detail detail_;
  std::string resume_token_;  // the last one
};

// One line of JSON: {"message":{"requestId":7,"sequence":1,"json":{...}}}.
std::string SessionJson(const sluice::v1::SessionResponse& frame);

// "20.0 s".
std::string TimeLeft(const sluice::v1::Draining& draining);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_SESSION_PRINTER_H_
