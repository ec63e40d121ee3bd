#include "server/translate/message_count.h"

#include <gtest/gtest.h>

#include <string>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::translate {
namespace {

namespace v1 = lf::a2a::v1;

std::size_t Count(const google::protobuf::Message& message) {
  return CountMessages(*FindMessageTable(std::string(message.GetDescriptor()->full_name())),
                       message.SerializeAsString());
}

TEST(CountMessages, CountsEveryObjectThatAParserWouldMake) {
  v1::SendMessageRequest request;
  EXPECT_EQ(Count(request), 1u);
  request.mutable_message();
  EXPECT_EQ(Count(request), 2u);
  request.mutable_message()->add_parts()->set_text(std::string(1000, 'x'));
  request.mutable_message()->add_parts()->mutable_data();
  EXPECT_EQ(Count(request), 5u) << "two parts, one of them with a value";
  auto& fields = *request.mutable_metadata()->mutable_fields();
  fields["a"].set_bool_value(true);
  EXPECT_EQ(Count(request), 8u) << "the struct, its entry, the value";
  for (int i = 0; i < 10; ++i) fields["l"].mutable_list_value()->add_values()->set_null_value({});
  EXPECT_EQ(Count(request), 21u) << "an entry, a value, a list, ten values";
}

TEST(CountMessages, CountsEntriesOfMapsAndTimestamps) {
  v1::AgentCard card;
  (*card.mutable_security_schemes())["a"].mutable_mtls_security_scheme();
  EXPECT_EQ(Count(card), 4u);
  v1::TaskStatus status;
  status.mutable_timestamp()->set_seconds(1);
  EXPECT_EQ(Count(status), 2u);
}

TEST(CountMessages, EndsAtWhatIsNoMessage) {
  const MessageTable& table = *FindMessageTable("lf.a2a.v1.Part");
  EXPECT_EQ(CountMessages(table, ""), 1u);
  EXPECT_EQ(CountMessages(table, "\xff\xff\xff"), 1u);
  EXPECT_EQ(CountMessages(table, std::string("\x22\x7f", 2)), 1u) << "longer than what is there";
}

// protobuf refuses such a message, so that nobody has to work on it.
TEST(CountMessages, NestingIsBounded) {
  v1::Part part;
  auto* value = part.mutable_data();
  for (int i = 0; i < 3000; ++i) value = value->mutable_list_value()->add_values();
  EXPECT_EQ(Count(part), 100u);
}

}  // namespace
}  // namespace sluice::translate
