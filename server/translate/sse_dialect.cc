#include "server/translate/sse_dialect.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "server/translate/upstream_error.h"

namespace sluice::translate {
namespace {

struct TypeRow {
  SseDialect dialect;
  std::string_view type;
  SseMeaning meaning;
};
// OpenAI, "Responses: streaming events"; Anthropic, "Streaming Messages". An incomplete response is whole: it says what
// stopped it.
constexpr auto kTypes = std::to_array<TypeRow>({
    {SseDialect::kOpenAi, "response.completed", SseMeaning::kLast},
    {SseDialect::kOpenAi, "response.incomplete", SseMeaning::kLast},
    {SseDialect::kOpenAi, "response.failed", SseMeaning::kError},
    {SseDialect::kOpenAi, "error", SseMeaning::kError},
    {SseDialect::kAnthropic, "ping", SseMeaning::kLife},
    {SseDialect::kAnthropic, "message_stop", SseMeaning::kLast},
    {SseDialect::kAnthropic, "error", SseMeaning::kError},
});

SseMeaning MeaningOfType(SseDialect dialect, std::string_view type) {
  const auto* row = std::find_if(kTypes.begin(), kTypes.end(),
                                 [&](const TypeRow& one) { return one.dialect == dialect && one.type == type; });
  return row == kTypes.end() ? SseMeaning::kData : row->meaning;
}

// Of every event most are text: JSON is read only where a word of the tables stands in it.
bool MayNameType(SseDialect dialect, std::string_view data) {
  return std::any_of(kTypes.begin(), kTypes.end(), [&](const TypeRow& one) {
    return one.dialect == dialect && data.find(one.type) != std::string_view::npos;
  });
}

// Chat completions have it, and some servers of the other LLM APIs add it. It is no JSON, and nobody's data there.
bool IsDone(std::string_view data) {
  constexpr std::string_view kBlanks = " \t\n";
  const std::size_t begin = std::min(data.find_first_not_of(kBlanks), data.size());
  return data.substr(begin, data.find_last_not_of(kBlanks) + 1 - begin) == "[DONE]";
}

}  // namespace

SseMeaning MeaningOf(SseDialect dialect, const SseEvent& event) {
  if (dialect == SseDialect::kPlain) return SseMeaning::kData;
  if (IsDone(event.data)) return dialect == SseDialect::kOpenAi ? SseMeaning::kEndMark : SseMeaning::kLife;
  if (event.type != "message") return MeaningOfType(dialect, event.type);
  if (!MayNameType(dialect, event.data)) return SseMeaning::kData;
  const SseMeaning meaning = MeaningOfType(dialect, JsonType(event.data));
  if (meaning != SseMeaning::kData || dialect != SseDialect::kOpenAi) return meaning;
  return ReadUpstreamError(event.data) ? SseMeaning::kError : SseMeaning::kData;
}

absl::Status StatusFromErrorEvent(const SseEvent& event) {
  const auto error = ReadUpstreamError(event.data);
  return StatusFromUpstreamError(error ? *error : UpstreamError{{}, {}, event.data});
}

}  // namespace sluice::translate
