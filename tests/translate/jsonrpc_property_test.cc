// Any valid JSON-RPC message passes, whoever wrote it, and what it carries comes out byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "server/translate/json_scanner.h"
#include "server/translate/jsonrpc.h"
#include "tests/translate/property.h"
#include "tests/translate/random_message.h"

namespace sluice::translate {
namespace {

using testing::RandomData;

// Writes JSON the way that others may: any blanks, any escapes, numbers of any size and spelling, members twice.
class JsonWriter {
 public:
  explicit JsonWriter(RandomData& data) : data_(data) {}

  std::string Blank() {
    static constexpr std::string_view kBlanks = " \t\r\n";
    std::string blank;
    for (std::uint64_t left = data_.OneIn(2) ? 0 : data_.Below(3); left > 0; --left) blank += kBlanks[data_.Below(4)];
    return blank;
  }

  // `text` as a token, each ASCII character escaped or not.
  std::string Quoted(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789aBcDeF";
    std::string token = "\"";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x80 || (byte >= 0x20 && c != '"' && c != '\\' && !data_.OneIn(8))) {
        token += c;
      } else if ((c == '"' || c == '\\' || c == '/') && data_.OneIn(2)) {
        token.append({'\\', c});
      } else {
        token.append("\\u00").append({kHex[byte >> 4], kHex[byte & 15]});
      }
    }
    return token + '"';
  }

  std::string String() {
    std::string token = Quoted(data_.Text());
    if (data_.OneIn(4)) token.insert(1, R"(\ud83d\ude00\b\f\n\r\t)");
    if (data_.OneIn(8)) token.insert(1, R"(\ud800)");  // half a pair is no text, but it is JSON
    return token;
  }

  std::string Number() {
    static constexpr std::array<std::string_view, 9> kOdd = {
        "0", "-0", "1.0", "1e400", "-1E-400", "9007199254740993", "1.50", "0e0", "0.1e+7"};
    if (data_.OneIn(2)) return std::string(kOdd[data_.Below(kOdd.size())]);
    std::string digits = std::to_string(1 + data_.Below(9));
    for (std::uint64_t left = data_.Below(30); left > 0; --left) digits += std::to_string(data_.Below(10));
    return (data_.OneIn(2) ? "-" : "") + digits;
  }

  std::string Value(int levels) {
    switch (data_.Below(levels > 0 ? 7 : 5)) {
      case 0:
        return "null";
      case 1:
        return data_.OneIn(2) ? "true" : "false";
      case 2:
        return Number();
      case 3:
      case 4:
        return String();
      case 5:
        return Array(levels - 1);
      default:
        return Object(levels - 1);
    }
  }

  std::string Array(int levels) {
    std::vector<std::string> elements;
    for (std::uint64_t left = data_.Below(4); left > 0; --left) elements.push_back(Value(levels));
    return Joined('[', elements, ']');
  }

  std::string Object(int levels) {
    std::vector<std::string> members;
    for (std::uint64_t left = data_.Below(4); left > 0; --left) members.push_back(Member(String(), Value(levels)));
    return Joined('{', members, '}');
  }

  std::string Member(const std::string& name_token, const std::string& value) {
    return name_token + Blank() + ':' + Blank() + value;
  }

  std::string Joined(char open, const std::vector<std::string>& parts, char close) {
    std::string text = open + Blank();
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? "," : "") + Blank() + parts[i] + Blank();
    return text + close;
  }

 private:
  RandomData& data_;
};

struct Written {
  std::string text;
  JsonRpcKind kind;
  std::string id, method, params, result, error;
};

class MessageWriter {
 public:
  explicit MessageWriter(std::uint64_t seed) : data_(seed), json_(data_) {}

  Written Message() {
    Written message;
    message.kind = static_cast<JsonRpcKind>(data_.Below(4));
    if (message.kind != JsonRpcKind::kNotification) Add("id", message.id = Id());
    if (message.kind == JsonRpcKind::kResult) {
      Add("result", message.result = json_.Value(4));
    } else if (message.kind == JsonRpcKind::kError) {
      Add("error", message.error = json_.Object(3));
    } else {
      message.method = data_.Text();
      Add("method", json_.Quoted(message.method));
      if (data_.OneIn(2)) Add("params", message.params = data_.OneIn(2) ? json_.Object(4) : json_.Array(4));
    }
    Add("jsonrpc", json_.Quoted("2.0"));
    // Not ours, however often: another case, a longer name, none.
    for (const char* name : {"Id", "results", "", "x"}) {
      if (data_.OneIn(4)) Add(name, json_.Value(3));
    }
    for (std::size_t i = members_.size(); i > 1; --i) std::swap(members_[i - 1], members_[data_.Below(i)]);
    message.text = json_.Blank() + json_.Joined('{', members_, '}') + json_.Blank();
    return message;
  }

 private:
  std::string Id() { return data_.OneIn(6) ? "null" : data_.OneIn(2) ? json_.Number() : json_.String(); }
  void Add(const std::string& name, const std::string& value) {
    members_.push_back(json_.Member(json_.Quoted(name), value));
  }

  RandomData data_;
  JsonWriter json_;
  std::vector<std::string> members_;
};

void ExpectAsWritten(const Written& written, const absl::StatusOr<JsonRpcMessage>& message) {
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->kind, written.kind);
  EXPECT_EQ(message->id, written.id);
  EXPECT_EQ(message->method, written.method);
  EXPECT_EQ(message->params, written.params);
  EXPECT_EQ(message->result, written.result);
  EXPECT_EQ(message->error, written.error);
}

TEST(JsonRpcProperty, AnyValidMessagePassesAndItsPartsComeOutByteForByte) {
  testing::ForEachSeed(/*rounds=*/5'000, [](std::uint64_t seed) {
    const Written written = MessageWriter(seed).Message();
    SCOPED_TRACE(written.text);
    ExpectAsWritten(written, ScanJsonRpc(written.text));
    ExpectAsWritten(written, ValidateJsonRpc(written.text));
  });
}

TEST(JsonRpcProperty, WhatIsLeftWhenItsEndIsCutOffIsRefused) {
  testing::ForEachSeed(/*rounds=*/300, [](std::uint64_t seed) {
    const std::string text = MessageWriter(seed).Message().text;
    const std::size_t end = text.rfind('}');
    for (std::size_t size = 0; size <= end; ++size) {
      ASSERT_FALSE(ScanJsonRpc(text.substr(0, size)).ok()) << text.substr(0, size);
      ASSERT_FALSE(ValidateJsonRpc(text.substr(0, size)).ok()) << text.substr(0, size);
    }
  });
}

TEST(JsonRpcProperty, ARequestThatWeWriteReadsBack) {
  testing::ForEachSeed(/*rounds=*/2'000, [](std::uint64_t seed) {
    RandomData data(seed);
    JsonWriter json(data);
    Written written;
    written.kind = JsonRpcKind::kRequest;
    written.id = data.OneIn(2) ? json.Number() : json.String();
    written.method = data.Text();
    if (data.OneIn(2)) written.params = json.Object(4);
    written.text = MakeJsonRpcRequest(written.id, written.method, written.params);
    SCOPED_TRACE(written.text);
    ExpectAsWritten(written, ValidateJsonRpc(written.text));
  });
}

TEST(JsonRpcProperty, AnyTextCanBeQuotedAndReadBack) {
  testing::ForEachSeed(/*rounds=*/2'000, [](std::uint64_t seed) {
    RandomData data(seed);
    const std::string text = data.Text();
    EXPECT_EQ(UnquoteJson(QuoteJson(text)), text);
    EXPECT_EQ(UnquoteJson(JsonWriter(data).Quoted(text)), text);
  });
}

}  // namespace
}  // namespace sluice::translate
