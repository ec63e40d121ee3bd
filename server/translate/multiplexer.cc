#include "server/translate/multiplexer.h"

#include <iterator>

namespace sluice::translate {

void Multiplexer::Step::Append(Step more) {
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  append(frames, more.frames);
  append(requests, more.requests);
  append(closes, more.closes);
  append(timers, more.timers);
  if (!end) end = std::move(more.end);
}

}  // namespace sluice::translate
