#include "client/ctl/json_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(JsonSplitter, GivesTheSameObjectsForEverySplit) {
  const std::string text = " {\"a\":[{\"b\":\"}]\\\"{\\\\\"}]}\n\n{}{\"c\":\n1}\t";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    JsonSplitter splitter;
    std::vector<std::string> objects;
    ASSERT_TRUE(splitter.Feed(std::string_view(text).substr(0, cut), objects).ok());
    ASSERT_TRUE(splitter.Feed(std::string_view(text).substr(cut), objects).ok());
    ASSERT_TRUE(splitter.Finish().ok());
    EXPECT_THAT(objects, ElementsAre("{\"a\":[{\"b\":\"}]\\\"{\\\\\"}]}", "{}", "{\"c\":\n1}"))
        << "cut at byte " << cut;
  }
}

TEST(JsonSplitter, AnObjectComesAsSoonAsItsBraceIsClosed) {
  JsonSplitter splitter;
  std::vector<std::string> objects;
  ASSERT_TRUE(splitter.Feed("{\"a\":1", objects).ok());
  EXPECT_THAT(objects, IsEmpty());
  ASSERT_TRUE(splitter.Feed("}", objects).ok());
  EXPECT_THAT(objects, ElementsAre("{\"a\":1}"));
}

TEST(JsonSplitter, RefusesWhatIsNoObjectAndSaysWhichMessageItIs) {
  for (const char* text : {"{} 1", "{}}", "{},{}", "{}[]", "{}\"a\""}) {
    JsonSplitter splitter;
    std::vector<std::string> objects;
    const absl::Status status = splitter.Feed(text, objects);
    EXPECT_FALSE(status.ok()) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("message 2"));
  }
}

TEST(JsonSplitter, AnInputThatEndsWithinAnObjectIsRefused) {
  JsonSplitter splitter;
  std::vector<std::string> objects;
  ASSERT_TRUE(splitter.Feed("{} {\"a\":\"}", objects).ok());
  EXPECT_THAT(std::string(splitter.Finish().message()), HasSubstr("message 2 is not complete"));
}

}  // namespace
}  // namespace sluice::ctl
