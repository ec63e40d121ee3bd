// OpenAI: POST /v1/chat/completions.
#include "client/agent/json_text.h"
#include "client/agent/llm/openai.h"
#include "client/agent/llm/run.h"

namespace sluice::agent::llm {
namespace {

std::string Usage(const Run& run) {
  const std::size_t prompt = run.order().prompt_tokens;
  const auto completion = static_cast<std::size_t>(run.pieces());
  return R"("usage":{"prompt_tokens":)" + std::to_string(prompt) + R"(,"completion_tokens":)" +
         std::to_string(completion) + R"(,"total_tokens":)" + std::to_string(prompt + completion) + "}";
}

std::string Envelope(const Run& run, std::string_view object) {
  return R"({"id":"chatcmpl-)" + run.order().id + R"(","object":")" + std::string(object) + R"(","created":)" +
         std::to_string(run.order().created) + R"(,"model":)" + Quoted(run.order().model);
}

class Chat final : public Dialect {
 public:
  void AppendBegin(const Run& run, std::string& out) const override {
    AppendChoice(run, R"({"role":"assistant","content":""})", "null", out);
  }
  void AppendPiece(const Run& run, std::int64_t index, std::string& out) const override {
    AppendChoice(run, R"({"content":)" + Quoted(run.Piece(index)) + "}", "null", out);
  }
  void AppendFinish(const Run& run, std::string& out) const override {
    AppendChoice(run, "{}", "\"stop\"", out);
    if (!run.order().include_usage) return;
    out += "data: " + Envelope(run, "chat.completion.chunk") + R"(,"choices":[],)" + Usage(run) + "}\n\n";
  }
  void AppendEndMark(const Run&, std::string& out) const override { out += "data: [DONE]\n\n"; }
  void AppendError(const Run& run, std::string& out) const override {
    out += "data: " + ErrorBody(run.script().error_type, "An error, as asked.", "") + "\n\n";
  }

  std::string Whole(const Run& run) const override {
    if (!run.script().error_type.empty()) return ErrorBody(run.script().error_type, "An error, as asked.", "");
    return Envelope(run, "chat.completion") + R"(,"choices":[{"index":0,"message":{"role":"assistant","content":)" +
           Quoted(run.Text()) + R"(},"finish_reason":"stop"}],)" + Usage(run) + "}";
  }
  std::string ErrorBody(std::string_view type, std::string_view message, std::string_view param) const override {
    return OpenAiError(type, message, param);
  }

 private:
  static void AppendChoice(const Run& run, std::string_view delta, std::string_view finish, std::string& out) {
    out += "data: " + Envelope(run, "chat.completion.chunk") + R"(,"choices":[{"index":0,"delta":)";
    out += delta;
    out += R"(,"finish_reason":)";
    out += finish;
    out += run.order().include_usage ? "}],\"usage\":null}\n\n" : "}]}\n\n";
  }
};

}  // namespace

std::string OpenAiError(std::string_view type, std::string_view message, std::string_view param) {
  return R"({"error":{"message":)" + Quoted(message) + R"(,"type":)" + Quoted(type) + R"(,"param":)" +
         (param.empty() ? "null" : Quoted(param)) + R"(,"code":null}})";
}

const Dialect& OpenAiChat() {
  static const Chat kChat;
  return kChat;
}

}  // namespace sluice::agent::llm
