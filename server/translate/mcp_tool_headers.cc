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
  std::string name;
  Tool tool;
  ForEachMember(raw_tool, [&](const std::string& member, std::string_view value) {
    if (member == "name" && value.size() <= kMaxBytes) name = StringOf(value);
  });
  if (const auto known = tools_.find(name); known != tools_.end()) {
    bytes_ -= known->second.bytes;
    tools_.erase(known);
  }
  const std::size_t room = kMaxBytes - bytes_;
  tool.bytes = name.size();
  if (name.empty() || tool.bytes > room) return;
  ForEachMember(raw_tool, [&](const std::string& member, std::string_view value) {
    std::vector<std::string> path;
    if (member == "inputSchema") ReadSchema(value, path, tool, room);
  });
  if (tool.parameters.empty()) return;
  bytes_ += tool.bytes;
  tools_.emplace(std::move(name), std::move(tool));
}

// Only what is reached by `properties` counts: the argument's place is known without looking at the arguments.
void McpToolHeaders::ReadSchema(std::string_view raw_schema, std::vector<std::string>& path, Tool& tool,
                                std::size_t room) {
  if (path.size() > kMaxDepth) return;
  ForEachMember(raw_schema, [&](const std::string& keyword, std::string_view value) {
    if (keyword == "x-mcp-header" && !path.empty()) {
      const std::string header = StringOf(value);
      std::size_t bytes = header.size();
      for (const std::string& step : path) bytes += step.size();
      const bool fits = tool.bytes + bytes <= room && tool.parameters.size() < kMaxParameters;
      if (!IsToken(header) || !fits) return;
      tool.bytes += bytes;
      tool.parameters.push_back({path, absl::StrCat("mcp-param-", absl::AsciiStrToLower(header))});
    } else if (keyword == "properties") {
      ForEachMember(value, [&](const std::string& property, std::string_view schema) {
        if (property.size() > kMaxBytes) return;
        path.push_back(property);
        ReadSchema(schema, path, tool, room);
        path.pop_back();
      });
    }
  });
}

Headers McpToolHeaders::Of(const std::string& tool, std::string_view raw_arguments) const {
  Headers headers;
  const auto known = tools_.find(tool);
  if (known == tools_.end()) return headers;
  std::size_t bytes = 0;
  for (const Parameter& parameter : known->second.parameters) {
    const std::string_view value = ValueAt(raw_arguments, parameter.path);
    if (!IsPrimitive(value)) continue;
    const std::string text = value.starts_with('"') ? StringOf(value) : std::string(value);
    bytes += parameter.header.size() + text.size();
    if (bytes > kMaxHeaderBytes) break;
    headers.emplace_back(parameter.header, McpHeaderValue(text));
  }
  return headers;
}

}  // namespace sluice::translate
