// Anthropic: POST /v1/messages.
#include "client/agent/json_text.h"
#include "client/agent/llm/run.h"

namespace sluice::agent::llm {
namespace {

std::string Message(const Run& run, std::string_view content, std::string_view stop_reason, std::int64_t tokens) {
  return R"({"id":"msg_)" + run.order().id + R"(","type":"message","role":"assistant","model":)" +
         Quoted(run.order().model) + R"(,"content":[)" + std::string(content) + R"(],"stop_reason":)" +
         std::string(stop_reason) + R"(,"stop_sequence":null,"usage":{"input_tokens":)" +
         std::to_string(run.order().prompt_tokens) + R"(,"output_tokens":)" + std::to_string(tokens) + "}}";
}

class Messages final : public Dialect {
 public:
  void AppendBegin(const Run& run, std::string& out) const override {
    AppendNamed("message_start", R"({"type":"message_start","message":)" + Message(run, "", "null", 1) + "}", out);
    AppendNamed("content_block_start",
                R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})", out);
  }
  void AppendPiece(const Run& run, std::int64_t index, std::string& out) const override {
    AppendNamed("content_block_delta",
                R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":)" +
                    Quoted(run.Piece(index)) + "}}",
                out);
  }
  void AppendPing(std::string& out) const override { AppendNamed("ping", R"({"type":"ping"})", out); }
  void AppendFinish(const Run& run, std::string& out) const override {
    AppendNamed("content_block_stop", R"({"type":"content_block_stop","index":0})", out);
    AppendNamed("message_delta",
                R"({"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},)"
                R"("usage":{"output_tokens":)" +
                    std::to_string(run.pieces()) + "}}",
                out);
  }
  void AppendEndMark(const Run&, std::string& out) const override {
    AppendNamed("message_stop", R"({"type":"message_stop"})", out);
  }
  void AppendError(const Run& run, std::string& out) const override {
    AppendNamed("error", ErrorBody(run.script().error_type, "An error, as asked.", ""), out);
  }

  std::string Whole(const Run& run) const override {
    if (!run.script().error_type.empty()) return ErrorBody(run.script().error_type, "An error, as asked.", "");
    return Message(run, R"({"type":"text","text":)" + Quoted(run.Text()) + "}", "\"end_turn\"", run.pieces());
  }
  std::string ErrorBody(std::string_view type, std::string_view message, std::string_view param) const override {
    const std::string text = param.empty() ? std::string(message) : std::string(param) + ": " + std::string(message);
    return R"({"type":"error","error":{"type":)" + Quoted(type) + R"(,"message":)" + Quoted(text) + "}}";
  }
  std::string_view request_id_header() const override { return "request-id"; }
};

}  // namespace

const Dialect& Anthropic() {
  static const Messages kMessages;
  return kMessages;
}

}  // namespace sluice::agent::llm
