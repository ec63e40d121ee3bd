#include "client/agent/raw_json.h"

#include <gtest/gtest.h>

namespace sluice::agent {
namespace {

TEST(RawMember, IsTheTextAsItWasSent) {
  struct Row {
    std::string_view object;
    std::string_view name;
    std::string_view expected;
  };
  for (const Row& row : {
           Row{R"({"id":1})", "id", "1"},
           Row{R"({"id":9007199254740993})", "id", "9007199254740993"},
           Row{R"({"id":1.0})", "id", "1.0"},
           Row{"{ \"id\" :\t1e0\r\n, \"a\":2 }", "id", "1e0"},
           Row{R"({"id":"a\"},b"})", "id", R"("a\"},b")"},
           Row{R"({"a":{"id":1},"id":2})", "id", "2"},
           Row{R"({"a":[{"id":1}, "]"],"id":2})", "id", "2"},
           Row{R"({"id":1,"id":2})", "id", "2"},
           Row{R"({"a":{"b":[1, 2]}})", "a", R"({"b":[1, 2]})"},
           Row{R"({"a":"\\","id":3})", "id", "3"},
           Row{R"({"a":"id","b":null})", "b", "null"},
           Row{R"({"a":1})", "id", ""},
           Row{"{}", "id", ""},
           Row{"[]", "id", ""},
           Row{"", "id", ""},
       }) {
    EXPECT_EQ(RawMember(row.object, row.name), row.expected) << row.object;
  }
}

TEST(RawMember, OfAPathIsTheOneBelowAllOfIt) {
  constexpr std::string_view kRequest = R"({"params":{"_meta":{"progressToken":7.50},"progressToken":1}})";
  EXPECT_EQ(RawMember(kRequest, {"params", "_meta", "progressToken"}), "7.50");
  EXPECT_EQ(RawMember(kRequest, {"params", "meta", "progressToken"}), "");
  EXPECT_EQ(RawMember(kRequest, {"params", "progressToken", "x"}), "");
}

}  // namespace
}  // namespace sluice::agent
