// Any sequence of events, written in any framing that the standard allows and cut anywhere, reads back as it was.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/base/utf8.h"
#include "server/translate/sse.h"
#include "tests/translate/property.h"
#include "tests/translate/random_message.h"
#include "tests/translate/sse_printing.h"

namespace sluice::translate {
namespace {

using testing::RandomData;

constexpr std::size_t kAmple = 1 << 20;

class StreamWriter {
 public:
  explicit StreamWriter(std::uint64_t seed) : data_(seed), line_ends_(data_.Below(4)) {
    if (data_.OneIn(3)) body_ = "\uFEFF";
  }

  void Write(const SseEvent& event, bool sets_id) {
    std::vector<std::pair<std::string, std::string>> fields;
    if (sets_id) fields.emplace_back("id", event.id);
    if (event.type != "message" || data_.OneIn(4)) fields.emplace_back("event", event.type);
    for (std::size_t i = fields.size(); i > 1; --i) std::swap(fields[i - 1], fields[data_.Below(i)]);
    const std::size_t data_at = data_.Below(fields.size() + 1);
    for (std::size_t i = 0; i <= fields.size(); ++i) {
      if (i == data_at) WriteData(event.data);
      if (i < fields.size()) WriteField(fields[i].first, fields[i].second);
    }
    EndLine("");
  }

  // What is no event.
  void WriteNoise() {
    for (std::uint64_t left = data_.Below(4); left > 0; --left) {
      switch (data_.Below(5)) {
        case 0:
          EndLine(":" + Line());
          break;
        case 1:
          EndLine("retry: " + std::to_string(data_.Below(10'000)));
          break;
        case 2:
          EndLine("Data: names differ in case");
          break;
        case 3:
          EndLine(" data: a name may not begin with a blank");
          break;
        default:
          EndLine("x" + Line());
      }
    }
  }

  std::string Line() {
    std::string line = data_.Text();
    std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
    return line;
  }

  RandomData& data() { return data_; }
  const std::string& body() const { return body_; }

 private:
  void WriteData(const std::string& data) {
    for (std::size_t from = 0;;) {
      const std::size_t end = std::min(data.find('\n', from), data.size());
      WriteField("data", data.substr(from, end - from));
      if (end == data.size()) return;
      from = end + 1;
    }
  }

  void WriteField(const std::string& name, const std::string& value) {
    WriteNoise();
    if (value.empty() && data_.OneIn(2)) return EndLine(name);
    const bool must_have_blank = value.starts_with(' ');
    EndLine(name + (must_have_blank || data_.OneIn(2) ? ": " : ":") + value);
  }

  // LF, CR, CRLF, or any of them. A CR and the LF of an empty line after it would be one end and not two.
  void EndLine(const std::string& line) {
    static constexpr std::string_view kEnds[] = {"\n", "\r", "\r\n"};
    std::size_t end = line_ends_ < 3 ? line_ends_ : data_.Below(3);
    if (line.empty() && end == 0 && body_.ends_with('\r')) end = 2;
    body_ += line;
    body_ += kEnds[end];
  }

  RandomData data_;
  const std::uint64_t line_ends_;
  std::string body_;
};

// Events and the body that tells them.
std::vector<SseEvent> WriteEvents(StreamWriter& writer) {
  RandomData& data = writer.data();
  std::vector<SseEvent> events;
  std::string last_id;
  for (std::uint64_t left = data.Below(6); left > 0; --left) {
    SseEvent event;
    event.type = data.OneIn(2) ? "message" : writer.Line();
    if (event.type.empty()) event.type = "message";
    event.data = data.Text();
    std::erase(event.data, '\r');
    const bool sets_id = data.OneIn(3);
    if (sets_id) {
      last_id = writer.Line();
      std::erase(last_id, '\0');
      last_id = ToValidUtf8(last_id, SseParser::kMaxIdBytes);
    }
    event.id = last_id;  // ids are sticky
    writer.WriteNoise();
    writer.Write(event, sets_id);
    events.push_back(std::move(event));
  }
  writer.WriteNoise();
  return events;
}

TEST(SseProperty, EventsInAnyFramingAndCutAnywhereReadBack) {
  testing::ForEachSeed(/*rounds=*/3'000, [](std::uint64_t seed) {
    StreamWriter writer(seed);
    const std::vector<SseEvent> written = WriteEvents(writer);
    const std::string& body = writer.body();
    for (const std::uint64_t longest_piece : {body.size() + 1, std::size_t{1}, std::size_t{7}}) {
      SseParser parser(kAmple);
      std::vector<SseEvent> read;
      for (std::size_t at = 0; at < body.size();) {
        const std::size_t size = longest_piece == 7 ? writer.data().Below(8) : longest_piece;
        ASSERT_TRUE(parser.Feed(std::string_view(body).substr(at, size), read).ok());
        at += size;
      }
      EXPECT_EQ(WithoutRetry(read), written) << ::testing::PrintToString(body) << "\nin pieces of " << longest_piece;
    }
  });
}

}  // namespace
}  // namespace sluice::translate
