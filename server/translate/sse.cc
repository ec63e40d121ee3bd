#include "server/translate/sse.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "server/base/status.h"
#include "server/translate/fast_utf8.h"

namespace sluice::translate {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Finds the line ends of one chunk. Each kind is looked for at most once per byte: what was found is remembered until
// it is passed, so a chunk without any LF is not searched again for every CR.
class LineEnds {
 public:
  explicit LineEnds(std::string_view chunk) : chunk_(chunk), lf_(Find('\n', 0)), cr_(Find('\r', 0)) {}

  // The first CR or LF at or after `from`; the size of the chunk when there is none. `from` never goes back.
  std::size_t Next(std::size_t from) {
    if (lf_ < from) lf_ = Find('\n', from);
    if (cr_ < from) cr_ = Find('\r', from);
    return std::min(lf_, cr_);
  }

 private:
  std::size_t Find(char c, std::size_t from) const { return std::min(chunk_.find(c, from), chunk_.size()); }

  std::string_view chunk_;
  std::size_t lf_;
  std::size_t cr_;
};

}  // namespace

absl::Status SseParser::Feed(std::string_view bytes, std::vector<SseEvent>& out) {
  LineEnds ends(bytes);
  std::size_t at = 0;
  while (at < bytes.size() && spent_.ok()) {
    if (std::exchange(after_cr_, false) && bytes[at] == '\n') {
      ++at;
      continue;
    }
    const std::size_t end = ends.Next(at);
    const std::string_view piece = bytes.substr(at, end - at);
    if (Held() + piece.size() > max_event_bytes_) {
      Spend("a server-sent event", max_event_bytes_);
    } else if (end == bytes.size()) {
      line_.append(piece);
      at = end;
    } else {
      EndLine(piece, out);
      after_cr_ = bytes[end] == '\r';
      at = end + 1;
    }
  }
  return spent_;
}

// An unfinished line may be a field that was cut, unless it is a comment.
bool SseParser::inside_event() const {
  if (has_data_ || !type_.empty()) return true;
  std::string_view line = line_;
  if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return !line.starts_with(':') && line.find_first_not_of(" \t") != line.npos;
}

void SseParser::EndLine(std::string_view piece, std::vector<SseEvent>& out) {
  std::string whole;  // only a line that was cut is copied
  if (!line_.empty()) {
    whole = std::exchange(line_, {}).append(piece);
    piece = whole;
  }
  if (std::exchange(at_start_, false) && piece.starts_with(kByteOrderMark)) piece.remove_prefix(kByteOrderMark.size());
  if (piece.empty()) return Dispatch(out);
  const std::size_t colon = std::min(piece.find(':'), piece.size());
  std::string_view value = piece.substr(std::min(colon + 1, piece.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  TakeField(piece.substr(0, colon), value);
}

// A comment is a field without a name, so it is ignored as any unknown field is.
void SseParser::TakeField(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (std::exchange(has_data_, true)) data_.push_back('\n');
    AppendAsValidUtf8(value, data_);
  } else if (name == "event") {
    type_.clear();
    AppendAsValidUtf8(value, type_);
  } else if (name == "id") {
    TakeId(value);
  } else if (name == "retry") {
    TakeRetry(value);
  }
  // U+FFFD is longer than the byte that it stands for.
  if (Held() > max_event_bytes_) Spend("a server-sent event", max_event_bytes_);
}

void SseParser::TakeId(std::string_view value) {
  if (value.find('\0') != value.npos) return;
  id_.clear();
  AppendAsValidUtf8(value, id_);
  if (id_.size() > kMaxIdBytes) Spend("the id of a server-sent event", kMaxIdBytes);
}

void SseParser::TakeRetry(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return;
  std::uint64_t ms = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), ms);
  retry_ms_ = read.ec == std::errc() ? ms : std::numeric_limits<std::uint64_t>::max();
  retry_is_new_ = true;
}

void SseParser::Dispatch(std::vector<SseEvent>& out) {
  last_event_id_ = id_;  // even when there is no event
  if (std::exchange(has_data_, false)) {
    if (type_.empty()) type_ = "message";
    out.push_back({std::move(type_), std::move(data_), last_event_id_});
    if (std::exchange(retry_is_new_, false)) out.back().retry_ms = retry_ms_;
  }
  type_.clear();
  data_.clear();
}

void SseParser::Spend(std::string_view what, std::size_t limit) {
  spent_ = MakeError(absl::StatusCode::kResourceExhausted,
                     absl::StrCat(ToAbsl(what), " is larger than the limit of ", limit, " bytes"),
                     reason::kEventTooLarge, reason::kDomain, {{"may_have_run", "true"}});
}

}  // namespace sluice::translate
