#include "tests/bench/event_plan.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "lf/a2a/v1/a2a.pb.h"

namespace sluice::bench {
namespace {

using lf::a2a::v1::StreamResponse;

constexpr std::string_view kWord = "size ";
constexpr std::string_view kStampMark = "sent at ";
constexpr std::size_t kStampDigits = 19;
constexpr std::string_view kTask = "01916f3c-4a57-7c2e-9a41-5d1f0c6b7e22";
constexpr std::string_view kContext = "01916f3c-4a57-7c2e-9a41-5d1f0c6b7e23";

// Reads a number and the blank before it off the front of `text`.
bool Take(std::string_view& text, std::int64_t& number) {
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || number < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return true;
}

std::string Answer(std::string_view id, std::string_view result) {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"result":)" + std::string(result) + "}";
}

std::string Ids() { return R"("taskId":")" + std::string(kTask) + R"(","contextId":")" + std::string(kContext) + '"'; }

}  // namespace

std::string EventPlan::Words() const {
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(interval).count();
  return std::string(kWord) + std::to_string(events) + ' ' + std::to_string(millis) + ' ' + std::to_string(bytes);
}

std::optional<EventPlan> EventPlan::Find(std::string_view request) {
  const std::size_t place = request.find(kWord);
  if (place == std::string_view::npos) return std::nullopt;
  std::string_view rest = request.substr(place + kWord.size());
  std::int64_t events = 0, millis = 0, bytes = 0;
  if (!Take(rest, events) || !Take(rest, millis) || !Take(rest, bytes)) return std::nullopt;
  return EventPlan{events, std::chrono::milliseconds(millis), static_cast<std::size_t>(bytes)};
}

std::int64_t Now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

StampedMessage::StampedMessage(std::string bytes)
    : bytes_(std::move(bytes)), place_(bytes_.find(kStampMark) + kStampMark.size()) {}

const std::string& StampedMessage::Stamp(std::int64_t now) {
  for (std::size_t digit = kStampDigits; digit-- > 0; now /= 10) {
    bytes_[place_ + digit] = static_cast<char>('0' + now % 10);
  }
  return bytes_;
}

std::string ChunkText(std::size_t bytes) {
  std::string text = std::string(kStampMark) + std::string(kStampDigits, '0');
  text.resize(std::max(text.size(), bytes), '.');
  return text;
}

std::optional<std::int64_t> FindStamp(std::string_view message) {
  const std::size_t mark = message.find(kStampMark);
  if (mark == std::string_view::npos || message.size() - mark < kStampMark.size() + kStampDigits) return std::nullopt;
  const char* digits = message.data() + mark + kStampMark.size();
  std::int64_t moment = 0;
  const auto read = std::from_chars(digits, digits + kStampDigits, moment);
  if (read.ec != std::errc() || moment == 0) return std::nullopt;
  return moment;
}

std::string TaskJson(std::string_view id) {
  return Answer(id, R"({"task":{"id":")" + std::string(kTask) + R"(","contextId":")" + std::string(kContext) +
                        R"(","status":{"state":"TASK_STATE_WORKING"}}})");
}

std::string ChunkJson(std::string_view id, std::size_t bytes) {
  return Answer(id, R"({"artifactUpdate":{)" + Ids() + R"(,"artifact":{"artifactId":"artifact-1","parts":[{"text":")" +
                        ChunkText(bytes) + R"("}]},"append":true}})");
}

std::string EndJson(std::string_view id) {
  return Answer(id, R"({"statusUpdate":{)" + Ids() + R"(,"status":{"state":"TASK_STATE_COMPLETED"}}})");
}

std::string TaskMessage() {
  StreamResponse message;
  message.mutable_task()->set_id(std::string(kTask));
  message.mutable_task()->set_context_id(std::string(kContext));
  message.mutable_task()->mutable_status()->set_state(lf::a2a::v1::TASK_STATE_WORKING);
  return message.SerializeAsString();
}

std::string ChunkMessage(std::size_t bytes) {
  StreamResponse message;
  auto& update = *message.mutable_artifact_update();
  update.set_task_id(std::string(kTask));
  update.set_context_id(std::string(kContext));
  update.mutable_artifact()->set_artifact_id("artifact-1");
  update.mutable_artifact()->add_parts()->set_text(ChunkText(bytes));
  update.set_append(true);
  return message.SerializeAsString();
}

std::string EndMessage() {
  StreamResponse message;
  auto& update = *message.mutable_status_update();
  update.set_task_id(std::string(kTask));
  update.set_context_id(std::string(kContext));
  update.mutable_status()->set_state(lf::a2a::v1::TASK_STATE_COMPLETED);
  return message.SerializeAsString();
}

}  // namespace sluice::bench
