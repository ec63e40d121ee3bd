// One question to an LLM, and the stream that answers it, in the dialects of OpenAI and Anthropic. Pure.
#ifndef SLUICE_CLIENT_CTL_CHAT_H_
#define SLUICE_CLIENT_CTL_CHAT_H_

#include <string>
#include <string_view>

#include "sluice/v1/gateway.pb.h"

namespace sluice::ctl {

// The body of the request. `text` must be UTF-8; without `model` the server has to have a default. For a `path` that
// ends in "/responses" it is one of OpenAI's Responses API, else of chat completions or messages.
std::string ChatBody(const std::string& dialect, const std::string& model, const std::string& text,
                     std::string_view path);

// Takes the answer, whatever the dialect: what it does not know it leaves out.
class ChatReader {
 public:
  // The words that a frame brings.
  std::string Take(const sluice::v1::StreamResponse& frame);
  // An answer that was no stream of events: as it came, and its words.
  const std::string& body() const { return body_; }
  std::string Rest() const;
  // "12 tokens in, 34 out, stop: length"; empty when nothing of it was told.
  std::string Summary() const;

 private:
  std::string TakeEvent(std::string_view data);
  void NoteUsage(std::string_view usage);
  void NoteStop(std::string_view reason);

  std::string body_;
  std::string tokens_in_, tokens_out_, stop_;
};

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_CHAT_H_
