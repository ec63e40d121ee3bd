// Writes protobuf's wire format. https://protobuf.dev/programming-guides/encoding/
#ifndef SLUICE_SERVER_TRANSLATE_WIRE_WRITER_H_
#define SLUICE_SERVER_TRANSLATE_WIRE_WRITER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::translate {

enum class WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2 };

constexpr std::uint32_t WireTag(int field_number, WireType type) {
  return static_cast<std::uint32_t>(field_number) << 3 | static_cast<std::uint32_t>(type);
}

// Appends to one string. Fields come out in the order in which they are written.
class WireWriter {
 public:
  void Varint(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void VarintField(std::uint32_t tag, std::uint64_t value) {
    Varint(tag);
    Varint(value);
  }
  void DoubleField(std::uint32_t tag, double value) {
    Varint(tag);
    auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i, bits >>= 8) out_.push_back(static_cast<char>(bits));
  }
  void BytesField(std::uint32_t tag, std::string_view bytes) {
    Varint(tag);
    Varint(bytes.size());
    out_.append(bytes);
  }

  // A length-delimited field whose content is written between the two calls.
  // `size_guess` saves moving the content when its size takes as many bytes to tell as the guess does.
  struct Nested {
    std::size_t begin;  // of the content
    std::size_t size_bytes;
  };
  Nested Begin(std::uint32_t tag, std::size_t size_guess) {
    Varint(tag);
    const std::size_t size_bytes = VarintSize(size_guess);
    out_.append(size_bytes, '\0');
    return {out_.size(), size_bytes};
  }
  void End(const Nested& nested);

  const std::string& text() const { return out_; }
  std::string Take() { return std::move(out_); }

 private:
  static std::size_t VarintSize(std::uint64_t value) {
    return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
  }

  std::string out_;
};

inline void WireWriter::End(const Nested& nested) {
  std::uint64_t size = out_.size() - nested.begin;
  const std::size_t size_bytes = VarintSize(size);
  std::size_t at = nested.begin - nested.size_bytes;
  if (size_bytes != nested.size_bytes) out_.replace(at, nested.size_bytes, size_bytes, '\0');
  for (; size >= 0x80; size >>= 7) out_[at++] = static_cast<char>(size | 0x80);
  out_[at] = static_cast<char>(size);
}

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_WIRE_WRITER_H_
