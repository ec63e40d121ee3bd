// The messages of A2A 0.3 ⇄ those of A2A 1.0. What one of them cannot say stands in protos/A2A.md.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_V03_PROTO_H_
#define SLUICE_SERVER_TRANSLATE_A2A_V03_PROTO_H_

#include <string>
#include <string_view>

#include "a2a/v1/a2a.pb.h"
#include "lf/a2a/v1/a2a.pb.h"
#include "server/base/status.h"

namespace sluice::translate {

// What stands in `a2a.v1.FilePart.file_with_bytes`: the peers of 0.3 do not agree.
enum class FileBytes {
  kBase64,  // base64 text; what is none is read as the bytes themselves
  kRaw,     // the bytes themselves
};

// One message each; `to` is empty. All that 0.3 can say comes back as it was. Towards 0.3, `final` is set for the
// states that are over.
void Convert(const ::a2a::v1::StreamResponse& from, FileBytes file_bytes, lf::a2a::v1::StreamResponse& to);
void Convert(const lf::a2a::v1::StreamResponse& from, FileBytes file_bytes, ::a2a::v1::StreamResponse& to);
void Convert(const lf::a2a::v1::SendMessageResponse& from, FileBytes file_bytes, ::a2a::v1::SendMessageResponse& to);
void Convert(const lf::a2a::v1::Task& from, FileBytes file_bytes, ::a2a::v1::Task& to);
void Convert(const ::a2a::v1::Message& from, FileBytes file_bytes, lf::a2a::v1::Message& to);

// Webhooks. Several schemes of 0.3 are one text, joined by kListSeparator, in 1.0.
void Convert(const ::a2a::v1::PushNotificationConfig& from, lf::a2a::v1::TaskPushNotificationConfig& to);
void Convert(const lf::a2a::v1::TaskPushNotificationConfig& from, ::a2a::v1::TaskPushNotificationConfig& to);

// Cards (a2a_v03_card.cc).
void Convert(const ::a2a::v1::AgentCard& from, lf::a2a::v1::AgentCard& to);
void Convert(const lf::a2a::v1::AgentCard& from, ::a2a::v1::AgentCard& to);

// A data part of 0.3 holds an object. Another value travels as {"value": v} with this mark in the part's metadata.
inline constexpr std::string_view kDataPartCompat = "data_part_compat";
// Puts the value itself into a part that is so marked.
void UnwrapDataPart(lf::a2a::v1::Part& part);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_V03_PROTO_H_
