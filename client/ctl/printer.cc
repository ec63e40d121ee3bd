#include "client/ctl/printer.h"

#include <google/protobuf/util/json_util.h>

#include <cstdio>

#include "client/ctl/json_view.h"

namespace sluice::ctl {
namespace {

std::string Json(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  std::string json;
  const auto printed = google::protobuf::util::MessageToJsonString(message, &json, options);
  // Only an Any of a type not linked in, or a Timestamp out of range, has no JSON form.
  if (!printed.ok()) return "{\"notPrintable\":" + JsonString(std::string(printed.message())) + "}";
  while (!json.empty() && json.back() == '\n') json.pop_back();
  return WithControlsEscaped(json);
}

}  // namespace

std::vector<Advice> Printer::Next(bool) const { return {}; }

void JsonPrinter::Print(const google::protobuf::Message& message) {
  screen_.out << Json(message, /*indented=*/!screen_.json) << std::endl;
}

std::string ToJson(const google::protobuf::Message& message) { return Json(message, /*indented=*/false); }

std::string JsonString(std::string_view text) {
  std::string json = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (c == '\n') {
      json += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      json += escape;
    } else {
      json += c;
    }
  }
  return WithControlsEscaped(json + "\"");
}

}  // namespace sluice::ctl
