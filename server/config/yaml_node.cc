#include "server/config/yaml_node.h"

#include <algorithm>
#include <exception>
#include <sstream>
#include <utility>

#include "server/base/utf8.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/mark.h"
#include "yaml-cpp/parser.h"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxValues = 20'000;

// Builds the tree from the parser's events. What is refused leaves as the parser's own exception, which ReadYaml
// catches.
class TreeBuilder final : public YAML::EventHandler {
 public:
  YamlNode TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) Refuse(mark, "one YAML document is expected, here begins another");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { Add(MakeNode(YamlNode::Kind::kNothing, mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Refuse(mark, "aliases (*name) are not taken here; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    RefuseTag(mark, tag);
    YamlNode node = MakeNode(YamlNode::Kind::kScalar, mark);
    node.text = value;
    Add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kList, mark, tag);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kMap, mark, tag);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map that is not ended yet. A map's key waits in `node.entries.back()` for its value.
  struct Level {
    YamlNode node;
    bool key_waits = false;
  };

  [[noreturn]] static void Refuse(const YAML::Mark& mark, const char* why) { throw YAML::ParserException(mark, why); }

  // "?" is a plain scalar's, "!" a quoted one's: neither was written.
  static void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") Refuse(mark, "tags (!name) are not taken here");
  }

  YamlNode MakeNode(YamlNode::Kind kind, const YAML::Mark& mark) {
    if (++values_ > kMaxValues) Refuse(mark, "more than 20000 values");
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag) {
    RefuseTag(mark, tag);
    if (levels_.size() >= kMaxDepth) Refuse(mark, "nested more than 16 levels deep");
    levels_.push_back({MakeNode(kind, mark)});
  }

  void Close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    Add(std::move(node));
  }

  void Add(YamlNode node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::kList) {
      level.node.items.push_back(std::move(node));
    } else if (!std::exchange(level.key_waits, !level.key_waits)) {
      level.node.entries.push_back({std::move(node), {}});
    } else {
      YamlEntry& entry = level.node.entries.back();
      // The parser says that nothing stands where the next thing does; people look for it at the key.
      if (node.kind == YamlNode::Kind::kNothing) node.line = entry.key.line, node.column = entry.key.column;
      entry.value = std::move(node);
    }
  }

  YamlNode root_;
  std::vector<Level> levels_;
  std::size_t values_ = 0;
  int documents_ = 0;
};

// The parser takes other encodings and control characters in ways of its own; a configuration is plain UTF-8 text.
// Gives the place where the text stops to be that, with a message, or where it ends, without one.
YamlError CheckCharacters(std::string_view text) {
  const std::string valid = ToValidUtf8(text, text.size());
  YamlError at;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i >= valid.size() || c != valid[i]) return {at.line, at.column, "not UTF-8 text"};
    const bool control = (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
    if (control) return {at.line, at.column, "a control character"};
    const bool ends_character = i + 1 == text.size() || (static_cast<unsigned char>(text[i + 1]) & 0xc0) != 0x80;
    if (ends_character) ++at.column;
    if (c == '\n') at = {at.line + 1, 1, {}};
  }
  return at;
}

// The parser appends pieces of the text to some of its messages, after a colon.
std::string WithoutQuotes(const std::string& message) { return message.substr(0, message.find(": ")); }

// In {} and [] the brace of a reference ends more than was meant, and the parser speaks of something else.
std::string HintAtReferences(std::string_view text, int line) {
  for (; line > 1 && text.find('\n') != text.npos; --line) text.remove_prefix(text.find('\n') + 1);
  const bool has_one = text.substr(0, text.find('\n')).find("${") != text.npos;
  return has_one ? "; inside {} and [] a value with ${...} needs quotes" : "";
}

YamlText Failed(int line, int column, std::string message) { return {{}, {{line, column, std::move(message)}}}; }

}  // namespace

std::string_view NameOf(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kScalar:
      return "one value";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
    case YamlNode::Kind::kNothing:
      break;
  }
  return "nothing";
}

YamlText ReadYaml(std::string_view text) {
  if (text.size() > kMaxYamlBytes) return Failed(1, 1, "larger than 1 MiB, which no configuration is");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const YamlError end = CheckCharacters(text);
  if (!end.message.empty()) return {{}, {end}};
  try {
    // yaml-cpp lets an open quote or a key without a colon pass if nothing but a line feed follows; so a comment does.
    std::istringstream stream(std::string(text) + (text.ends_with('\n') ? "#" : "\n#"));
    YAML::Parser parser(stream);
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) continue;
    return {builder.TakeRoot(), {}};
  } catch (const YAML::Exception& e) {
    // What is missing at the end is missing at the end of the text, not of the comment.
    const auto [line, column] =
        std::min(std::pair(e.mark.line + 1, e.mark.column + 1), std::pair(end.line, end.column));
    return Failed(std::max(line, 1), std::max(column, 1),
                  "not valid YAML: " + WithoutQuotes(e.msg) + HintAtReferences(text, line));
  } catch (const std::exception& e) {
    return Failed(1, 1, "cannot be read as YAML");
  }
}

}  // namespace sluice::config
