#include "server/translate/a2a_facts.h"

#include <array>
#include <cstdint>

#include "server/translate/wire_fields.h"

namespace sluice::translate {
namespace {

// Where a payload tells its task's id and its status. lf/a2a/v1/a2a.proto; 0: nowhere.
struct PayloadRow {
  A2aPayload payload;
  int task_id_field;
  int status_field;
};
constexpr int kContextIdField = 2;  // of every payload
constexpr int kStateField = 1;      // TaskStatus.state
// The index is the field number of StreamResponse.payload.
constexpr auto kPayloads = std::to_array<PayloadRow>({
    {A2aPayload::kNone, 0, 0},
    {A2aPayload::kTask, 1, 3},
    {A2aPayload::kMessage, 3, 0},
    {A2aPayload::kStatusUpdate, 1, 3},
    {A2aPayload::kArtifactUpdate, 1, 0},
});

A2aFacts ReadPayload(const PayloadRow& row, std::string_view message) {
  A2aFacts facts;
  facts.payload = row.payload;
  ForEachField(message, [&](int field, std::uint64_t, std::string_view bytes) {
    if (field == row.task_id_field) facts.task_id = bytes;
    if (field == kContextIdField) facts.context_id = bytes;
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
