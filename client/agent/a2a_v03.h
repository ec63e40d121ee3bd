// A2A 0.3, spoken by an agent that thinks in 1.0: the params of 0.3 as those of 1.0, and the answers of 1.0 as those of
// 0.3. The methods and the tasks know nothing of it.
#ifndef SLUICE_CLIENT_AGENT_A2A_V03_H_
#define SLUICE_CLIENT_AGENT_A2A_V03_H_

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "client/agent/feed.h"
#include "client/agent/rpc_error.h"

namespace sluice::agent {

struct Method03 {
  std::string_view name;     // "message/send"
  std::string_view name_10;  // "SendMessage"
  std::variant<boost::json::object, RpcError> (*params)(const boost::json::object& params);
  boost::json::value (*result)(const boost::json::value& result);
};

// Null when 0.3 has no such method.
const Method03* FindMethod03(std::string_view name);

// A whole JSON-RPC answer with a result of the method's, as the agent made it.
std::string Answer03(const Method03& method, std::string_view answer);

// The card of 0.3 that says what a card of 1.0 with one JSON-RPC interface says.
boost::json::object Card03(const boost::json::object& card);

// What another feed writes, in the shapes of 0.3.
// Thread: the agent's.
class Feed03 final : public Feed {
 public:
  Feed03(const Method03& method, std::unique_ptr<Feed> feed) : method_(method), feed_(std::move(feed)) {}

  Kind kind() const override { return feed_->kind(); }
  State Fill(std::string& out, std::size_t limit) override;
  std::shared_ptr<Followed> followed() const override { return feed_->followed(); }
  std::string subject() const override { return feed_->subject(); }
  std::uint64_t events() const override { return feed_->events(); }
  void OnClientGone() override { feed_->OnClientGone(); }

 private:
  void TakeWholeEvents(std::string& out);

  const Method03& method_;
  const std::unique_ptr<Feed> feed_;
  std::string text_;  // of 1.0, not yet told
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_A2A_V03_H_
