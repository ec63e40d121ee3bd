#include "client/agent/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/agent/timestamp.h"

namespace sluice::agent {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

Script Parsed(std::string_view text) {
  const auto script = ParseScript(text);
  EXPECT_TRUE(script.ok()) << text << ": " << script.status();
  return script.ok() ? *script : Script{};
}

std::string ChunkText(const Script& script, std::int64_t index) {
  std::string text;
  AppendChunkText(script, index, 0, ChunkTextSize(script, index), text);
  return text;
}

const Script kEcho{.echo = true, .chunks = 1};

TEST(ParseScript, SlowMakesSoManyChunksWithThePauseBeforeEach) {
  EXPECT_EQ(Parsed("slow 5 200"), (Script{.chunks = 5, .interval = milliseconds(200)}));
}

TEST(ParseScript, SlowMayHaveNoChunksAndNoPause) { EXPECT_EQ(Parsed("slow 0 0"), Script{}); }

TEST(ParseScript, SizeIsSlowWithSoManyBytesInEachChunk) {
  EXPECT_EQ(Parsed("size 3 8 256"), (Script{.chunks = 3, .interval = milliseconds(8), .chunk_bytes = 256}));
}

TEST(ParseScript, BigIsOneChunkInKibibytes) { EXPECT_EQ(Parsed("big 2"), (Script{.chunks = 1, .chunk_bytes = 2048})); }

TEST(ParseScript, SilentOnlyDelaysTheEnd) { EXPECT_EQ(Parsed("silent 90"), (Script{.end_delay = milliseconds(90)})); }

TEST(ParseScript, AskFailAndRejectSayHowTheTurnEnds) {
  EXPECT_EQ(Parsed("ask").end_state, TaskState::kInputRequired);
  EXPECT_EQ(Parsed("fail").end_state, TaskState::kFailed);
  EXPECT_EQ(Parsed("reject").end_state, TaskState::kRejected);
}

TEST(ParseScript, MessageIsABareMessage) { EXPECT_EQ(Parsed("message"), Script{.bare_message = true}); }

TEST(ParseScript, BlanksAroundTheWordsDoNotMatter) { EXPECT_EQ(Parsed("  slow\t5  200\n"), Parsed("slow 5 200")); }

TEST(ParseScript, AnythingElseIsAnEcho) {
  for (const std::string_view text : {"", "hello", "slow", "slow 5", "slow 5 10 15", "slow five 10", "slow -1 10",
                                      "Slow 5 10", "ask me", "size 1 2", "big", "big 1k", "silent", "message 1"}) {
    EXPECT_EQ(Parsed(text), kEcho) << text;
  }
}

TEST(ParseScript, ANumberOutOfBoundsIsAnErrorThatNamesIt) {
  for (const auto& [text, name] : {std::pair("slow 10000001 0", "slow: N"), std::pair("slow 1 86400001", "slow: MS"),
                                   std::pair("size 1 1 67108865", "size: B"), std::pair("big 65537", "big: KIB"),
                                   std::pair("silent 99999999999999999999", "silent: MS")}) {
    const auto script = ParseScript(text);
    ASSERT_FALSE(script.ok()) << text;
    EXPECT_THAT(std::string(script.status().message()), HasSubstr(name));
  }
}

TEST(ParseScript, ARunOfMoreThanADayIsRefused) {
  EXPECT_TRUE(ParseScript("slow 86400 1000").ok());
  EXPECT_FALSE(ParseScript("slow 86401 1000").ok());
}

TEST(ChunkText, SaysWhichChunkItIs) { EXPECT_EQ(ChunkText(Parsed("slow 12 0"), 2), "chunk 3 of 12"); }

TEST(ChunkText, HasExactlyTheBytesAskedFor) {
  EXPECT_EQ(ChunkText(Parsed("size 2 0 16"), 1), "chunk 2 of 2 ...");
  EXPECT_EQ(ChunkText(Parsed("size 2 0 12"), 1), "chunk 2 of 2");
  EXPECT_EQ(ChunkText(Parsed("size 2 0 3"), 1), "chu");
  EXPECT_EQ(ChunkText(Parsed("big 64"), 0).size(), 64u * 1024);
}

TEST(ChunkText, IsTheSameInPiecesHoweverItIsCut) {
  const Script script = Parsed("size 2 0 20");
  const std::string whole = ChunkText(script, 0);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    std::string text;
    AppendChunkText(script, 0, 0, cut, text);
    EXPECT_EQ(text, whole.substr(0, cut));
    AppendChunkText(script, 0, cut, whole.size() - cut, text);
    EXPECT_EQ(text, whole) << "cut at " << cut;
  }
}

TEST(Timestamp, IsWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(FormatTimestamp(UnixMillis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp(UnixMillis(1'709'211'600'007)), "2024-02-29T13:00:00.007Z");
}

TEST(Timestamp, IsReadWithAnyFractionAndOffset) {
  const UnixMillis noon = *ParseTimestamp("2024-02-29T12:00:00Z");
  EXPECT_EQ(FormatTimestamp(noon), "2024-02-29T12:00:00.000Z");
  EXPECT_EQ(ParseTimestamp("2024-02-29T12:00:00.5Z"), noon + milliseconds(500));
  EXPECT_EQ(ParseTimestamp("2024-02-29T12:00:00.123456789Z"), noon + milliseconds(123));
  EXPECT_EQ(ParseTimestamp("2024-02-29T13:30:00+01:30"), noon);
  EXPECT_EQ(ParseTimestamp("2024-02-29T10:00:00-02:00"), noon);
}

TEST(Timestamp, WhatIsNoneIsNotRead) {
  for (const std::string_view text : {"", "2024", "2024-02-30T12:00:00Z", "2024-02-29T24:00:00Z", "2024-02-29T12:00:00",
                                      "2024-02-29T12:00:00.Z", "2024-02-29T12:00:00Zx", "2024-02-29 noon"}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sluice::agent
