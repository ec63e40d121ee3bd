#include "tests/upstream/event_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "tests/support/raw_upstream.h"

namespace sluice::upstream {

bool EventLog::Deliver(ExchangeEvent event) {
  const std::lock_guard lock(mu_);
  Told& told = told_[event.id];
  if (told.ends > 0) told.out_of_order = true;
  if (auto* head = std::get_if<ResponseHead>(&event.what)) {
    if (told.head) told.out_of_order = true;
    told.head = std::move(*head);
  } else if (auto* bytes = std::get_if<BodyBytes>(&event.what)) {
    if (!told.head || bytes->bytes.empty()) told.out_of_order = true;
    told.pieces.push_back(bytes->bytes.size());
    told.body += bytes->bytes;
  } else {
    told.end = std::get<ExchangeEnd>(std::move(event.what));
    told.timers_before_end = timers_.size();
    ++told.ends;
  }
  changed_.notify_all();
  return true;
}

bool EventLog::Deliver(TimerFired fired) {
  const std::lock_guard lock(mu_);
  timers_.push_back(fired.id);
  changed_.notify_all();
  return true;
}

Told EventLog::WaitUntil(ExchangeId id, const char* what, const std::function<bool(const Told&)>& there) {
  std::unique_lock lock(mu_);
  const bool came = changed_.wait_for(lock, testing::kPatience, [&] { return there(told_[id]); });
  const Told& told = told_[id];
  EXPECT_TRUE(came) << "exchange " << static_cast<std::uint64_t>(id) << ": " << what << " did not come; head "
                    << (told.head ? "yes" : "no") << ", body bytes " << told.body.size() << ", ends " << told.ends
                    << (told.end ? ", " + told.end->detail : "");
  EXPECT_FALSE(told.out_of_order);
  return told;
}

Told EventLog::WaitForEnd(ExchangeId id) {
  Told told = WaitUntil(id, "the end", [](const Told& so_far) { return so_far.ends > 0; });
  EXPECT_EQ(told.ends, 1);
  if (!told.end) told.end = ExchangeEnd{.detail = "none came"};
  return told;
}

Told EventLog::WaitForHead(ExchangeId id) {
  return WaitUntil(id, "the head", [](const Told& so_far) { return so_far.head.has_value(); });
}

Told EventLog::WaitForBody(ExchangeId id, std::size_t bytes) {
  return WaitUntil(id, "the body", [bytes](const Told& so_far) { return so_far.body.size() >= bytes; });
}

std::string EventLog::TakeBody(ExchangeId id) {
  WaitUntil(id, "more body", [](const Told& so_far) { return !so_far.body.empty() || so_far.ends > 0; });
  return TakeWhatIsThere(id);
}

std::string EventLog::TakeWhatIsThere(ExchangeId id) {
  const std::lock_guard lock(mu_);
  return std::exchange(told_[id].body, {});
}

void EventLog::WaitForAnyBody() {
  const auto there = [this] {
    const auto has_body = [](const auto& entry) { return !entry.second.body.empty(); };
    const auto has_ended = [](const auto& entry) { return entry.second.ends > 0; };
    return std::any_of(told_.begin(), told_.end(), has_body) || std::all_of(told_.begin(), told_.end(), has_ended);
  };
  std::unique_lock lock(mu_);
  EXPECT_TRUE(changed_.wait_for(lock, testing::kPatience, there)) << "no body came";
}

std::vector<TimerId> EventLog::WaitForTimers(std::size_t count) {
  std::unique_lock lock(mu_);
  EXPECT_TRUE(changed_.wait_for(lock, testing::kPatience, [&] { return timers_.size() >= count; }))
      << timers_.size() << " of " << count << " timers fired";
  return timers_;
}

Told EventLog::Get(ExchangeId id) {
  const std::lock_guard lock(mu_);
  return told_[id];
}

std::vector<TimerId> EventLog::timers() {
  const std::lock_guard lock(mu_);
  return timers_;
}

}  // namespace sluice::upstream
