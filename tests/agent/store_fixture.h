// A store of tasks without sockets.
#ifndef SLUICE_TESTS_AGENT_STORE_FIXTURE_H_
#define SLUICE_TESTS_AGENT_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "client/agent/task_store.h"

namespace sluice::agent {

// Ids are "id-1", "id-2", …; time stands still but for After().
class StoreFixture : public ::testing::Test {
 protected:
  explicit StoreFixture(const StoreLimits& limits = {})
      : store_(limits, [this] { return "id-" + std::to_string(++ids_); }) {}

  Now After(int ms) const { return {start_ + std::chrono::milliseconds(ms), UnixMillis(1'000'000 + ms)}; }

  static UserMessage Saying(const std::string& text) {
    UserMessage message;
    message.json = {{"messageId", "m"}, {"role", "ROLE_USER"}, {"parts", {{{"text", text}}}}};
    message.text = text;
    message.parts = R"([{"text":")" + text + R"("}])";
    message.bytes = 100 + text.size();
    return message;
  }

  std::shared_ptr<Task> Start(const std::string& text, int ms = 0, const std::string& context = "") {
    UserMessage message = Saying(text);
    message.context_id = context;
    auto task = store_.Create(message, *ParseScript(text), After(ms));
    store_.Run(task, After(ms));
    return task;
  }

  void Advance(int ms) { store_.Advance(After(ms)); }

  const SteadyTime start_{std::chrono::hours(1)};
  int ids_ = 0;
  TaskStore store_;
};

}  // namespace sluice::agent

#endif  // SLUICE_TESTS_AGENT_STORE_FIXTURE_H_
