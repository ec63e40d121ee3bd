// What a parser of one value gives: the value, or what is wrong with it.
#ifndef SLUICE_SERVER_CONFIG_PARSED_H_
#define SLUICE_SERVER_CONFIG_PARSED_H_

#include <string>
#include <utility>
#include <variant>

namespace sluice::config {

// What is wrong and what was expected, for people; complete but for the place. It quotes the value where that helps and
// where the value cannot be a secret.
struct Wrong {
  std::string message;
};

template <typename T>
class [[nodiscard]] Parsed {
 public:
  Parsed(T value) : what_(std::move(value)) {}      // NOLINT(google-explicit-constructor): `return value;` reads best
  Parsed(Wrong wrong) : what_(std::move(wrong)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(what_); }
  const T& operator*() const { return std::get<T>(what_); }
  const T* operator->() const { return &std::get<T>(what_); }
  // Empty when ok().
  std::string error() const { return ok() ? std::string() : std::get<Wrong>(what_).message; }

 private:
  std::variant<T, Wrong> what_;
};

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_PARSED_H_
