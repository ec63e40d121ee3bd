#include "client/agent/fault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sluice::agent {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// The fault that the text orders; its script may be anything.
Fault Ordered(const std::string& orders) {
  const std::string text = "fault " + orders + "; hello";
  const auto fault = ParseFault(SplitOrders(text).orders, /*id=*/"7");
  EXPECT_TRUE(fault.ok()) << fault.status();
  return fault.ok() ? *fault : Fault{};
}

std::string Refusal(const std::string& text) {
  const auto fault = ParseFault(SplitOrders(text).orders, "7");
  EXPECT_FALSE(fault.ok()) << text;
  return std::string(fault.status().message());
}

TEST(SplitOrders, PartsTheOrdersFromTheScript) {
  EXPECT_EQ(SplitOrders("fault cut fin; slow 5 10").orders, "fault cut fin;");
  EXPECT_EQ(SplitOrders("fault cut fin; slow 5 10").script, " slow 5 10");
  EXPECT_EQ(SplitOrders(" fault http 500 body='a;b';x").script, "x");
}

TEST(SplitOrders, LeavesTextAloneThatOrdersNoFault) {
  for (const std::string text : {"", "slow 5 10", "faults; hello", "no fault; hello", "Fault cut fin; hello"}) {
    EXPECT_EQ(SplitOrders(text).orders, "") << text;
    EXPECT_EQ(SplitOrders(text).script, text);
  }
}

TEST(ParseFault, CutsSayWhereAndHow) {
  EXPECT_EQ(Ordered("cut reset").cut, (Cut{CutPlace::kAnswer, 0, CutWay::kReset}));
  EXPECT_EQ(Ordered("cut-bytes 17 fin").cut, (Cut{CutPlace::kBytes, 17, CutWay::kFin}));
  EXPECT_EQ(Ordered("cut-events 2 end").cut, (Cut{CutPlace::kEvents, 2, CutWay::kEnd}));
  EXPECT_EQ(Ordered("cut half-close").cut->way, CutWay::kHalfClose);
  EXPECT_EQ(Ordered("cut silence").cut->way, CutWay::kSilence);
  EXPECT_EQ(Ordered("cut abrupt").cut->way, CutWay::kAbrupt);
}

TEST(ParseFault, OddEventsRepeatTheIdAndComeInTheirOrder) {
  const Fault fault = Ordered("odd-event 3 neither, odd-event 1 not-json, odd-event 1 wrong-id");
  ASSERT_EQ(fault.odd_events.size(), 3u);
  EXPECT_EQ(fault.odd_events[0], (OddEvent{1, "This is not JSON."}));
  EXPECT_THAT(fault.odd_events[1].data, HasSubstr("nobody asked"));
  EXPECT_EQ(fault.odd_events[2], (OddEvent{3, R"({"jsonrpc":"2.0","id":7})"}));
}

TEST(ParseFault, AnErrorCarriesItsErrorInfo) {
  const std::string error = Ordered("error -32001").body.value_or("");
  EXPECT_THAT(error, HasSubstr(R"("id":7,"error":{"code":-32001)"));
  EXPECT_THAT(error,
              HasSubstr(R"("reason":"TASK_NOT_FOUND","domain":"a2a-protocol.org","metadata":{"fault":"ordered"})"));
  EXPECT_THAT(Ordered("error -32050 reason=MADE_UP id=null").body.value_or(""), HasSubstr(R"("id":null)"));
  EXPECT_THAT(Ordered("error -32050 reason=MADE_UP").body.value_or(""), HasSubstr(R"("reason":"MADE_UP")"));
  const Fault inside = Ordered("error-event 2 -32603");
  ASSERT_EQ(inside.odd_events.size(), 1u);
  EXPECT_EQ(inside.odd_events[0].after, 2u);
  EXPECT_TRUE(inside.odd_events[0].last);
  EXPECT_THAT(inside.odd_events[0].data, HasSubstr("-32603"));
}

TEST(ParseFault, HttpSaysTheHeadAndMayReplaceTheBody) {
  const Fault fault = Ordered(
      "http 429 type=text/html header=Retry-After:7 header='WWW-Authenticate:Bearer realm=\"a, b\"' body='<h1>; "
      "</h1>'");
  EXPECT_EQ(fault.status, 429);
  EXPECT_EQ(fault.content_type, "text/html");
  const std::vector<std::pair<std::string, std::string>> headers = {{"Retry-After", "7"},
                                                                    {"WWW-Authenticate", "Bearer realm=\"a, b\""}};
  EXPECT_EQ(fault.headers, headers);
  EXPECT_EQ(fault.body, "<h1>; </h1>");
  EXPECT_EQ(Ordered("http 500").body, std::nullopt) << "its own body stays";
}

TEST(ParseFault, PaceAndFraming) {
  EXPECT_EQ(Ordered("line-ends crlf").line_end, "\r\n");
  EXPECT_EQ(Ordered("line-ends cr").line_end, "\r");
  EXPECT_EQ(Ordered("comments 20").comments, milliseconds(20));
  EXPECT_EQ(Ordered("drip 0").drip, milliseconds(0));
}

TEST(ParseFault, ManyOrdersMakeOneFault) {
  const Fault fault = Ordered("http 404, error -32001, drip 0, cut-bytes 9 reset");
  EXPECT_EQ(fault.status, 404);
  EXPECT_TRUE(fault.body.has_value());
  EXPECT_TRUE(fault.drip.has_value());
  EXPECT_TRUE(fault.cut.has_value());
}

TEST(ParseFault, AWrongOrderIsAnErrorThatSaysWhatIsWrong) {
  for (const auto& [text, said] : {
           std::pair("fault", "semicolon"),
           std::pair("fault cut fin", "semicolon"),
           std::pair("fault; hello", "an order is missing"),
           std::pair("fault cut fin,; hello", "an order is missing"),
           std::pair("fault explode; hello", "'explode' is no order; the orders are cut, cut-bytes"),
           std::pair("fault cut; hello", "WAY must be one of end, fin, reset"),
           std::pair("fault cut end; hello", "WAY cannot be end"),
           std::pair("fault cut-events two fin; hello", "K must be a number from 0 to 10000000"),
           std::pair("fault cut-events -1 fin; hello", "K must be a number"),
           std::pair("fault cut-events 2 fin now; hello",
                     "'now' does not belong there; the order is: cut-events K WAY"),
           std::pair("fault cut fin, cut-bytes 1 fin; hello", "one answer is cut once"),
           std::pair("fault odd-event 1 strange; hello", "KIND must be one of not-json"),
           std::pair("fault error; hello", "CODE must be a number"),
           std::pair("fault error -32001 id=8; hello", "id can only be null"),
           std::pair("fault error -32001, http 500 body=x; hello", "another body already"),
           std::pair("fault http 99; hello", "STATUS must be a number from 200 to 599"),
           std::pair("fault http 200 header=Content-Length:7; hello", "none that frames the message"),
           std::pair("fault http 200 header='X:a\r\nY: b'; hello", "printable"),
           std::pair("fault http 200 body='open; hello", "semicolon"),
           std::pair("fault http 200 body='open;", "quote is not closed"),
           std::pair("fault line-ends tab; hello", "one of cr, crlf, lf"),
           std::pair("fault comments 0; hello", "MS must be a number from 1"),
           std::pair("fault drip 99999999999; hello", "MS must be a number"),
       }) {
    EXPECT_THAT(Refusal(text), HasSubstr(said)) << text;
  }
}

}  // namespace
}  // namespace sluice::agent
