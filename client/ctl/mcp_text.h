// What MCP servers say, for people. Pure. The words are a stranger's: control characters in them are spelt out.
#ifndef SLUICE_CLIENT_CTL_MCP_TEXT_H_
#define SLUICE_CLIENT_CTL_MCP_TEXT_H_

#include <string>
#include <string_view>

namespace sluice::ctl {

// A tool of a `tools/list` result: its name and description, then a line for each argument. All arguments below are
// raw JSON.
std::string ToolText(std::string_view tool, bool colour);

// The type that a JSON Schema asks for, in short: `string`, `integer[]`, `"a"|"b"`; `any` when it asks for none.
std::string TypeText(std::string_view schema);

// The content of a `tools/call` result: text as it is, other things by name and size.
std::string ContentText(std::string_view result);

// "[#####     ] 50% loading"; without a total "7 loading". One line, no end.
std::string ProgressText(std::string_view params);

// "log warning db: slow". One line, no end.
std::string LogText(std::string_view params);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_MCP_TEXT_H_
