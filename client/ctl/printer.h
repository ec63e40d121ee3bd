// How the messages of an answer are shown.
#ifndef SLUICE_CLIENT_CTL_PRINTER_H_
#define SLUICE_CLIENT_CTL_PRINTER_H_

#include <google/protobuf/message.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace sluice::ctl {

// Where and how to print.
struct Screen {
  std::ostream& out;
  bool json = false;  // one object per line
  bool colour = false;
};

// A line of advice at the end of a call: "resume: sluicectl subscribe TASK".
struct Advice {
  std::string what;
  std::vector<std::string> arguments;  // of sluicectl; as they are: whoever shows them quotes them
};

// Shows one call's answer, message by message. Thread: the main one.
class Printer {
 public:
  explicit Printer(Screen screen) : screen_(screen) {}
  virtual ~Printer() = default;

  // Prints and flushes.
  virtual void Print(const google::protobuf::Message& message) = 0;
  // The call is over: how the command ended, which is as the call did unless its messages said otherwise. May print.
  virtual absl::Status Outcome(const absl::Status& call) { return call; }
  // Whether a good end is worth a line on stderr.
  virtual bool tells_good_end() const { return true; }
  // What to do next, given what was printed; `ok`: the call ended well.
  virtual std::vector<Advice> Next(bool ok) const;
  // The task that the answer spoke of; empty without one.
  virtual std::string task() const { return {}; }
  // Exit code when the command ended well.
  virtual int exit_code() const { return 0; }

 protected:
  Screen screen_;
};

// Any message: in text indented JSON.
class JsonPrinter : public Printer {
 public:
  using Printer::Printer;
  void Print(const google::protobuf::Message& message) override;
};

// Protobuf JSON on one line.
std::string ToJson(const google::protobuf::Message& message);

// `text`, which must be UTF-8, as a JSON string.
std::string JsonString(std::string_view text);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_PRINTER_H_
