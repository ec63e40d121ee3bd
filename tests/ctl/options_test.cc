#include "client/ctl/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::variant<Options, Leave> Parse(std::vector<const char*> arguments, const char* environment = nullptr) {
  arguments.insert(arguments.begin(), "sluicectl");
  return ParseOptions(static_cast<int>(arguments.size()), arguments.data(), environment);
}

Options Parsed(const std::vector<const char*>& arguments, const char* environment = nullptr) {
  auto parsed = Parse(arguments, environment);
  if (const Leave* leave = std::get_if<Leave>(&parsed)) {
    ADD_FAILURE() << leave->err;
    return {};
  }
  return std::get<Options>(parsed);
}

TEST(Options, StreamTakesATextAndItsFlags) {
  const Options options =
      Parsed({"stream", "hi", "--task", "t-1", "--context", "c-1", "--return-immediately", "--history", "0"});
  const auto& command = std::get<SendCommand>(options.command);
  EXPECT_TRUE(command.stream);
  EXPECT_EQ(command.text, "hi");
  EXPECT_EQ(command.task, "t-1");
  EXPECT_EQ(command.context, "c-1");
  EXPECT_TRUE(command.return_immediately);
  EXPECT_EQ(command.history, 0);
}

TEST(Options, SendIsNotStreamAndLeavesHistoryToTheAgent) {
  const auto command = std::get<SendCommand>(Parsed({"send", "-"}).command);
  EXPECT_FALSE(command.stream);
  EXPECT_EQ(command.text, "-");
  EXPECT_FALSE(command.history.has_value());
}

TEST(Options, ATextMayBeTheNameOfACommand) {
  EXPECT_EQ(std::get<SendCommand>(Parsed({"send", "get"}).command).text, "get");
}

TEST(Options, ATextThatBeginsWithADashStandsAfterTwoDashes) {
  EXPECT_EQ(std::get<SendCommand>(Parsed({"send", "--", "-x"}).command).text, "-x");
}

TEST(Options, FlagsOfTheCallMayStandBeforeAndAfterTheCommand) {
  const Options options =
      Parsed({"--output", "json", "get", "t-1", "--timeout", "1.5s", "-H", "X-A: 1", "-H", "x-b:2:3"});
  EXPECT_TRUE(options.json);
  EXPECT_EQ(options.timeout, std::chrono::milliseconds(1500));
  EXPECT_THAT(options.metadata, ElementsAre(Pair("x-a", "1"), Pair("x-b", "2:3")));
  EXPECT_EQ(std::get<GetCommand>(options.command).task, "t-1");
}

TEST(Options, TheAddressComesFromTheFlagThenTheEnvironmentThenTheDefault) {
  EXPECT_EQ(Parsed({"card"}).connection.address, "127.0.0.1:50051");
  EXPECT_EQ(Parsed({"card"}, "gw:1").connection.address, "gw:1");
  EXPECT_FALSE(Parsed({"card"}, "gw:1").connection.address_given);
  EXPECT_EQ(Parsed({"card", "--address", "gw:2"}, "gw:1").connection.address, "gw:2");
  EXPECT_TRUE(Parsed({"card", "--address", "gw:2"}, "gw:1").connection.address_given);
}

TEST(Options, ATlsFlagImpliesTls) {
  EXPECT_FALSE(Parsed({"card"}).connection.tls);
  EXPECT_TRUE(Parsed({"card", "--tls"}).connection.tls);
  EXPECT_TRUE(Parsed({"card", "--server-name", "gw.example"}).connection.tls);
  EXPECT_TRUE(Parsed({"card", "--ca-file", "/dev/null"}).connection.tls);
}

TEST(Options, ListTakesAStateByItsShortName) {
  const Options options = Parsed(
      {"list", "--status", "input-required", "--page-size", "5", "--page-token", "p", "--context", "c", "--artifacts"});
  const auto& command = std::get<ListCommand>(options.command);
  EXPECT_EQ(command.status, 6);
  EXPECT_EQ(command.page_size, 5);
  EXPECT_EQ(command.page_token, "p");
  EXPECT_EQ(command.context, "c");
  EXPECT_TRUE(command.artifacts);
}

TEST(Options, TheOtherCommandsTakeTheirArguments) {
  EXPECT_EQ(std::get<CancelCommand>(Parsed({"cancel", "t"}).command).task, "t");
  EXPECT_EQ(std::get<SubscribeCommand>(Parsed({"subscribe", "t"}).command).task, "t");
  EXPECT_TRUE(std::holds_alternative<CardCommand>(Parsed({"card"}).command));
  EXPECT_EQ(std::get<HealthCommand>(Parsed({"health"}).command).service, "");
  EXPECT_TRUE(std::get<HealthCommand>(Parsed({"health", "upstream/a", "--watch"}).command).watch);
  EXPECT_FALSE(std::get<CallCommand>(Parsed({"call", "a.B/C"}).command).data.has_value());
  EXPECT_EQ(std::get<CallCommand>(Parsed({"call", "a.B/C", "-d", "-"}).command).data, "-");
  const auto session = std::get<SessionCommand>(
      Parsed({"session", "--upstream", "tools", "--header", "X-Key: 1", "--header", "b:2"}).command);
  EXPECT_EQ(session.target.upstream, "tools");
  EXPECT_THAT(session.target.headers, ElementsAre(Pair("x-key", "1"), Pair("b", "2")));
  EXPECT_EQ(session.file, "-");
  const auto resumed = std::get<SessionCommand>(Parsed({"session", "f", "--on-cancel=close", "--resume=YQ=="}).command);
  EXPECT_EQ(resumed.file + " " + resumed.resume_token, "f a");
  EXPECT_EQ(resumed.on_cancel, OnCancel::kClose);
  EXPECT_EQ(std::get<ToolCommand>(Parsed({"tool", "echo"}).command).arguments, "{}");
  EXPECT_EQ(std::get<ToolsCommand>(Parsed({"tools", "--era=modern"}).command).era, Era::kModern);
}

TEST(Options, HelpAndVersionAreNoErrors) {
  for (const char* flag : {"--help", "--version"}) {
    const auto parsed = Parse({flag});
    const Leave& leave = std::get<Leave>(parsed);
    EXPECT_EQ(leave.exit_code, 0);
    EXPECT_THAT(leave.out, HasSubstr("sluicectl"));
    EXPECT_EQ(leave.err, "");
  }
}

struct Refusal {
  std::string name;
  std::vector<const char*> arguments;
  std::string says;
  friend void PrintTo(const Refusal& row, std::ostream* os) { *os << row.name; }
};
class OptionsRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(OptionsRefusal, NamesWhatIsWrongAndExits64) {
  const auto parsed = Parse(GetParam().arguments);
  ASSERT_TRUE(std::holds_alternative<Leave>(parsed));
  const Leave& leave = std::get<Leave>(parsed);
  EXPECT_EQ(leave.exit_code, 64);
  EXPECT_EQ(leave.out, "");
  EXPECT_THAT(leave.err, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, OptionsRefusal,
    ::testing::Values(
        Refusal{"NoCommand", {}, "a command is needed"}, Refusal{"UnknownCommand", {"nope"}, "no command 'nope'"},
        Refusal{"UnknownFlag", {"--bogus", "card"}, "no flag '--bogus'"},
        Refusal{"UnknownFlagOfACommand", {"stream", "hi", "--bogus"}, "no flag '--bogus'"},
        Refusal{"FlagOfAnotherCommand", {"get", "t", "--artifacts"}, "no flag '--artifacts'"},
        Refusal{"ControlCharacters", {"\x1b[31m"}, "\\x1b[31m"}, Refusal{"NoText", {"send"}, "TEXT"},
        Refusal{"TwoTexts", {"send", "hi", "you"}, "'you'"}, Refusal{"NoTask", {"get"}, "TASK"},
        Refusal{"EmptyTask", {"get", ""}, "TASK"},
        Refusal{"TimeoutWithoutUnit", {"card", "--timeout", "30"}, "--timeout: '30'"},
        Refusal{"TimeoutOfNothing", {"card", "--timeout", "0s"}, "--timeout"},
        Refusal{"TimeoutNotANumber", {"card", "--timeout", "nan"}, "--timeout"},
        Refusal{"TimeoutTooLong", {"card", "--timeout", "99999999h"}, "--timeout"},
        Refusal{"AddressWithoutPort", {"card", "--address", "localhost"}, "--address: 'localhost'"},
        Refusal{"AddressIsAUrl", {"card", "--address", "http://gw:1"}, "is a URL"},
        Refusal{"AddressPortOutOfRange", {"card", "--address", "gw:65536"}, "--address"},
        Refusal{"AddressWithBlank", {"card", "--address", "g w:1"}, "--address"},
        Refusal{"MetadataWithoutColon", {"card", "-H", "foo"}, "-H,--metadata: 'foo'"},
        Refusal{"MetadataKeyEmpty", {"card", "-H", ":authority"}, "-H"},
        Refusal{"MetadataKeyWithBlank", {"card", "-H", "a b:1"}, "-H"},
        Refusal{"MetadataOfGrpc", {"card", "-H", "grpc-timeout:1S"}, "gRPC's own"},
        Refusal{"MetadataValueNotAscii", {"card", "-H", "a:\xc3\xa9"}, "printable ASCII"},
        Refusal{"MetadataBinaryNotBase64", {"card", "-H", "a-bin:!"}, "base64"},
        Refusal{"OutputUnknown", {"card", "-o", "xml"}, "--output"},
        Refusal{"CertWithoutKey", {"card", "--cert-file", "/dev/null"}, "--key-file"},
        Refusal{"CaFileMissing", {"card", "--ca-file", "/nope"}, "--ca-file: cannot read '/nope'"},
        Refusal{"StateUnknown", {"list", "--status", "done"}, "--status: 'done'"},
        Refusal{"StateUnspecified", {"list", "--status", "unspecified"}, "--status"},
        Refusal{"PageSizeOutOfRange", {"list", "--page-size", "101"}, "--page-size"},
        Refusal{"HistoryNegative", {"get", "t", "--history", "-1"}, "--history"},
        Refusal{"HistoryNotANumber", {"get", "t", "--history", "x"}, "--history"},
        Refusal{"HeaderOfTheSessionBad", {"session", "--header", "a b:c"}, "--header"},
        Refusal{"TokenNotBase64", {"session", "--resume", "?"}, "--resume"},
        Refusal{"PolicyUnknown", {"session", "--on-cancel", "x"}, "--on-cancel: 'x': one of close, end is expected"},
        Refusal{"EraUnknown", {"tools", "--era", "x"}, "--era: 'x': one of auto, legacy, modern is expected"},
        Refusal{"FlagWithoutValue", {"card", "--timeout"}, "--timeout"}),
    [](const auto& row) { return row.param.name; });

TEST(Options, ABadAddressInTheEnvironmentIsNamedAsSuch) {
  const auto parsed = Parse({"card"}, "nonsense");
  EXPECT_EQ(std::get<Leave>(parsed).exit_code, 64);
  EXPECT_THAT(std::get<Leave>(parsed).err, HasSubstr("SLUICE_ADDRESS: 'nonsense'"));
}

}  // namespace
}  // namespace sluice::ctl
