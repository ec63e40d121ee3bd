#include "server/translate/excerpt.h"

#include <gtest/gtest.h>

#include <string>

#include "server/base/status.h"

namespace sluice::translate {
namespace {

TEST(Excerpt, ControlCharactersBecomeBlanks) {
  EXPECT_EQ(Excerpt("a\r\nb\tc\x1b[31md\x7f"
                    "e"),
            "a  b c [31md e");
  EXPECT_EQ(Excerpt(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(Excerpt("a\xC2\x9B"
                    "b"),
            "a b")
      << "C1, a terminal's other escape";
}

TEST(Excerpt, OtherTextStays) {
  EXPECT_EQ(Excerpt("\xC2\xA0\xC3\xA9 \xF0\x9F\x98\x80"), "\xC2\xA0\xC3\xA9 \xF0\x9F\x98\x80");
}

TEST(Excerpt, IsBoundedAndValidUtf8WhereverItIsCut) {
  for (std::size_t lead = 0; lead < 4; ++lead) {
    std::string text(lead, 'x');
    for (int i = 0; i < 500; ++i) text += "\xF0\x9F\x98\x80";
    const std::string excerpt = Excerpt(text);
    EXPECT_LE(excerpt.size(), kExcerptBytes);
    EXPECT_GT(excerpt.size(), kExcerptBytes - 4);
    EXPECT_EQ(excerpt, ToValidUtf8(excerpt, 2 * kExcerptBytes));
  }
}

TEST(Excerpt, MalformedUtf8BecomesTheReplacementCharacter) {
  EXPECT_EQ(Excerpt("a\xFF"
                    "b"),
            "a\xEF\xBF\xBD"
            "b");
}

}  // namespace
}  // namespace sluice::translate
