// Text that came from outside, made fit for protobuf strings, logs and JSON. Unicode 15, section 3.9; RFC 3629.
#ifndef SLUICE_SERVER_BASE_UTF8_H_
#define SLUICE_SERVER_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

// `text` as valid UTF-8 of at most `max_bytes`, cut at a character boundary. Each malformed sequence becomes one
// U+FFFD, as browsers do it ("substitution of maximal subparts"). Linear in the smaller of the two sizes.
std::string ToValidUtf8(std::string_view text, std::size_t max_bytes);

}  // namespace sluice

#endif  // SLUICE_SERVER_BASE_UTF8_H_
