// What is served over HTTP, without the sockets.
#ifndef SLUICE_CLIENT_AGENT_SITE_H_
#define SLUICE_CLIENT_AGENT_SITE_H_

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "client/agent/fault.h"
#include "client/agent/feed.h"
#include "client/agent/stats.h"
#include "client/agent/timestamp.h"

namespace sluice::agent {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpCall {
  std::string_view method;
  std::string_view target;
  std::string_view content_type;
  std::string_view version;  // A2A-Version
  std::string_view if_none_match;
  std::string_view body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // all of them

  // Nothing when it is absent; names are compared without regard to case.
  std::optional<std::string_view> Header(std::string_view name) const;
  std::string_view path() const { return target.substr(0, target.find('?')); }
  std::string_view query() const { return target.substr(std::min(target.size(), path().size() + 1)); }
};

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";  // empty: none is said
  std::string body;
  HttpHeaders headers;
};

// Whether the media type is application/json, whatever its parameters.
bool IsJson(std::string_view content_type);

// One without a body.
HttpReply EmptyReply(int status);
HttpReply PlainReply(int status, std::string_view text);
HttpReply WrongMethod(std::string_view allowed);

struct SiteAnswer {
  using What = std::variant<HttpReply, std::unique_ptr<Feed>>;

  std::string_view method;  // for the statistics: of the protocol, when it is one that is known
  What what;
  std::unique_ptr<Fault> fault = nullptr;  // what goes wrong with it, if that was ordered
  // Of an answer that comes bit by bit:
  HttpHeaders headers = {};
  bool head_at_once = false;  // rather than with the first event
};

// The answer that `feed` gives, or what the fault has in its place.
SiteAnswer AnswerOf(std::string_view method, std::unique_ptr<Feed> feed, std::unique_ptr<Fault> fault);

// An object of all headers, names in lower case.
std::string HeadersJson(const HttpCall& call);

// One protocol with what it keeps.
// Thread: the agent's, except for stats().
class Site {
 public:
  virtual ~Site() = default;

  SiteAnswer Serve(const HttpCall& call, Now now);

  // When Advance() has to be called next; nothing while nothing moves by the clock.
  virtual std::optional<SteadyTime> NextDue() const = 0;
  virtual void Advance(Now now) = 0;

  StatsBook& stats() { return stats_; }

 protected:
  // All but the paths of the statistics, which are the same everywhere.
  virtual SiteAnswer Answer(const HttpCall& call, Now now) = 0;

 private:
  StatsBook stats_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_SITE_H_
