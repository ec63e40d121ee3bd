// A model behind the interfaces of OpenAI and Anthropic, and a plain stream of events. script.h has what it says.
#ifndef SLUICE_CLIENT_AGENT_LLM_LLM_SITE_H_
#define SLUICE_CLIENT_AGENT_LLM_LLM_SITE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/agent/llm/options.h"
#include "client/agent/llm/request.h"
#include "client/agent/llm/run.h"
#include "client/agent/paced.h"
#include "client/agent/site.h"

namespace sluice::agent::llm {

// Thread: the agent's.
class LlmSite final : public Site {
 public:
  // `make_id` makes unique ids.
  LlmSite(Options options, std::function<std::string()> make_id)
      : options_(std::move(options)), make_id_(std::move(make_id)) {}

  std::optional<SteadyTime> NextDue() const override { return clockwork_.NextDue(); }
  void Advance(Now now) override { clockwork_.Advance(now); }

  struct Interface;

 private:
  SiteAnswer Answer(const HttpCall& call, Now now) override;
  SiteAnswer AnswerModel(const Interface& interface, const HttpCall& call, Now now);
  SiteAnswer BeginRun(const Interface& interface, const HttpCall& call, const Request& request, Now now);
  SiteAnswer AnswerPlain(const HttpCall& call, Now now);
  std::optional<HttpReply> CheckKey(const Interface& interface, const HttpCall& call) const;

  const Options options_;
  const std::function<std::string()> make_id_;
  Clockwork clockwork_;
};

}  // namespace sluice::agent::llm

#endif  // SLUICE_CLIENT_AGENT_LLM_LLM_SITE_H_
