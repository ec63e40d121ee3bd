// What an answer says of its body's form. RFC 9110, 8.3 and 8.4.
#ifndef SLUICE_SERVER_TRANSLATE_MEDIA_TYPE_H_
#define SLUICE_SERVER_TRANSLATE_MEDIA_TYPE_H_

#include <string>
#include <string_view>

#include "server/base/http.h"

namespace sluice::translate {

inline constexpr std::string_view kEventStream = "text/event-stream";

// RFC 9110, 8.3.1: the type alone, in lower case.
std::string MediaType(const ResponseHead& head);

bool IsJson(std::string_view media_type);

// The body has a coding, which was not asked for and is not undone here.
bool IsCoded(const ResponseHead& head);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MEDIA_TYPE_H_
