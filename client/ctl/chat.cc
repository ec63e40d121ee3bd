#include "client/ctl/chat.h"

#include "client/ctl/json_view.h"
#include "client/ctl/printer.h"

namespace sluice::ctl {
namespace {

constexpr std::size_t kMaxBodyBytes = 16 << 20;  // an answer of words is far smaller; the rest of a larger one is lost

// The words of a finished answer: choices[].message.content (OpenAI), content[].text (Anthropic).
std::string WordsOf(std::string_view document) {
  std::string text;
  ForEachElement(Member(document, "choices"),
                 [&text](std::string_view choice) { text += TextOf(Member(choice, "message"), "content"); });
  ForEachElement(Member(document, "content"), [&text](std::string_view part) { text += TextOf(part, "text"); });
  return text;
}

// Nothing for JSON's null.
std::string TextOrNothing(std::string_view object, std::string_view name) {
  const std::string_view value = Member(object, name);
  return value == "null" ? "" : TextOf(value);
}

}  // namespace

std::string ChatBody(const std::string& dialect, const std::string& model, const std::string& text,
                     std::string_view path) {
  std::string body = "{" + (model.empty() ? "" : "\"model\":" + JsonString(model) + ",") + "\"stream\":true,";
  if (path.ends_with("/responses")) return body + "\"input\":" + JsonString(text) + "}";
  body += dialect == "anthropic" ? R"("max_tokens":4096,)" : R"("stream_options":{"include_usage":true},)";
  return body + R"("messages":[{"role":"user","content":)" + JsonString(text) + "}]}";
}

std::string ChatReader::Take(const sluice::v1::StreamResponse& frame) {
  if (frame.has_body() && body_.size() < kMaxBodyBytes) body_ += frame.body().data();
  return frame.has_event() ? TakeEvent(frame.event().data()) : "";
}

std::string ChatReader::TakeEvent(std::string_view data) {
  NoteUsage(Member(data, "usage"));
  NoteUsage(Member(Member(data, "message"), "usage"));   // Anthropic's message_start
  NoteUsage(Member(Member(data, "response"), "usage"));  // OpenAI's response.completed
  const std::string type = TextOf(data, "type");
  const std::string_view delta = Member(data, "delta");
  if (type == "response.output_text.delta") return TextOf(delta);
  if (type == "response.incomplete") NoteStop(Member(Member(Member(data, "response"), "incomplete_details"), "reason"));
  if (type == "message_delta") NoteStop(Member(delta, "stop_reason"));
  if (type == "content_block_delta" && TextOf(delta, "type") == "text_delta") return TextOrNothing(delta, "text");
  std::string words;
  ForEachElement(Member(data, "choices"), [&](std::string_view choice) {
    words += TextOrNothing(Member(choice, "delta"), "content");
    NoteStop(Member(choice, "finish_reason"));
  });
  return words;
}

std::string ChatReader::Rest() const {
  if (body_.empty()) return "";
  const std::string words = WordsOf(body_);
  return words.empty() ? body_ : words;
}

std::string ChatReader::Summary() const {
  std::string text;
  const auto add = [&text](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  if (!tokens_in_.empty()) add(tokens_in_ + " tokens in");
  if (!tokens_out_.empty()) add(tokens_out_ + (tokens_in_.empty() ? " tokens out" : " out"));
  if (!stop_.empty()) add("stop: " + stop_);
  return text;
}

void ChatReader::NoteUsage(std::string_view usage) {
  for (const char* name : {"prompt_tokens", "input_tokens"}) {
    if (const std::string count = TextOrNothing(usage, name); !count.empty()) tokens_in_ = count;
  }
  for (const char* name : {"completion_tokens", "output_tokens"}) {
    if (const std::string count = TextOrNothing(usage, name); !count.empty()) tokens_out_ = count;
  }
}

void ChatReader::NoteStop(std::string_view reason) {
  if (!reason.empty() && reason != "null") stop_ = TextOf(reason);
}

}  // namespace sluice::ctl
