// One answer with a fault, on its way to the client.
#ifndef SLUICE_CLIENT_AGENT_FAULTY_ANSWER_H_
#define SLUICE_CLIENT_AGENT_FAULTY_ANSWER_H_

#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/agent/connection.h"
#include "client/agent/faulty_body.h"
#include "client/agent/site.h"

namespace sluice::agent {

// Makes the answer's text, passes it through the fault, frames it (always in HTTP chunks) and writes it at the fault's
// pace:
//
//   source ──Fill──▶ FaultyBody ──Frame──▶ wire ──Write──▶ connection
//
// Thread: the agent's. Lifetime: its pending operations keep it and the owner of `connection`.
class FaultyAnswer final : public std::enable_shared_from_this<FaultyAnswer>, private Follower {
 public:
  // `answer` has a fault.
  FaultyAnswer(Connection& connection, SiteAnswer answer, bool keep_alive);

  // `on_end` is called once, after the last byte, with the way that the answer ends; with nothing when the client does
  // not take it.
  void Start(const std::shared_ptr<void>& owner, std::function<void(std::optional<CutWay>)> on_end);
  // Nothing more is written or called.
  void Stop();

  // Of the script, passed on as a whole.
  std::uint64_t events() const { return body_.events(); }
  bool is_stream() const { return feed_ != nullptr && feed_->kind() == Feed::Kind::kEvents; }
  // Null for an answer that was there at once.
  Feed* feed() const { return feed_.get(); }

 private:
  struct Kept {
    std::shared_ptr<FaultyAnswer> answer;
    std::shared_ptr<void> owner;
  };
  Kept Keep() { return {shared_from_this(), owner_.lock()}; }

  void OnMoved() override { Pump(); }
  void SetCommentTimer();
  void Pump();
  Feed::State Fill(std::string& text);
  void Frame(const std::string& bytes);
  void Write();
  void OnWritten(const boost::system::error_code& failed, std::size_t size);
  void End(std::optional<CutWay> way);

  Connection& connection_;
  const Fault fault_;
  const std::unique_ptr<Feed> feed_;
  const bool head_at_once_;
  const HttpReply reply_;  // the answer that was there at once; with a feed, its head
  const bool keep_alive_;
  FaultyBody body_;
  std::optional<Following> following_;
  boost::asio::steady_timer drip_timer_;
  boost::asio::steady_timer comment_timer_;
  std::weak_ptr<void> owner_;
  std::function<void(std::optional<CutWay>)> on_end_;
  std::string wire_;
  std::size_t written_ = 0;  // of wire_
  bool head_made_ = false;
  bool writing_ = false;
  bool over_ = false;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_FAULTY_ANSWER_H_
