// Server reflection as its clients see it: what is told of a server, in which order, and what is not.
#include "server/translate/reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <set>

#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "server/base/utf8.h"
#include "server/translate/proto_message.h"

namespace sluice::translate {
namespace {

namespace pb = google::protobuf;
namespace v1alpha = grpc::reflection::v1alpha;
using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kNotFound = 5;
constexpr int kInvalidArgument = 3;

constexpr const char* kUnits = R"(
  name: "units.proto" package: "units" syntax: "proto3"
  enum_type { name: "Unit" value { name: "PIECE" number: 0 } value { name: "GRAM" number: 1 } }
)";

constexpr const char* kMoney = R"(
  name: "money.proto" package: "money" syntax: "proto3" dependency: "units.proto"
  message_type {
    name: "Price"
    field { name: "cents" number: 1 type: TYPE_INT64 label: LABEL_OPTIONAL }
    field { name: "per" number: 2 type_name: ".units.Unit" label: LABEL_OPTIONAL }
  }
)";

constexpr const char* kShop = R"(
  name: "shop.proto" package: "good.shop" dependency: "money.proto" dependency: "units.proto"
  service { name: "Shop" method { name: "Buy" input_type: ".good.shop.Order" output_type: ".good.shop.Receipt" } }
  message_type {
    name: "Order"
    field { name: "unit" number: 1 type_name: ".units.Unit" label: LABEL_OPTIONAL }
    field { name: "card" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 }
    field { name: "voucher" number: 3 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0 }
    oneof_decl { name: "how" }
    nested_type { name: "Line" field { name: "article" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
    enum_type { name: "Speed" value { name: "SLOW" number: 0 } value { name: "FAST" number: 1 } }
    extension_range { start: 100 end: 200 }
    extension { name: "note" number: 101 type: TYPE_STRING label: LABEL_OPTIONAL extendee: ".good.shop.Order" }
  }
  message_type {
    name: "Receipt"
    field { name: "total" number: 1 type_name: ".money.Price" label: LABEL_OPTIONAL }
  }
  extension { name: "wrapped" number: 100 type: TYPE_BOOL label: LABEL_OPTIONAL extendee: ".good.shop.Order" }
)";

// In the process, but no service that is served needs it.
constexpr const char* kOffice = R"(
  name: "office.proto" package: "good.office" dependency: "shop.proto"
  service { name: "Office" method { name: "Close" input_type: ".good.shop.Order" output_type: ".good.office.Ledger" } }
  message_type { name: "Ledger" }
  extension { name: "margin" number: 102 type: TYPE_STRING label: LABEL_OPTIONAL extendee: ".good.shop.Order" }
)";

// Not imported by a service, but told all the same.
constexpr const char* kComplaint = R"(
  name: "complaint.proto" package: "complaint" syntax: "proto3"
  message_type { name: "Complaint" field { name: "long_text" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
)";

void AddFile(pb::DescriptorPool& pool, const std::string& text) {
  pb::FileDescriptorProto file;
  ASSERT_TRUE(pb::TextFormat::ParseFromString(text, &file));
  ASSERT_NE(pool.BuildFile(file), nullptr) << file.name();
}

// A server with the one service good.shop.Shop; and `absent.Service`, which nothing describes.
class ReflectionTest : public ::testing::Test {
 protected:
  static DescriptorIndex MakeIndex() {
    pb::DescriptorPool pool;
    AddFile(pool, kUnits);
    AddFile(pool, kMoney);
    AddFile(pool, kShop);
    AddFile(pool, kOffice);
    AddFile(pool, kComplaint);
    return DescriptorIndex(pool, {"good.shop.Shop", "absent.Service"}, {"complaint.proto", "absent.proto"});
  }

  ServerReflectionResponse Ask(const ServerReflectionRequest& request) {
    ServerReflectionResponse response;
    const auto answer = stream_->Answer(request.SerializeAsString());
    EXPECT_TRUE(answer.ok()) << answer.status();
    EXPECT_TRUE(answer.ok() && response.ParseFromString(*answer));
    return response;
  }
  ServerReflectionResponse AskForFile(const std::string& name) {
    ServerReflectionRequest request;
    request.set_file_by_filename(name);
    return Ask(request);
  }
  ServerReflectionResponse AskForSymbol(const std::string& name) {
    ServerReflectionRequest request;
    request.set_file_containing_symbol(name);
    return Ask(request);
  }
  ServerReflectionResponse AskForExtension(const std::string& type, int number) {
    ServerReflectionRequest request;
    request.mutable_file_containing_extension()->set_containing_type(type);
    request.mutable_file_containing_extension()->set_extension_number(number);
    return Ask(request);
  }
  ServerReflectionResponse AskForExtensionNumbers(const std::string& type) {
    ServerReflectionRequest request;
    request.set_all_extension_numbers_of_type(type);
    return Ask(request);
  }

  const DescriptorIndex index_ = MakeIndex();
  std::optional<Reflection> stream_{index_};
};

// The names of the files in an answer, in its order.
std::vector<std::string> FilesOf(const ServerReflectionResponse& response) {
  std::vector<std::string> names;
  for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    pb::FileDescriptorProto file;
    EXPECT_TRUE(file.ParseFromString(bytes));
    names.push_back(file.name());
  }
  return names;
}

std::vector<std::string> ServicesOf(const ServerReflectionResponse& response) {
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  return names;
}

TEST_F(ReflectionTest, ListsTheServicesThatAreServedInTheOrderOfTheirNames) {
  ServerReflectionRequest request;
  request.set_list_services("whatever");
  EXPECT_THAT(ServicesOf(Ask(request)), ElementsAre("absent.Service", "good.shop.Shop"));
}

TEST_F(ReflectionTest, TellsAFileFirstAndThenAllThatItNeedsEachOnce) {
  EXPECT_THAT(FilesOf(AskForFile("shop.proto")), ElementsAre("shop.proto", "money.proto", "units.proto"));
}

TEST_F(ReflectionTest, TellsAFileAsItWasWritten) {
  pb::FileDescriptorProto file;
  ASSERT_TRUE(file.ParseFromString(AskForFile("units.proto").file_descriptor_response().file_descriptor_proto(0)));
  EXPECT_EQ(file.package(), "units");
  ASSERT_EQ(file.enum_type_size(), 1);
  EXPECT_EQ(file.enum_type(0).value(1).name(), "GRAM");
}

// Clients need them to read and print JSON, and not all of them make them up.
TEST_F(ReflectionTest, TellsTheJsonNamesOfFields) {
  const auto response = AskForSymbol("complaint.Complaint");
  pb::FileDescriptorProto file;
  ASSERT_TRUE(file.ParseFromString(response.file_descriptor_response().file_descriptor_proto(0)));
  EXPECT_EQ(file.message_type(0).field(0).json_name(), "longText");
}

TEST_F(ReflectionTest, TellsAFileAgainOnlyWhenItIsAskedForItself) {
  EXPECT_THAT(FilesOf(AskForFile("units.proto")), ElementsAre("units.proto"));
  EXPECT_THAT(FilesOf(AskForFile("money.proto")), ElementsAre("money.proto")) << "units.proto was told";
  EXPECT_THAT(FilesOf(AskForFile("shop.proto")), ElementsAre("shop.proto"));
  EXPECT_THAT(FilesOf(AskForFile("money.proto")), ElementsAre("money.proto"));
}

TEST_F(ReflectionTest, TellsAnotherStreamAllOfIt) {
  AskForFile("shop.proto");
  stream_.emplace(index_);
  EXPECT_THAT(FilesOf(AskForFile("money.proto")), ElementsAre("money.proto", "units.proto"));
}

TEST_F(ReflectionTest, FindsTheFileOfEverythingThatHasAName) {
  for (const char* symbol :
       {"good.shop.Shop", "good.shop.Shop.Buy", "good.shop.Order", "good.shop.Order.unit", "good.shop.Order.how",
        "good.shop.Order.card", "good.shop.Order.Line", "good.shop.Order.Line.article", "good.shop.Order.Speed",
        "good.shop.Order.FAST", "good.shop.Order.note", "good.shop.wrapped", "good.shop.Receipt"}) {
    const auto files = FilesOf(AskForSymbol(symbol));
    ASSERT_FALSE(files.empty()) << symbol;
    EXPECT_EQ(files[0], "shop.proto") << symbol;
  }
  EXPECT_THAT(FilesOf(AskForSymbol("money.Price.cents")), ElementsAre("money.proto"));
  EXPECT_THAT(FilesOf(AskForSymbol("units.GRAM")), ElementsAre("units.proto"));
}

TEST_F(ReflectionTest, DoesNotFindWhatIsNoSymbolOfWhatIsServed) {
  for (const std::string symbol : {"", ".", "good", "good.shop", "units", ".good.shop.Shop", "good.shop.Shop.",
                                   "good.shop.Shop.Sell", "good.shop.shop", "good.shop.Order.FAST.x", "absent.Service",
                                   "good.office.Office", "good.office.Ledger", "good.office.margin"}) {
    const auto response = AskForSymbol(symbol);
    EXPECT_EQ(response.error_response().error_code(), kNotFound) << symbol;
    EXPECT_THAT(response.error_response().error_message(), HasSubstr("no symbol \"" + symbol + "\"")) << symbol;
  }
  EXPECT_EQ(AskForSymbol(std::string("good.shop.Shop\0", 15)).error_response().error_code(), kNotFound);
}

TEST_F(ReflectionTest, DoesNotFindFilesThatNoServiceNeeds) {
  for (const std::string name :
       {"", "office.proto", "./shop.proto", "absent.proto", "Shop.proto", "google/protobuf/descriptor.proto"}) {
    const auto response = AskForFile(name);
    EXPECT_EQ(response.error_response().error_code(), kNotFound) << name;
    EXPECT_THAT(response.error_response().error_message(), HasSubstr("no file \"" + name + "\"")) << name;
  }
}

TEST_F(ReflectionTest, TellsExtensionsByTheirNumber) {
  EXPECT_THAT(FilesOf(AskForExtension("good.shop.Order", 100)),
              ElementsAre("shop.proto", "money.proto", "units.proto"));
  EXPECT_THAT(FilesOf(AskForExtension("good.shop.Order", 101)), ElementsAre("shop.proto"));
  const auto numbers = AskForExtensionNumbers("good.shop.Order").all_extension_numbers_response();
  EXPECT_EQ(numbers.base_type_name(), "good.shop.Order");
  EXPECT_THAT(numbers.extension_number(), ElementsAre(100, 101)) << "102 is in a file that no service needs";
}

TEST_F(ReflectionTest, DoesNotFindExtensionsThatAreNone) {
  const auto unknown_number = AskForExtension("good.shop.Order", 102).error_response();
  EXPECT_EQ(unknown_number.error_code(), kNotFound);
  EXPECT_THAT(unknown_number.error_message(), HasSubstr("no extension 102 of \"good.shop.Order\""));
  EXPECT_EQ(AskForExtension("good.shop.Order", 1).error_response().error_code(), kNotFound) << "a field is none";
  EXPECT_EQ(AskForExtension("good.shop.Nothing", 100).error_response().error_code(), kNotFound);
  EXPECT_EQ(AskForExtension("", -1).error_response().error_code(), kNotFound);
}

TEST_F(ReflectionTest, TellsNoNumbersOfAMessageWithoutExtensionsAndDoesNotFindWhatIsNoMessage) {
  const auto none = AskForExtensionNumbers("good.shop.Receipt");
  ASSERT_TRUE(none.has_all_extension_numbers_response());
  EXPECT_THAT(none.all_extension_numbers_response().extension_number(), IsEmpty());
  for (const std::string type : {"good.shop.Shop", "good.shop.Order.Speed", "good.office.Ledger", ""}) {
    const auto error = AskForExtensionNumbers(type).error_response();
    EXPECT_EQ(error.error_code(), kNotFound) << type;
    EXPECT_THAT(error.error_message(), HasSubstr("no message \"" + type + "\"")) << type;
  }
}

TEST_F(ReflectionTest, GivesBackTheRequestAndTheHost) {
  ServerReflectionRequest request;
  request.set_host("gateway.example");
  request.set_file_containing_symbol("no.such");
  const auto response = Ask(request);
  EXPECT_EQ(response.valid_host(), "gateway.example");
  EXPECT_EQ(response.original_request().SerializeAsString(), request.SerializeAsString());
}

TEST_F(ReflectionTest, SaysThatARequestAsksNothing) {
  const auto error = Ask({}).error_response();
  EXPECT_EQ(error.error_code(), kInvalidArgument);
  EXPECT_THAT(error.error_message(), HasSubstr("message_request"));
}

TEST_F(ReflectionTest, QuotesOnlyTheBeginningOfALongName) {
  std::string name;
  while (name.size() < 1'000'000) name += "ä€";
  const std::string message = AskForSymbol(name).error_response().error_message();
  EXPECT_THAT(message, HasSubstr("no symbol \"ä€ä€"));
  EXPECT_LT(message.size(), 300u);
  EXPECT_EQ(ToValidUtf8(message, message.size()), message) << "cut between two characters";
}

TEST_F(ReflectionTest, RefusesBytesThatAreNoRequest) {
  for (const std::string_view bytes : {"\xff", "\x1a\x05shop", "\x1a\x02\xff\xfe", "text"}) {
    const auto answer = stream_->Answer(bytes);
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument) << bytes;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr("ServerReflectionRequest")) << bytes;
  }
}

// Random edits of good requests end in an answer or an error; the sanitizers watch. The seed is fixed.
TEST_F(ReflectionTest, NeverCrashesWhateverItIsAsked) {
  ServerReflectionRequest request;
  request.set_host("h");
  request.mutable_file_containing_extension()->set_containing_type("good.shop.Order");
  request.mutable_file_containing_extension()->set_extension_number(100);
  std::vector<std::string> seeds = {request.SerializeAsString()};
  request.set_file_containing_symbol("good.shop.Order.FAST");
  seeds.push_back(request.SerializeAsString());
  request.set_file_by_filename("shop.proto");
  seeds.push_back(request.SerializeAsString());
  request.set_all_extension_numbers_of_type("good.shop.Order");
  seeds.push_back(request.SerializeAsString());

  std::mt19937 random(20240401);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  std::size_t answered = 0;
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = seeds[below(seeds.size())];
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t at = below(bytes.size());
      bytes[at] = static_cast<char>(below(4) == 0 ? below(256) : static_cast<unsigned char>(bytes[at]) + below(3) - 1);
      if (below(10) == 0) bytes.resize(at + 1);
    }
    const auto answer = stream_->Answer(bytes);
    (answer.ok() ? answered : refused)++;
    EXPECT_TRUE(!answer.ok() || ServerReflectionResponse().ParseFromString(*answer));
  }
  EXPECT_GT(answered, 1000u);
  EXPECT_GT(refused, 1000u);
}

TEST_F(ReflectionTest, ReadsAndWritesTheOlderVersionAsWell) {
  v1alpha::ServerReflectionRequest request;
  request.set_host("h");
  request.set_file_containing_symbol("units.Unit");
  v1alpha::ServerReflectionResponse response;
  ASSERT_TRUE(response.ParseFromString(stream_->Answer(request.SerializeAsString()).value()));
  EXPECT_EQ(response.valid_host(), "h");
  EXPECT_EQ(response.original_request().file_containing_symbol(), "units.Unit");
  EXPECT_EQ(response.file_descriptor_response().file_descriptor_proto_size(), 1);
  request.set_list_services("");
  ASSERT_TRUE(response.ParseFromString(stream_->Answer(request.SerializeAsString()).value()));
  EXPECT_EQ(response.list_services_response().service(1).name(), "good.shop.Shop");
  request.set_all_extension_numbers_of_type("good.shop.Order");
  ASSERT_TRUE(response.ParseFromString(stream_->Answer(request.SerializeAsString()).value()));
  EXPECT_EQ(response.all_extension_numbers_response().extension_number_size(), 2);
  request.set_file_by_filename("none");
  ASSERT_TRUE(response.ParseFromString(stream_->Answer(request.SerializeAsString()).value()));
  EXPECT_EQ(response.error_response().error_code(), kNotFound);
}

TEST(LinkedDescriptorsTest, DescribeEveryServiceOfTheGateway) {
  const std::set<std::string> services = {"a2a.v1.A2AService",
                                          "grpc.health.v1.Health",
                                          "grpc.reflection.v1.ServerReflection",
                                          "grpc.reflection.v1alpha.ServerReflection",
                                          "lf.a2a.v1.A2AService",
                                          "sluice.v1.Conversation",
                                          "sluice.v1.Gateway"};
  const DescriptorIndex index(LinkedDescriptors(), services, {"google/rpc/error_details.proto"});
  for (const std::string& service : services) EXPECT_NE(index.FileOfSymbol(service), nullptr) << service;
  EXPECT_NE(index.FileOfSymbol("google.protobuf.Timestamp"), nullptr) << "A2A needs it";
  EXPECT_NE(index.FileOfSymbol("google.rpc.ErrorInfo"), nullptr);
  EXPECT_EQ(index.FileOfSymbol("google.protobuf.FileDescriptorProto"), nullptr) << "linked, but nobody needs it";
}

}  // namespace
}  // namespace sluice::translate
