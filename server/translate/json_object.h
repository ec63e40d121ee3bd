// Writes JSON objects and arrays of values that are JSON already.
#ifndef SLUICE_SERVER_TRANSLATE_JSON_OBJECT_H_
#define SLUICE_SERVER_TRANSLATE_JSON_OBJECT_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "server/translate/json_scanner.h"

namespace sluice::translate {

// Of two members of one name the first is kept.
class JsonObject {
 public:
  void Add(std::string_view name, std::string_view json) {
    if (!names_.emplace(name).second) return;
    text_.append(text_.empty() ? "{" : ",").append(QuoteJson(name)).append(":").append(json);
  }
  std::string Take() { return text_.empty() ? "{}" : std::move(text_) + '}'; }

 private:
  std::string text_;
  std::set<std::string, std::less<>> names_;
};

class JsonArray {
 public:
  void Add(std::string_view json) { text_.append(text_.empty() ? "[" : ",").append(json); }
  std::string Take() { return text_.empty() ? "[]" : std::move(text_) + ']'; }

 private:
  std::string text_;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_JSON_OBJECT_H_
