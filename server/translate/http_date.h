// The dates of HTTP headers. RFC 9110, section 5.6.7.
#ifndef SLUICE_SERVER_TRANSLATE_HTTP_DATE_H_
#define SLUICE_SERVER_TRANSLATE_HTTP_DATE_H_

#include <chrono>
#include <optional>
#include <string_view>

namespace sluice::translate {

// Since 1970-01-01 00:00:00 UTC. Takes the three forms that a recipient must take; nullopt for anything else.
std::optional<std::chrono::seconds> ParseHttpDate(std::string_view text);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_HTTP_DATE_H_
