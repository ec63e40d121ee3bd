#include "server/upstream/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace sluice::upstream {
namespace {

using boost::asio::ip::tcp;

class PoolTest : public ::testing::Test {
 protected:
  // A connection to a listener that never accepts: open and quiet.
  std::shared_ptr<Connection> Open() {
    auto connection = std::make_shared<Connection>(context_, open_);
    connection->StartConnect(listener_.local_endpoint());
    context_.restart();
    context_.run();
    EXPECT_FALSE(connection->connect_error());
    return connection;
  }

  boost::asio::io_context context_;
  tcp::acceptor listener_{context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  std::atomic<int> open_{0};
  Pool pool_;
  const Clock::time_point now_ = Clock::now();
};

TEST_F(PoolTest, GivesTheYoungestFirst) {
  const auto one = Open();
  const auto two = Open();
  pool_.Put("a", one, now_);
  pool_.Put("a", two, now_);
  EXPECT_EQ(pool_.Take("a", now_), two);
  EXPECT_EQ(pool_.Take("a", now_), one);
  EXPECT_EQ(pool_.Take("a", now_), nullptr);
  EXPECT_TRUE(one->reused());
}

TEST_F(PoolTest, KeepsKeysApart) {
  pool_.Put("a", Open(), now_);
  EXPECT_EQ(pool_.Take("b", now_), nullptr);
  EXPECT_EQ(pool_.size(), 1u);
}

TEST_F(PoolTest, ClosesWhatIsIdleForTooLong) {
  pool_.Put("a", Open(), now_);
  pool_.Put("a", Open(), now_ + std::chrono::seconds(1));
  pool_.Put("b", Open(), now_ + std::chrono::seconds(2));
  EXPECT_EQ(pool_.next_expiry(), now_ + kMaxIdle);
  pool_.CloseExpired(now_ + kMaxIdle);
  EXPECT_EQ(pool_.size(), 2u);
  EXPECT_EQ(open_, 2);
  EXPECT_EQ(pool_.next_expiry(), now_ + kMaxIdle + std::chrono::seconds(1));
  pool_.CloseExpired(now_ + kMaxIdle + std::chrono::seconds(2));
  EXPECT_EQ(pool_.size(), 0u);
  EXPECT_EQ(open_, 0);
  EXPECT_EQ(pool_.next_expiry(), std::nullopt);
}

TEST_F(PoolTest, DoesNotGiveWhatIsTooOldThoughNobodyHasClosedItYet) {
  pool_.Put("a", Open(), now_);
  EXPECT_EQ(pool_.Take("a", now_ + kMaxIdle), nullptr);
  EXPECT_EQ(open_, 0);
}

TEST_F(PoolTest, DoesNotGiveWhatThePeerHasClosed) {
  const auto quiet = Open();
  tcp::socket accepted_quiet = listener_.accept();
  const auto closed = Open();
  listener_.accept().close();
  pool_.Put("a", quiet, now_);
  pool_.Put("a", closed, now_);
  EXPECT_EQ(pool_.Take("a", now_), quiet);
  EXPECT_FALSE(closed->is_open());
}

TEST_F(PoolTest, DoesNotGiveWhatHasStrayBytes) {
  pool_.Put("a", Open(), now_);
  tcp::socket accepted = listener_.accept();
  accepted.send(boost::asio::buffer("x", 1));
  EXPECT_EQ(pool_.Take("a", now_), nullptr);
  EXPECT_EQ(open_, 0);
}

TEST_F(PoolTest, ClosesTheOldestBeyondItsLimit) {
  const auto oldest = Open();
  pool_.Put("a", oldest, now_);
  for (std::size_t i = 0; i < kMaxIdlePerTarget; ++i) pool_.Put("a", Open(), now_);
  EXPECT_EQ(pool_.size(), kMaxIdlePerTarget);
  EXPECT_FALSE(oldest->is_open());
}

TEST_F(PoolTest, GivesUpTheOldestOfAllWhenRoomIsNeeded) {
  const auto second = Open();
  const auto first = Open();
  pool_.Put("a", first, now_);
  pool_.Put("b", second, now_ + std::chrono::seconds(1));
  EXPECT_TRUE(pool_.CloseOldest());
  EXPECT_FALSE(first->is_open());
  EXPECT_TRUE(second->is_open());
  EXPECT_TRUE(pool_.CloseOldest());
  EXPECT_EQ(open_, 0);
  EXPECT_FALSE(pool_.CloseOldest());
  EXPECT_EQ(pool_.next_expiry(), std::nullopt);
}

TEST_F(PoolTest, ClearClosesAll) {
  pool_.Put("a", Open(), now_);
  pool_.Put("b", Open(), now_);
  pool_.Clear();
  EXPECT_EQ(pool_.size(), 0u);
  EXPECT_EQ(open_, 0);
}

}  // namespace
}  // namespace sluice::upstream
