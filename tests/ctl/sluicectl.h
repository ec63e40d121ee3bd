// The built program as a child, against a server of the test.
#ifndef SLUICE_TESTS_CTL_SLUICECTL_H_
#define SLUICE_TESTS_CTL_SLUICECTL_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/ctl/fake_gateway.h"
#include "tests/support/child.h"

namespace sluice::testing {

class Sluicectl : public ::testing::Test {
 protected:
  std::unique_ptr<Child> Start(std::vector<std::string> arguments) {
    return std::make_unique<Child>(SLUICECTL, arguments,
                                   std::vector<std::string>{"SLUICE_ADDRESS=" + gateway_.address()});
  }
  // Runs to the end with `input` as stdin.
  std::unique_ptr<Child> Run(std::vector<std::string> arguments, int exit_code, const std::string& input = "") {
    auto child = Start(std::move(arguments));
    if (!input.empty()) child->Write(input);
    EXPECT_EQ(child->Finish(), exit_code) << "stdout: " << child->out() << "\nstderr: " << child->err();
    return child;
  }

  FakeGateway gateway_;
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_CTL_SLUICECTL_H_
