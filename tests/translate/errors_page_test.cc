// protos/ERRORS.md tells users what the code does: its tables are those of the code.
//   SLUICE_WRITE_ERRORS_PAGE=1 build/release/bin/translate_test --gtest_filter='ErrorsPage*'
// writes them anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>

#include "server/base/causes.h"
#include "server/base/reasons.h"
#include "server/base/status.h"
#include "server/translate/errors.h"

namespace sluice::translate {
namespace {

using ::testing::HasSubstr;

std::string ReadPage() {
  std::stringstream page;
  page << std::ifstream(SLUICE_ERRORS_PAGE).rdbuf();
  return page.str();
}

template <typename... Cells>
void AddRow(std::string& table, const Cells&... cells) {
  ((table += "| " + std::string(cells) + " "), ...);
  table += "|\n";
}

std::string Code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string ReasonTable() {
  std::string table = "| reason | code | what it means | what to do |\n|---|---|---|---|\n";
  for (const ReasonInfo& row : AllReasons()) {
    AddRow(table, Code(row.reason), absl::StatusCodeToString(row.code), row.meaning, row.remedy);
  }
  return table;
}

std::string CauseTable() {
  std::string table = "| cause | what is wrong: \"it\" is the upstream | what to do |\n|---|---|---|\n";
  for (const CauseInfo& row : AllCauses()) AddRow(table, Code(row.name), row.meaning, row.remedy);
  return table;
}

std::string A2aTable() {
  std::string table = "| reason | JSON-RPC code | code |\n|---|---|---|\n";
  for (const RpcErrorRow& row : AllRpcErrors()) {
    AddRow(table, Code(row.reason), std::to_string(row.rpc_code), absl::StatusCodeToString(row.code));
  }
  return table;
}

std::string HttpTable() {
  std::string table = "| HTTP status | code | of a Stream |\n|---|---|---|\n";
  for (const HttpStatusRow& row : AllHttpStatuses()) {
    const std::string first = std::to_string(row.first);
    const std::string range = row.first == 0 ? "any other" : first + " to " + std::to_string(row.last);
    AddRow(table, row.first == row.last ? first : range, absl::StatusCodeToString(row.code),
           absl::StatusCodeToString(row.stream_code));
  }
  return table;
}

struct Table {
  std::string name;
  std::string (*render)();
  friend void PrintTo(const Table& table, std::ostream* os) { *os << table.name; }
};
class ErrorsPageTest : public ::testing::TestWithParam<Table> {};

TEST_P(ErrorsPageTest, HasTheTableOfTheCode) {
  std::string page = ReadPage();
  const std::string begin = "<!-- table: " + GetParam().name + " -->\n";
  const std::size_t from = page.find(begin);
  ASSERT_NE(from, page.npos) << begin << " is missing in " << SLUICE_ERRORS_PAGE;
  const std::size_t to = page.find("<!-- end -->", from);
  ASSERT_NE(to, page.npos);
  const std::size_t table = from + begin.size();
  if (std::getenv("SLUICE_WRITE_ERRORS_PAGE") != nullptr) {
    page.replace(table, to - table, GetParam().render());
    std::ofstream(SLUICE_ERRORS_PAGE) << page;
    return;
  }
  EXPECT_EQ(page.substr(table, to - table), GetParam().render())
      << "the code has changed; SLUICE_WRITE_ERRORS_PAGE=1 writes the table anew";
}

INSTANTIATE_TEST_SUITE_P(Tables, ErrorsPageTest,
                         ::testing::Values(Table{"reasons", &ReasonTable}, Table{"causes", &CauseTable},
                                           Table{"a2a", &A2aTable}, Table{"http", &HttpTable}),
                         [](const auto& named) { return named.param.name; });

TEST(ErrorsPageMetadata, NamesEveryKeyThatAnErrorMayCarry) {
  const std::string page = ReadPage();
  for (const char* key : {"upstream", "cause", "task_id", "may_have_run", "last_state", "last_event_id", "http_status",
                          "www-authenticate", "jsonrpc_code", "error_data", "error_type", "error_code", "version"}) {
    EXPECT_THAT(page, HasSubstr("| `" + std::string(key) + "` |"));
  }
}

}  // namespace
}  // namespace sluice::translate
