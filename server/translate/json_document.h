// Whether a JSON text that goes by in pieces is whole: what an HTTP body that ended well cannot say.
#ifndef SLUICE_SERVER_TRANSLATE_JSON_DOCUMENT_H_
#define SLUICE_SERVER_TRANSLATE_JSON_DOCUMENT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::translate {

// A small document is kept, to be read; of a larger one only brackets and strings are followed, which shows a cut
// but for one inside a number or a word that stands alone.
class JsonDocument {
 public:
  explicit JsonDocument(std::size_t max_kept_bytes) : max_kept_bytes_(max_kept_bytes) {}

  void Add(std::string_view bytes);

  // All that was added is one JSON value.
  bool IsWhole() const;

  // Nothing was added but blanks.
  bool empty() const { return !begun_; }

  // All that was added; empty when it was more than is kept.
  const std::string& text() const { return text_; }

 private:
  void Follow(std::string_view bytes);
  void FollowOutside(char c);
  std::size_t FollowString(std::string_view bytes, std::size_t at);

  const std::size_t max_kept_bytes_;
  std::string text_;
  bool kept_ = true;  // text_ is all of it
  std::size_t depth_ = 0;
  bool deep_ = false;  // nested deeper than the scanner goes
  bool begun_ = false;
  bool closed_ = false;  // the bracket or the quote that began the value
  bool broken_ = false;  // a bracket too many, or more than one value
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_JSON_DOCUMENT_H_
