#include "server/translate/mcp_tool_headers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/translate/json_members.h"
#include "server/translate/mcp_message.h"

namespace sluice::translate {
namespace {

constexpr std::size_t kMaxDepth = 16;  // of properties in properties

// RFC 9110, 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto legal = [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || kMarks.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), legal);
}

// The value at the end of the path; nothing where there is none.
std::string_view ValueAt(std::string_view raw, const std::vector<std::string>& path) {
  for (const std::string& name : path) {
    std::string_view found;
    ForEachMember(raw, [&](const std::string& member, std::string_view value) {
      if (member == name) found = value;
    });
    raw = found;
  }
  return raw;
}

bool IsPrimitive(std::string_view raw) {
  return !raw.empty() && raw != "null" && !raw.starts_with('{') && !raw.starts_with('[');
}

}  // namespace

void McpToolHeaders::Learn(std::string_view raw_result) {
  ForEachMember(raw_result, [&](const std::string& name, std::string_view tools) {
    if (name != "tools") return;
    ForEachElement(tools, [&](std::string_view tool) { LearnTool(tool); });
  });
}

void McpToolHeaders::LearnTool(std::string_view raw_tool) {
  std::string tool;
  std::vector<Parameter> parameters;
  ForEachMember(raw_tool, [&](const std::string& name, std::string_view value) {
    std::vector<std::string> path;
    if (name == "name") tool = StringOf(value);
    if (name == "inputSchema") ReadSchema(value, path, parameters);
  });
  std::size_t bytes = tool.size();
  for (const Parameter& parameter : parameters) {
    bytes += parameter.header.size();
    for (const std::string& step : parameter.path) bytes += step.size();
  }
  if (parameters.empty()) {
    tools_.erase(tool);  // what it took stays counted: lists that change all the time are bounded too
  } else if (bytes_ + bytes <= kMaxBytes) {
    bytes_ += bytes;
    tools_[tool] = std::move(parameters);
  }
}

// Only what is reached by `properties` counts: the argument's place is known without looking at the arguments.
void McpToolHeaders::ReadSchema(std::string_view raw_schema, std::vector<std::string>& path,
                                std::vector<Parameter>& out) {
  if (path.size() > kMaxDepth) return;
  ForEachMember(raw_schema, [&](const std::string& keyword, std::string_view value) {
    if (keyword == "x-mcp-header" && !path.empty()) {
      const std::string name = StringOf(value);
      if (IsToken(name)) out.push_back({path, absl::StrCat("mcp-param-", absl::AsciiStrToLower(name))});
    } else if (keyword == "properties") {
      ForEachMember(value, [&](const std::string& property, std::string_view schema) {
        path.push_back(property);
        ReadSchema(schema, path, out);
        path.pop_back();
      });
    }
  });
}

Headers McpToolHeaders::Of(const std::string& tool, std::string_view raw_arguments) const {
  Headers headers;
  const auto known = tools_.find(tool);
  if (known == tools_.end()) return headers;
  for (const Parameter& parameter : known->second) {
    const std::string_view value = ValueAt(raw_arguments, parameter.path);
    if (!IsPrimitive(value)) continue;
    const std::string text = value.starts_with('"') ? UnquoteJson(value) : std::string(value);
    headers.emplace_back(parameter.header, McpHeaderValue(text));
  }
  return headers;
}

}  // namespace sluice::translate
