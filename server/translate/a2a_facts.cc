#include "server/translate/a2a_facts.h"

#include <array>
#include <cstdint>
#include <limits>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace sluice::translate {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Where a payload tells its task's id and its status. lf/a2a/v1/a2a.proto; 0: nowhere.
struct PayloadRow {
  A2aPayload payload;
  int task_id_field;
  int status_field;
};
constexpr int kStateField = 1;  // TaskStatus.state
// The index is the field number of StreamResponse.payload.
constexpr auto kPayloads = std::to_array<PayloadRow>({
    {A2aPayload::kNone, 0, 0},
    {A2aPayload::kTask, 1, 3},
    {A2aPayload::kMessage, 3, 0},
    {A2aPayload::kStatusUpdate, 1, 3},
    {A2aPayload::kArtifactUpdate, 1, 0},
});

// Calls `visit(field_number, varint, bytes)` for each field of a message; what is neither a varint nor bytes is
// skipped.
template <typename Visit>
void ForEachField(std::string_view message, Visit visit) {
  if (message.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return;
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
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

A2aFacts ReadPayload(const PayloadRow& row, std::string_view message) {
  A2aFacts facts;
  facts.payload = row.payload;
  ForEachField(message, [&](int field, std::uint64_t, std::string_view bytes) {
    if (field == row.task_id_field) facts.task_id = bytes;
    if (field != row.status_field) return;
    facts.state = 0;
    ForEachField(bytes, [&](int status_field, std::uint64_t varint, std::string_view) {
      if (status_field == kStateField) facts.state = static_cast<int>(varint);
    });
  });
  return facts;
}

}  // namespace

A2aFacts ReadResponseFacts(std::string_view serialized) {
  A2aFacts facts;
  ForEachField(serialized, [&](int field, std::uint64_t, std::string_view bytes) {
    if (field > 0 && static_cast<std::size_t>(field) < kPayloads.size()) {
      facts = ReadPayload(kPayloads[static_cast<std::size_t>(field)], bytes);
    }
  });
  return facts;
}

A2aFacts ReadTaskFacts(std::string_view serialized) { return ReadPayload(kPayloads[1], serialized); }

}  // namespace sluice::translate
