#include "client/agent/agent_card.h"

#include <array>

#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

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

std::string SkillJson(const Skill& skill) {
  return R"({"id":)" + Quoted(skill.id) + R"(,"name":)" + Quoted(skill.id) + R"(,"description":)" +
         Quoted(skill.description) + R"(,"tags":["script"],"examples":[)" + Quoted(skill.example) + "]}";
}

}  // namespace

std::string AgentCardJson(std::string_view url, bool extended) {
  std::string skills;
  for (const Skill& skill : kSkills) AppendItem(SkillJson(skill), skills);
  if (extended) AppendItem(SkillJson(kStatsSkill), skills);
  return R"({"name":"sluice-agent","description":"A scripted agent: the text of a message says what it does.",)"
         R"("version":"1.0.0","supportedInterfaces":[{"url":)" +
         Quoted(url) +
         R"(,"protocolBinding":"JSONRPC","protocolVersion":"1.0"}],)"
         R"("capabilities":{"streaming":true,"pushNotifications":true,"extendedAgentCard":true},)"
         R"("defaultInputModes":["text/plain"],"defaultOutputModes":["text/plain"],"skills":[)" +
         skills + "]}";
}

}  // namespace sluice::agent
