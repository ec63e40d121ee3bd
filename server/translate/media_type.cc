#include "server/translate/media_type.h"

#include "absl/strings/ascii.h"
#include "server/base/status.h"

namespace sluice::translate {

std::string MediaType(const ResponseHead& head) {
  const std::string_view value = FindHeader(head.headers, "content-type");
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(value.substr(0, value.find(';')))));
}

bool IsJson(std::string_view media_type) { return media_type == "application/json" || media_type.ends_with("+json"); }

bool IsCoded(const ResponseHead& head) {
  const std::string_view coding = FindHeader(head.headers, "content-encoding");
  return !coding.empty() && absl::AsciiStrToLower(ToAbsl(coding)) != "identity";
}

}  // namespace sluice::translate
