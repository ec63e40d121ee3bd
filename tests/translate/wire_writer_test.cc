#include "server/translate/wire_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "google/protobuf/struct.pb.h"

namespace sluice::translate {
namespace {

constexpr auto kBytes = WireType::kLengthDelimited;

// A Value holding a string of `size` bytes, told with `size_guess`.
std::string ValueOf(std::size_t size, std::size_t size_guess) {
  WireWriter out;
  const auto nested = out.Begin(WireTag(5, kBytes), size_guess);  // Value.struct_value
  const auto entry = out.Begin(WireTag(1, kBytes), size_guess);   // Struct.fields
  out.BytesField(WireTag(1, kBytes), "key");                      // key
  const auto value = out.Begin(WireTag(2, kBytes), size_guess);   // value
  out.BytesField(WireTag(3, kBytes), std::string(size, 'x'));     // Value.string_value
  out.End(value);
  out.End(entry);
  out.End(nested);
  return out.Take();
}

TEST(WireWriter, NestedContentIsRightHoweverItsSizeWasGuessed) {
  for (const std::size_t size : {0u, 1u, 100u, 120u, 121u, 127u, 128u, 16'370u, 16'383u, 16'384u, 70'000u}) {
    google::protobuf::Value expected;
    (*expected.mutable_struct_value()->mutable_fields())["key"].set_string_value(std::string(size, 'x'));
    for (const std::size_t guess : {std::size_t{0}, size, std::size_t{127}, std::size_t{128}, std::size_t{1} << 30}) {
      EXPECT_EQ(ValueOf(size, guess), expected.SerializeAsString()) << size << " guessed " << guess;
    }
  }
}

TEST(WireWriter, NumbersAreWrittenAsProtobufWritesThem) {
  for (const double number : {0.0, -0.0, 1.5, -1e300, std::numeric_limits<double>::denorm_min()}) {
    google::protobuf::Value expected;
    expected.set_number_value(number);
    WireWriter out;
    out.DoubleField(WireTag(2, WireType::kFixed64), number);
    EXPECT_EQ(out.text(), expected.SerializeAsString()) << number;
  }
  WireWriter out;
  out.VarintField(WireTag(4, WireType::kVarint), 1);
  out.VarintField(WireTag(16, WireType::kVarint), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(out.text(), std::string("\x20\x01\x80\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 14));
}

}  // namespace
}  // namespace sluice::translate
