#include "client/agent/agent_card.h"

#include <array>
#include <boost/json/array.hpp>

#include "client/agent/a2a_v03.h"

namespace sluice::agent {
namespace {

namespace json = boost::json;

struct Skill {
  std::string_view id;
  std::string_view description;
  std::string_view example;
};

constexpr auto kSkills = std::to_array<Skill>({
    {"echo", "Any text without a script word comes back as an artifact.", "hello"},
    {"slow", "slow N MS: N artifact chunks, one each MS milliseconds, then completed.", "slow 5 200"},
    {"size", "size N MS B: as slow, with B bytes of text in each chunk.", "size 1000 8 256"},
    {"big", "big KIB: one artifact chunk of KIB KiB.", "big 1024"},
    {"silent", "silent MS: nothing for MS milliseconds, then completed.", "silent 5000"},
    {"ask", "ask: asks for input; a message with the task's id goes on.", "ask"},
    {"message", "message: answers with a bare message, without a task.", "message"},
    {"fail", "fail: the task ends failed.", "fail"},
    {"reject", "reject: the task ends rejected.", "reject"},
});

constexpr Skill kStatsSkill = {
    "stats", "GET /_agent/stats tells what the agent has seen; POST /_agent/reset clears it.", "GET /_agent/stats"};

json::value SkillJson(const Skill& skill) {
  return {{"id", skill.id},
          {"name", skill.id},
          {"description", skill.description},
          {"tags", json::array{"script"}},
          {"examples", json::array{skill.example}}};
}

json::array Interfaces(std::string_view url, A2aVersions versions) {
  json::array interfaces;
  const auto add = [&](std::string_view version) {
    interfaces.push_back({{"url", url}, {"protocolBinding", "JSONRPC"}, {"protocolVersion", version}});
  };
  if (Speaks10(versions)) add("1.0");
  if (Speaks03(versions)) add("0.3");
  return interfaces;
}

json::object Card10(std::string_view url, A2aVersions versions) {
  json::array skills;
  for (const Skill& skill : kSkills) skills.push_back(SkillJson(skill));
  return {{"name", "sluice-agent"},
          {"description", "A scripted agent: the text of a message says what it does."},
          {"version", "1.0.0"},
          {"supportedInterfaces", Interfaces(url, versions)},
          {"capabilities", {{"streaming", true}, {"pushNotifications", true}, {"extendedAgentCard", true}}},
          {"defaultInputModes", json::array{"text/plain"}},
          {"defaultOutputModes", json::array{"text/plain"}},
          {"skills", std::move(skills)}};
}

}  // namespace

json::object PublicCard(std::string_view url, A2aVersions versions) {
  json::object card = Card10(url, versions);
  if (!Speaks03(versions)) return card;
  json::object old = Card03(card);
  if (!Speaks10(versions)) return old;
  for (const auto& [name, value] : old) card.emplace(name, value);  // what is there already stays
  return card;
}

json::object ExtendedCard(std::string_view url, A2aVersions versions) {
  json::object card = Card10(url, versions);
  card.at("skills").as_array().push_back(SkillJson(kStatsSkill));
  return card;
}

}  // namespace sluice::agent
