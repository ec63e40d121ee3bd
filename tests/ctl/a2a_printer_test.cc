#include "client/ctl/a2a_printer.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>

namespace sluice::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

template <typename T>
T Make(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class A2aPrinterTest : public ::testing::Test {
 protected:
  void Event(const std::string& text) { progress_.Print(Make<lf::a2a::v1::StreamResponse>(text)); }
  std::vector<std::vector<std::string>> Advised(bool ok) const {
    std::vector<std::vector<std::string>> commands;
    for (const Advice& advice : progress_.Next(ok)) commands.push_back(advice.arguments);
    return commands;
  }

  std::ostringstream out_;
  A2aPrinter progress_{Screen{out_}, A2aPrinter::Detail::kProgress};
  A2aPrinter whole_{Screen{out_}, A2aPrinter::Detail::kWhole};
};

TEST_F(A2aPrinterTest, ShowsAStreamAsStatesAndIndentedText) {
  Event(R"(task { id: "3f2a91c0-7b1d-4c5e" status { state: TASK_STATE_WORKING } })");
  Event(
      R"(artifact_update { task_id: "3f2a91c0-7b1d-4c5e"
                              artifact { artifact_id: "a" parts { text: "chunk 1 of 2" } } })");
  Event(R"(artifact_update { artifact { artifact_id: "a" parts { text: "chunk 2 of 2\nends\n" } } append: true })");
  Event(R"(status_update { task_id: "3f2a91c0-7b1d-4c5e" status { state: TASK_STATE_COMPLETED } })");
  EXPECT_EQ(out_.str(),
            "task 3f2a91c0-7b1d-4c5e working\n"
            "  chunk 1 of 2\n"
            "  chunk 2 of 2\n"
            "  ends\n"
            "task 3f2a91c0… completed\n");
}

TEST_F(A2aPrinterTest, ShowsTheWordsOfAStatus) {
  Event(
      R"(status_update { task_id: "t"
                            status { state: TASK_STATE_INPUT_REQUIRED message { parts { text: "which?" } } } })");
  EXPECT_EQ(out_.str(), "task t input-required\n  which?\n");
}

TEST_F(A2aPrinterTest, NamesAnArtifactOnceWhileItsPiecesFollowEachOther) {
  Event(R"(artifact_update { artifact { artifact_id: "a" name: "report" parts { text: "1" } } })");
  Event(R"(artifact_update { artifact { artifact_id: "a" name: "report" parts { text: "2" } } })");
  Event(R"(artifact_update { artifact { artifact_id: "b" name: "plan" parts { text: "3" } } })");
  EXPECT_EQ(out_.str(), "  report\n  1\n  2\n  plan\n  3\n");
}

TEST_F(A2aPrinterTest, ATaskToldAgainAtTheEndDoesNotRepeatItsArtifacts) {
  Event(R"(artifact_update { artifact { artifact_id: "a" parts { text: "once" } } })");
  Event(R"(task { id: "t" status { state: TASK_STATE_COMPLETED }
           artifacts { artifact_id: "a" parts { text: "once" } }
           artifacts { artifact_id: "b" parts { text: "new" } } })");
  EXPECT_EQ(out_.str(), "  once\ntask t completed\n  new\n");
}

TEST_F(A2aPrinterTest, ShowsEveryKindOfPart) {
  Event(R"(message { role: ROLE_AGENT
           parts { text: "words" }
           parts { data { struct_value { fields { key: "n" value { number_value: 1 } } } } }
           parts { raw: "12345" filename: "a.png" media_type: "image/png" }
           parts { url: "http://x/y" media_type: "text/html" }
           parts { } })");
  EXPECT_EQ(out_.str(),
            "agent:\n"
            "  words\n"
            "  {\"n\":1}\n"
            "  [file a.png image/png, 5 bytes]\n"
            "  [file text/html http://x/y]\n"
            "  [empty part]\n");
}

TEST_F(A2aPrinterTest, ControlCharactersOfAnAgentDoNotReachTheTerminal) {
  Event(
      "task { id: \"t\\033[2J\" context_id: \"c\" status { state: TASK_STATE_WORKING message { parts { text: "
      "\"\\033]0;x\\007\\302\\233m\\r\" } } } }");
  EXPECT_EQ(out_.str(), "task t\\x1b[2J working\n  \\x1b]0;x\\x07\\x9bm\\x0d\n");
}

TEST_F(A2aPrinterTest, AStateOfALaterVersionIsShownAsItsNumber) {
  lf::a2a::v1::StreamResponse event;
  event.mutable_status_update()->mutable_status()->set_state(static_cast<lf::a2a::v1::TaskState>(42));
  progress_.Print(event);
  EXPECT_THAT(out_.str(), HasSubstr("state-42"));
}

TEST_F(A2aPrinterTest, AnEmptyAnswerIsSaidToBeOne) {
  progress_.Print(lf::a2a::v1::SendMessageResponse());
  EXPECT_THAT(out_.str(), HasSubstr("neither a task nor a message"));
}

TEST_F(A2aPrinterTest, AShortenedIdIsNotCutWithinACharacter) {
  const std::string id = "1234567éééééééé";
  Event("task { id: '" + id + "' }");
  Event("task { id: '" + id + "' }");
  EXPECT_THAT(out_.str(), HasSubstr("task 1234567… "));
}

TEST_F(A2aPrinterTest, GetShowsTheWholeTask) {
  whole_.Print(Make<lf::a2a::v1::Task>(R"(
      id: "t" context_id: "c" status { state: TASK_STATE_FAILED timestamp { seconds: 60 } }
      history { role: ROLE_USER parts { text: "hi" } } history { role: ROLE_AGENT parts { text: "no" } }
      artifacts { artifact_id: "a" parts { text: "made" } })"));
  EXPECT_EQ(out_.str(),
            "task t failed\n  context c\n  since 1970-01-01T00:01:00Z\nuser:\n  hi\nagent:\n  no\n  made\n");
}

TEST_F(A2aPrinterTest, ListShowsATaskPerLineAndHowToGoOn) {
  whole_.Print(Make<lf::a2a::v1::ListTasksResponse>(R"(
      tasks { id: "t-1" context_id: "c" status { state: TASK_STATE_WORKING timestamp { seconds: 1 } } }
      tasks { id: "t-2" status { state: TASK_STATE_COMPLETED } }
      total_size: 9 next_page_token: "p2")"));
  EXPECT_EQ(out_.str(),
            "t-1  working  1970-01-01T00:00:01Z  context c\n"
            "t-2  completed\n"
            "2 of 9 tasks; next page: --page-token p2\n");
}

TEST_F(A2aPrinterTest, CardShowsWhatTheAgentIsAndCan) {
  whole_.Print(Make<lf::a2a::v1::AgentCard>(R"(
      name: "Cook" version: "2" description: "cooks"
      supported_interfaces { url: "gw:50051" protocol_binding: "GRPC" protocol_version: "1.0" }
      capabilities { streaming: true } skills { id: "soup" name: "Soup" description: "hot" })"));
  EXPECT_EQ(out_.str(),
            "Cook 2\n  cooks\ninterface GRPC 1.0 gw:50051\n"
            "streaming yes, push notifications no, extended card no\nskill soup: Soup\n  hot\n");
}

TEST_F(A2aPrinterTest, JsonIsOneLinePerEvent) {
  A2aPrinter printer(Screen{out_, /*json=*/true}, A2aPrinter::Detail::kProgress);
  printer.Print(
      Make<lf::a2a::v1::StreamResponse>(R"(status_update { task_id: "t" status { state: TASK_STATE_WORKING } })"));
  EXPECT_EQ(out_.str(), "{\"statusUpdate\":{\"taskId\":\"t\",\"status\":{\"state\":\"TASK_STATE_WORKING\"}}}\n");
  EXPECT_EQ(printer.task(), "t");
}

TEST_F(A2aPrinterTest, ColoursAreThereOnlyWhenAskedFor) {
  const auto event = Make<lf::a2a::v1::StreamResponse>(R"(task { id: "t" status { state: TASK_STATE_FAILED } })");
  progress_.Print(event);
  EXPECT_THAT(out_.str(), Not(HasSubstr("\x1b")));
  A2aPrinter(Screen{out_, false, /*colour=*/true}, A2aPrinter::Detail::kProgress).Print(event);
  EXPECT_THAT(out_.str(), HasSubstr("\x1b[31mfailed\x1b[0m"));
}

TEST_F(A2aPrinterTest, AdvisesToResumeATaskThatWasCutAndToFollowOneThatGoesOn) {
  Event(R"(task { id: "t" status { state: TASK_STATE_WORKING } })");
  EXPECT_THAT(Advised(/*ok=*/false), ElementsAre(ElementsAre("subscribe", "t"), ElementsAre("cancel", "t")));
  EXPECT_THAT(Advised(/*ok=*/true), ElementsAre(ElementsAre("subscribe", "t")));
}

TEST_F(A2aPrinterTest, AdvisesToAnswerATaskThatAsks) {
  Event(R"(task { id: "t" status { state: TASK_STATE_INPUT_REQUIRED } })");
  EXPECT_THAT(Advised(/*ok=*/true), ElementsAre(ElementsAre("stream", "--task", "t", "TEXT")));
}

TEST_F(A2aPrinterTest, HasNoAdviceForATaskThatIsOverOrUnknown) {
  EXPECT_THAT(Advised(/*ok=*/false), IsEmpty());
  Event(R"(task { id: "t" status { state: TASK_STATE_COMPLETED } })");
  EXPECT_THAT(Advised(/*ok=*/true), IsEmpty());
  EXPECT_THAT(Advised(/*ok=*/false), IsEmpty());
}

}  // namespace
}  // namespace sluice::ctl
