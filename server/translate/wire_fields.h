// Walks over protobuf's wire format without messages. https://protobuf.dev/programming-guides/encoding/
#ifndef SLUICE_SERVER_TRANSLATE_WIRE_FIELDS_H_
#define SLUICE_SERVER_TRANSLATE_WIRE_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice::translate {

// Calls `visit(field_number, varint, bytes)` for each field of a message; what is neither a varint nor bytes is
// skipped. Ends at the first thing that is no field.
template <typename Visit>
void ForEachField(std::string_view message, Visit visit) {
  using google::protobuf::internal::WireFormatLite;
  if (message.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()),
                                            static_cast<int>(message.size()));
  while (const std::uint32_t tag = in.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_VARINT) {
      std::uint64_t varint = 0;
      if (!in.ReadVarint64(&varint)) return;
      visit(field, varint, std::string_view());
    } else if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      std::uint32_t size = 0;
      if (!in.ReadVarint32(&size)) return;
      const auto at = static_cast<std::size_t>(in.CurrentPosition());
      if (size > message.size() - at || !in.Skip(static_cast<int>(size))) return;
      visit(field, std::uint64_t{0}, message.substr(at, size));
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return;
    }
  }
}

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_WIRE_FIELDS_H_
