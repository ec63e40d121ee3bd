// Output to pipes that are read, that nobody reads, and that cannot be written.
#include "client/ctl/polled_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <ostream>
#include <string>
#include <thread>

namespace sluice::ctl {
namespace {

class PolledOutputTest : public ::testing::Test {
 protected:
  PolledOutputTest() { EXPECT_EQ(pipe(ends_), 0); }
  ~PolledOutputTest() override {
    for (int end : ends_) close(end);
  }
  int waiting() const {
    int count = -1;
    ioctl(ends_[0], FIONREAD, &count);
    return count;
  }

  int ends_[2];
  const std::string much_ = std::string(300'000, 'x') + "end";
};

TEST_F(PolledOutputTest, AReaderGetsAllOfIt) {
  PolledOutput buffer(ends_[1], [] { return false; });
  std::ostream out(&buffer);
  std::string got;
  std::thread reader([&] {
    char bytes[10'000];
    while (got.size() < much_.size()) got.append(bytes, static_cast<std::size_t>(read(ends_[0], bytes, sizeof bytes)));
  });
  out << much_ << std::flush;
  reader.join();
  EXPECT_EQ(got, much_);
  EXPECT_TRUE(out.good());
}

TEST_F(PolledOutputTest, AnInterruptEndsTheWaitForAReader) {
  PolledOutput buffer(ends_[1], [] { return true; });
  std::ostream out(&buffer);
  out << "first" << std::flush;
  EXPECT_TRUE(out.good()) << "there was room";
  out << much_ << std::flush;
  EXPECT_FALSE(out.good());
}

TEST(PolledOutput, WhatCannotBeWrittenMakesTheStreamBad) {
  const int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
  PolledOutput buffer(fd, [] { return false; });
  std::ostream out(&buffer);
  out << "x" << std::flush;
  EXPECT_FALSE(out.good());
  close(fd);
}

TEST_F(PolledOutputTest, WordsThatAreNotWorthAWaitAreDropped) {
  WriteIfRoom(ends_[1], "words");
  EXPECT_EQ(waiting(), 5);
  WriteIfRoom(ends_[1], much_);
  EXPECT_LT(waiting(), static_cast<int>(much_.size()));
}

}  // namespace
}  // namespace sluice::ctl
