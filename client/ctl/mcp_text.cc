#include "client/ctl/mcp_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

#include "client/ctl/json_view.h"
#include "client/ctl/terminal.h"

namespace sluice::ctl {
namespace {

struct Argument {
  std::string name;
  std::string type;  // and whether it is required
  std::string about;
};

std::vector<Argument> ArgumentsOf(std::string_view schema) {
  std::vector<std::string> required;
  ForEachElement(Member(schema, "required"), [&](std::string_view name) { required.push_back(TextOf(name)); });
  std::vector<Argument> arguments;
  ForEachMember(Member(schema, "properties"), [&](const std::string& name, std::string_view property) {
    const bool is_required = std::find(required.begin(), required.end(), name) != required.end();
    arguments.push_back({VisibleLine(name), VisibleLine(TypeText(property)) + (is_required ? ", required" : ""),
                         VisibleLine(TextOf(property, "description"))});
  });
  return arguments;
}

std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

// What the elements of a list say, with bars between.
template <typename Say>
std::string Joined(std::string_view array, Say say) {
  std::string text;
  ForEachElement(array, [&](std::string_view element) { text += (text.empty() ? "" : "|") + say(element); });
  return text;
}

std::string Bytes(std::string_view base64) {
  const auto padding = static_cast<std::size_t>(std::count(base64.begin(), base64.end(), '='));
  const std::size_t most = base64.size() / 4 * 3;
  return std::to_string(most - std::min({padding, std::size_t{2}, most})) + " bytes";
}

std::string BlobText(const std::string& kind, std::string_view holder, std::string_view data) {
  const std::string type = TextOf(holder, "mimeType");
  return "[" + VisibleLine(kind + (type.empty() ? "" : " " + type)) + ", " + Bytes(TextOf(holder, data)) + "]\n";
}

std::string ResourceText(std::string_view resource) {
  const std::string uri = VisibleLine(TextOf(resource, "uri"));
  if (Member(resource, "text").empty()) return BlobText("resource " + uri, resource, "blob");
  return "[resource " + uri + "]\n" + Indented(TextOf(resource, "text"), "  ");
}

std::string PartText(std::string_view part) {
  const std::string type = TextOf(part, "type");
  if (type == "text") return Indented(TextOf(part, "text"), "");
  if (type == "resource") return ResourceText(Member(part, "resource"));
  if (type == "resource_link") {
    return "[link " + VisibleLine(TextOf(part, "name") + " " + TextOf(part, "uri")) + "]\n";
  }
  return BlobText(type.empty() ? "content of no type" : type, part, "data");
}

std::optional<double> Number(std::string_view value) {
  double number = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == value.data() + value.size();
  return whole && !value.empty() && std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
}

std::string Bar(double part) {
  constexpr int kWidth = 20;
  part = std::clamp(part, 0.0, 1.0);
  const int full = static_cast<int>(part * kWidth);
  char percent[16];
  std::snprintf(percent, sizeof percent, " %3.0f%%", std::floor(part * 100));
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(kWidth - full), ' ') + "]" + percent;
}

}  // namespace

std::string ToolText(std::string_view tool, bool colour) {
  std::string text = Paint(colour, Colour::kBlue, VisibleLine(TextOf(tool, "name")));
  const std::string about = VisibleLine(TextOf(tool, "description"));
  text += (about.empty() ? "" : "  " + about) + "\n";
  const std::vector<Argument> arguments = ArgumentsOf(Member(tool, "inputSchema"));
  std::size_t name_width = 0, type_width = 0;
  for (const Argument& argument : arguments) {
    name_width = std::max(name_width, argument.name.size());
    type_width = std::max(type_width, argument.type.size());
  }
  for (const Argument& argument : arguments) {
    std::string line = "    " + Padded(argument.name, name_width) + "  " + Padded(argument.type, type_width);
    line += "  " + argument.about;
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string TypeText(std::string_view schema) {
  const auto raw = [](std::string_view value) { return OnOneLine(value); };
  const auto plain = [](std::string_view value) { return TextOf(value); };
  if (const std::string_view choices = Member(schema, "enum"); !choices.empty()) return Joined(choices, raw);
  for (const char* several : {"anyOf", "oneOf"}) {
    if (const std::string text = Joined(Member(schema, several), TypeText); !text.empty()) return text;
  }
  const std::string_view type = Member(schema, "type");
  if (type.empty()) return "any";
  if (type.front() == '[') return Joined(type, plain);
  const std::string_view items = Member(schema, "items");
  return TextOf(type) == "array" && !items.empty() ? TypeText(items) + "[]" : TextOf(type);
}

std::string ContentText(std::string_view result) {
  std::string text;
  ForEachElement(Member(result, "content"), [&](std::string_view part) { text += PartText(part); });
  const std::string_view structured = Member(result, "structuredContent");
  if (text.empty() && !structured.empty()) text = VisibleLine(OnOneLine(structured)) + "\n";
  return text;
}

std::string ProgressText(std::string_view params) {
  const std::string_view progress = Member(params, "progress");
  const std::optional<double> done = Number(progress), total = Number(Member(params, "total"));
  const bool known = done && total && *total > 0;
  const std::string message = VisibleLine(TextOf(params, "message"));
  return (known ? Bar(*done / *total) : VisibleLine(TextOf(progress))) + (message.empty() ? "" : " " + message);
}

std::string LogText(std::string_view params) {
  const std::string logger = TextOf(params, "logger");
  return VisibleLine("log " + TextOf(params, "level") + (logger.empty() ? "" : " " + logger) + ": " +
                     TextOf(params, "data"));
}

}  // namespace sluice::ctl
