// What a session consists of: the client's requests, and the exchanges that run for them.
#ifndef SLUICE_SERVER_TRANSLATE_SESSION_PARTS_H_
#define SLUICE_SERVER_TRANSLATE_SESSION_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "server/translate/a2a_end_rule.h"
#include "server/translate/answer.h"
#include "server/translate/session.h"

namespace sluice::translate {

// A request of the client, from its frame to its one end.
struct SessionRequest {
  std::string id;             // the raw token
  Session::Key exchange = 0;  // that its answer is awaited on; 0: none at the moment
  std::uint64_t responses = 0;

  // A2A's streaming methods: many responses, and the last state decides.
  struct A2a {
    bool many = false;
    bool is_v03 = false;  // asked in the words of A2A 0.3
    A2aEndRule rule;
    std::string task_id;         // that its events spoke of
    Session::TimerId grace = 0;  // that runs
    bool grace_anew = false;     // the task was over a second time while it ran
  } a2a;

  // MCP.
  struct Mcp {
    bool modern = false;
    bool initializes = false;               // `initialize`
    bool lists_tools = false;               // `tools/list`
    bool sent = false;                      // the upstream may know of it
    std::string cursor;                     // the last event id of its answer, across exchanges
    int attempts = 0;                       // to go on, that were refused in a row
    int silences = 0;                       // answers in a row that went on and brought nothing
    bool heard = false;                     // something new came since the silence began
    Session::TimerId silence = 0;           // the timer that ends a replay in which nothing comes
    std::optional<std::uint64_t> retry_ms;  // as the server told last
    Session::TimerId reconnect = 0;         // waited for
  } mcp;
};

// One HTTP request of the session and its answer.
struct SessionExchange {
  enum class Role {
    kRequest,  // the answer of a client's request, or the rest of one
    kNotice,   // the POST of a client's notification or response
    kListen,   // a stream of the upstream's own messages
    kOwn,      // of the session's own making; it is nobody's business how it ends
  };

  SessionExchange(Session::Key the_key, Role the_role, std::string the_request, std::uint64_t the_frame,
                  AnswerReader the_answer)
      : key(the_key),
        role(the_role),
        request_id(std::move(the_request)),
        frame(the_frame),
        answer(std::move(the_answer)) {}

  const Session::Key key;
  const Role role;
  const std::string request_id;  // kRequest: of whom
  std::uint64_t frame;           // kNotice: that brought it
  AnswerReader answer;
  int http_status = 0;  // 0: no head yet

  // MCP.
  bool named_session = false;  // the request carried a session id
  bool replays = false;        // it was asked to go on after an event
  std::string new_session_id;  // that the answer's head gave
  std::string last_event;      // the id of the event that was looked at last
  bool last_was_repeated = false;
  bool heard = false;   // something new came
  std::string cancels;  // the request that it tells the server to stop
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_PARTS_H_
