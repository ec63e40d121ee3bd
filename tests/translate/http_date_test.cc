#include "server/translate/http_date.h"

#include <gtest/gtest.h>

namespace sluice::translate {
namespace {

// RFC 9110, section 5.6.7: its own three examples of one moment.
TEST(HttpDateTest, TakesTheThreeForms) {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(ParseHttpDate(text), std::chrono::seconds(784'111'777)) << text;
  }
}

TEST(HttpDateTest, TakesNothingElse) {
  for (const char* text :
       {"", "7", "soon", "infinite-future", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT; and more",
        "1994-11-06T08:49:37Z", "\xff\xfe", "Sun Nov 06 08:49:37 99999999999"}) {
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice::translate
