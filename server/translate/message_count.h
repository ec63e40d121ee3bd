// How much work a serialized message would be, found out before the work.
#ifndef SLUICE_SERVER_TRANSLATE_MESSAGE_COUNT_H_
#define SLUICE_SERVER_TRANSLATE_MESSAGE_COUNT_H_

#include <cstddef>
#include <string_view>

#include "server/translate/message_table.h"

namespace sluice::translate {

// Of what is made into message objects, not more: reading and printing takes microseconds for each, and some hundred
// bytes, on a thread that other calls share.
inline constexpr std::size_t kMostMessages = 100'000;

// The messages in `serialized`, itself included, each JSON value in it too: what a parser would make an object for.
// Linear; needs no memory. Those nested deeper than protobuf reads do not count: it refuses the whole.
std::size_t CountMessages(const MessageTable& table, std::string_view serialized);

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_MESSAGE_COUNT_H_
