#include "client/agent/faulty_body.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::agent {
namespace {

using Kind = FaultyBody::Kind;

constexpr std::string_view kThreeEvents = "data: a\n\ndata: b\n\ndata: c\n\n";

Fault Cutting(CutPlace place, std::uint64_t after, CutWay way = CutWay::kFin) {
  Fault fault;
  fault.cut = Cut{place, after, way};
  return fault;
}

Fault Adding(std::vector<OddEvent> odd_events) {
  Fault fault;
  fault.odd_events = std::move(odd_events);
  return fault;
}

struct Passed {
  std::string bytes;
  std::optional<CutWay> end;
};

Passed Pass(const Fault& fault, std::string_view text, Kind kind = Kind::kEvents) {
  FaultyBody body(fault, kind);
  body.Feed(text);
  body.Finish();
  return {body.TakeBytes(), body.end()};
}

TEST(FaultyBody, WithoutAFaultChangesNothing) {
  EXPECT_EQ(Pass({}, kThreeEvents).bytes, kThreeEvents);
  EXPECT_EQ(Pass({}, kThreeEvents).end, CutWay::kEnd);
  EXPECT_EQ(Pass({}, "{\n\n}", Kind::kJson).bytes, "{\n\n}");
}

TEST(FaultyBody, CutAfterEventsActsAtOnceAndNotWithTheNextEvent) {
  FaultyBody body(Cutting(CutPlace::kEvents, 2, CutWay::kReset), Kind::kEvents);
  body.Feed("data: a\n\n");
  EXPECT_FALSE(body.end().has_value());
  body.Feed("data: b\n\n");
  EXPECT_EQ(body.end(), CutWay::kReset);
  EXPECT_EQ(body.events(), 2u);
  body.Feed("data: c\n\n");
  EXPECT_EQ(body.TakeBytes(), "data: a\n\ndata: b\n\n");
}

TEST(FaultyBody, CutAfterNoEventsAndBeforeTheAnswerAreThereFromTheBeginning) {
  EXPECT_EQ(FaultyBody(Cutting(CutPlace::kEvents, 0), Kind::kEvents).end(), CutWay::kFin);
  EXPECT_EQ(FaultyBody(Cutting(CutPlace::kBytes, 0), Kind::kJson).end(), CutWay::kFin);
  EXPECT_EQ(FaultyBody(Cutting(CutPlace::kAnswer, 0), Kind::kJson).end(), CutWay::kFin);
}

TEST(FaultyBody, CutAfterBytesCountsExactly) {
  for (std::size_t after = 0; after <= kThreeEvents.size(); ++after) {
    const Passed passed = Pass(Cutting(CutPlace::kBytes, after), kThreeEvents);
    EXPECT_EQ(passed.bytes, kThreeEvents.substr(0, after));
    EXPECT_EQ(passed.end, CutWay::kFin) << after;
  }
  EXPECT_EQ(Pass(Cutting(CutPlace::kBytes, kThreeEvents.size() + 1), kThreeEvents).end, CutWay::kEnd)
      << "a body that is too short ends by itself";
}

TEST(FaultyBody, ABodyIsTheSameHoweverItIsFed) {
  Fault fault = Adding({{1, "odd"}});
  fault.line_end = "\r\n";
  fault.cut = Cut{CutPlace::kEvents, 2, CutWay::kFin};
  FaultyBody body(fault, Kind::kEvents);
  for (const std::string_view piece : {"dat", "a: a\n\nda", "ta: ", "b\n\n", "data: c\n\n"}) body.Feed(piece);
  EXPECT_EQ(body.TakeBytes(), Pass(fault, kThreeEvents).bytes);
}

TEST(FaultyBody, OddEventsComeBetweenThoseOfTheScript) {
  EXPECT_EQ(Pass(Adding({{0, "x"}, {1, "y"}, {1, "z"}}), "data: a\n\ndata: b\n\n").bytes,
            "data: x\n\ndata: a\n\ndata: y\n\ndata: z\n\ndata: b\n\n");
}

TEST(FaultyBody, ALastOddEventEndsTheBody) {
  const Passed passed = Pass(Adding({{1, "error", /*last=*/true}}), kThreeEvents);
  EXPECT_EQ(passed.bytes, "data: a\n\ndata: error\n\n");
  EXPECT_EQ(passed.end, CutWay::kEnd);
}

TEST(FaultyBody, OddEventsAreNotCountedAndComeBeforeACutAtTheSamePlace) {
  Fault fault = Adding({{1, "x"}});
  fault.cut = Cut{CutPlace::kEvents, 1, CutWay::kSilence};
  EXPECT_EQ(Pass(fault, kThreeEvents).bytes, "data: a\n\ndata: x\n\n");
}

TEST(FaultyBody, InJsonAnOddEventTakesTheAnswersPlace) {
  const Passed passed = Pass(Adding({{0, "x"}}), "{}", Kind::kJson);
  EXPECT_EQ(passed.bytes, "x");
  EXPECT_EQ(passed.end, CutWay::kEnd);
  EXPECT_EQ(Pass(Adding({{1, "x"}}), "{}", Kind::kJson).bytes, "{}") << "its one place is taken";
}

TEST(FaultyBody, AJsonAnswerIsOneEvent) {
  const Passed passed = Pass(Cutting(CutPlace::kEvents, 1), "{}", Kind::kJson);
  EXPECT_EQ(passed.bytes, "{}");
  EXPECT_EQ(passed.end, CutWay::kFin);
}

TEST(FaultyBody, LineEndsAreThoseOrdered) {
  Fault fault;
  fault.line_end = "\r";
  EXPECT_EQ(Pass(fault, "data: a\n\n").bytes, "data: a\r\r");
  EXPECT_EQ(Pass(fault, "{\n}", Kind::kJson).bytes, "{\n}");
}

TEST(FaultyBody, CommentsStandBetweenEvents) {
  FaultyBody body({}, Kind::kEvents);
  body.Comment();
  body.Feed("data: a");
  body.Comment();
  body.Feed("\n\n");
  body.Comment();
  EXPECT_EQ(body.TakeBytes(), ": still here\n\ndata: a\n\n: still here\n\n");
  EXPECT_EQ(body.events(), 1u);
  body.Finish();
  body.Comment();
  EXPECT_EQ(body.TakeBytes(), "");
}

}  // namespace
}  // namespace sluice::agent
