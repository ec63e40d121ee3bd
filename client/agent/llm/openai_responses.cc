// OpenAI: POST /v1/responses.
#include "client/agent/json_text.h"
#include "client/agent/llm/openai.h"
#include "client/agent/llm/run.h"

namespace sluice::agent::llm {
namespace {

// Events before the first delta.
constexpr std::int64_t kBegin = 4;

std::string ItemId(const Run& run) { return R"("item_id":"msg_)" + run.order().id + R"(","output_index":0)"; }

std::string Part(std::string_view text) {
  return R"({"type":"output_text","annotations":[],"text":)" + Quoted(text) + "}";
}

std::string Item(const Run& run, std::string_view status, std::string_view content) {
  return R"({"id":"msg_)" + run.order().id + R"(","type":"message","status":")" + std::string(status) +
         R"(","role":"assistant","content":[)" + std::string(content) + "]}";
}

std::string Response(const Run& run, std::string_view status, std::string_view output, std::string_view more = {}) {
  return R"({"id":"resp_)" + run.order().id + R"(","object":"response","created_at":)" +
         std::to_string(run.order().created) + R"(,"status":")" + std::string(status) + R"(","model":)" +
         Quoted(run.order().model) + R"(,"output":[)" + std::string(output) + "]" + std::string(more) + "}";
}

std::string Completed(const Run& run) {
  const std::size_t input = run.order().prompt_tokens;
  const auto output = static_cast<std::size_t>(run.pieces());
  return Response(run, "completed", Item(run, "completed", Part(run.Text())),
                  R"(,"usage":{"input_tokens":)" + std::to_string(input) + R"(,"output_tokens":)" +
                      std::to_string(output) + R"(,"total_tokens":)" + std::to_string(input + output) + "}");
}

class Responses final : public Dialect {
 public:
  void AppendBegin(const Run& run, std::string& out) const override {
    const std::string response = R"("response":)" + Response(run, "in_progress", "");
    Append("response.created", 0, response, out);
    Append("response.in_progress", 1, response, out);
    Append("response.output_item.added", 2, R"("output_index":0,"item":)" + Item(run, "in_progress", ""), out);
    Append("response.content_part.added", 3, ItemId(run) + R"(,"content_index":0,"part":)" + Part(""), out);
  }
  void AppendPiece(const Run& run, std::int64_t index, std::string& out) const override {
    Append("response.output_text.delta", kBegin + index,
           ItemId(run) + R"(,"content_index":0,"delta":)" + Quoted(run.Piece(index)), out);
  }
  void AppendFinish(const Run& run, std::string& out) const override {
    const std::int64_t next = kBegin + run.pieces();
    const std::string text = TextOfEvents(run);
    Append("response.output_text.done", next, ItemId(run) + R"(,"content_index":0,"text":)" + Quoted(text), out);
    Append("response.content_part.done", next + 1, ItemId(run) + R"(,"content_index":0,"part":)" + Part(text), out);
    Append("response.output_item.done", next + 2, R"("output_index":0,"item":)" + Item(run, "completed", Part(text)),
           out);
  }
  void AppendEndMark(const Run& run, std::string& out) const override {
    Append("response.completed", kBegin + run.pieces() + 3,
           R"("response":)" + (IsBounded(run.script()) ? Completed(run) : Response(run, "completed", "")), out);
  }
  void AppendError(const Run& run, std::string& out) const override {
    const std::int64_t next = kBegin + run.pieces();
    const std::string error = R"("code":)" + Quoted(run.script().error_type) + R"(,"message":"An error, as asked.")";
    Append("error", next, error + R"(,"param":null)", out);
    Append("response.failed", next + 1, R"("response":)" + Response(run, "failed", "", R"(,"error":{)" + error + "}"),
           out);
  }

  std::string Whole(const Run& run) const override {
    const std::string& error = run.script().error_type;
    if (error.empty()) return Completed(run);
    return Response(run, "failed", "", R"(,"error":{"code":)" + Quoted(error) + R"(,"message":"An error, as asked."})");
  }
  std::string ErrorBody(std::string_view type, std::string_view message, std::string_view param) const override {
    return OpenAiError(type, message, param);
  }

 private:
  // The events at the end repeat the text, which may be of any size.
  static std::string TextOfEvents(const Run& run) { return IsBounded(run.script()) ? run.Text() : std::string(); }

  static void Append(std::string_view type, std::int64_t sequence, const std::string& members, std::string& out) {
    AppendNamed(
        type,
        R"({"type":")" + std::string(type) + R"(","sequence_number":)" + std::to_string(sequence) + "," + members + "}",
        out);
  }
};

}  // namespace

const Dialect& OpenAiResponses() {
  static const Responses kResponses;
  return kResponses;
}

}  // namespace sluice::agent::llm
