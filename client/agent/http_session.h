// One connection of a client.
#ifndef SLUICE_CLIENT_AGENT_HTTP_SESSION_H_
#define SLUICE_CLIENT_AGENT_HTTP_SESSION_H_

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/agent/connection.h"
#include "client/agent/faulty_answer.h"
#include "client/agent/site.h"

namespace sluice::agent {

// What the sessions of an agent share.
struct SessionHost {
  Site& site;
  SSL_CTX* tls;                     // null: plain
  std::function<void()> on_served;  // after every request: tasks may have to be moved sooner than before
};

// Reads a request, answers it, reads the next one. While an answer waits for its task (a stream, a blocking send) the
// socket is watched, so a client that goes away is noticed at once and not at the next event.
//
//   ReadHead → ReadBody → Answer ┬→ Send ─────────────────────┬→ FinishAnswer → ReadHead or Close
//                                ├→ Feed of JSON: watch … Send┤
//                                ├→ Feed of events: watch, Pump
//                                └→ FaultyAnswer: watch … ────┘
//
// Thread: the agent's. Lifetime: its pending operations keep it.
class HttpSession final : public std::enable_shared_from_this<HttpSession>, private Follower {
 public:
  // `host` must outlive the session.
  HttpSession(boost::asio::ip::tcp::socket socket, SessionHost& host);
  ~HttpSession();

  void Start();

 private:
  using Error = boost::system::error_code;

  void ReadHead();
  void OnHead(Error failed);
  void ReadBody();
  void OnReadFailed(Error failed);
  void Answer();

  void Send(HttpReply reply);
  void FinishAnswer();
  void Refuse(int status, const std::string& text);
  void DiscardRest(std::size_t most);
  void Close();

  void StartFeed(std::unique_ptr<Feed> feed);
  void StartFaulty(SiteAnswer answer);
  void OnFaultyEnd(std::optional<CutWay> way);
  void OnMoved() override;
  void SendOnceWhole();
  void Pump();
  std::string StreamHead();
  void OnPumped(Error failed, bool ended);
  void EndStream();
  void Watch();
  void OnWatched(Error failed, std::size_t size);
  void OnClientGone();

  Connection connection_;
  SessionHost& host_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::optional<boost::beast::http::response<boost::beast::http::string_body>> response_;
  bool keep_alive_ = true;

  std::string method_;          // of the current request
  std::unique_ptr<Feed> feed_;  // at most one of these two
  std::shared_ptr<FaultyAnswer> faulty_;
  HttpHeaders feed_headers_;
  bool head_at_once_ = false;
  std::optional<Following> following_;
  bool answered_ = false;  // the current answer is written out
  bool watching_ = false;
  bool head_sent_ = false;
  bool pumping_ = false;
  std::string chunk_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_HTTP_SESSION_H_
