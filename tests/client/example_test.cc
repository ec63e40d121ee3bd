// The example program, built against what is installed, with the installed gateway and agent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/child.h"

namespace sluice::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kPrefix = SLUICE_PREFIX;

// Starts an installed program, and finds the word after `label` in what it says once it serves.
class Server {
 public:
  Server(const std::string& program, const std::vector<std::string>& arguments, const std::string& label)
      : child_(kPrefix + "/bin/" + program, arguments) {
    EXPECT_TRUE(child_.WaitForOut("\n")) << child_.err();
    const std::string& said = child_.out();
    const std::size_t begin = said.find(label) + label.size();
    word_ = said.substr(begin, said.find_first_of(" \n", begin) - begin);
  }
  const std::string& word() const { return word_; }

 private:
  Child child_;
  std::string word_;
};

class ExampleTest : public ::testing::Test {
 protected:
  std::string Run(const std::string& text, int exit_code, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {gateway_.word(), text};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Child child(STREAM_MESSAGE, arguments);
    EXPECT_EQ(child.Finish(), exit_code) << child.err();
    return child.out();
  }

  Server agent_{"sluice-agent", {"--listen=127.0.0.1:0"}, "serving "};
  Server gateway_{
      "sluice", {"--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--upstream=" + agent_.word()}, "grpc="};
};

TEST_F(ExampleTest, PrintsTheEventsAndTheEnd) {
  EXPECT_THAT(Run("slow 3 1", 0),
              AllOf(StartsWith("task "), HasSubstr("\nchunk "), EndsWith("state TASK_STATE_COMPLETED\nended: OK\n")));
}

TEST_F(ExampleTest, CancelsAfterTheEventsThatWereAskedFor) {
  EXPECT_THAT(Run("slow 1000000 1", 1, {"2"}), AllOf(HasSubstr("\nended: CANCELLED"), Not(HasSubstr("reason"))));
}

TEST_F(ExampleTest, SaysWhyAStreamFailed) {
  Server broken("sluice", {"--listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--upstream=http://127.0.0.1:1/"},
                "grpc=");
  Child child(STREAM_MESSAGE, {broken.word(), "hello"});
  EXPECT_EQ(child.Finish(), 1);
  EXPECT_THAT(child.out(), AllOf(StartsWith("ended: UNAVAILABLE: "), HasSubstr("\nreason: UPSTREAM_UNREACHABLE\n")));
}

TEST(InstalledSluicectl, TellsItsUse) {
  Child child(kPrefix + "/bin/sluicectl", {"--help"});
  EXPECT_EQ(child.Finish(), 0);
}

}  // namespace
}  // namespace sluice::testing
