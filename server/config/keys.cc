#include "server/config/keys.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/config/parse_address.h"
#include "server/config/parse_names.h"
#include "server/config/parse_values.h"
#include "server/config/problems.h"

namespace sluice::config {
namespace {

using std::chrono_literals::operator""ms;

// How values of one kind are read and printed.
template <typename T>
struct Notation {
  std::function<Parsed<T>(std::string_view)> parse;
  std::function<std::string(const T&)> print;
};

Notation<milliseconds> Duration(milliseconds at_least = 0ms) {
  return {[=](std::string_view text) { return ParseDuration(text, at_least); }, PrintDuration};
}

// A clock that may be off, which is written 0s.
Notation<std::optional<milliseconds>> DurationOrOff() {
  const auto parse = [](std::string_view text) -> Parsed<std::optional<milliseconds>> {
    const auto parsed = ParseDuration(text);
    if (!parsed.ok()) return Wrong{parsed.error()};
    if (*parsed == 0ms) return std::optional<milliseconds>();
    return std::optional<milliseconds>(*parsed);
  };
  return {parse, [](const std::optional<milliseconds>& clock) { return PrintDuration(clock.value_or(0ms)); }};
}

Notation<std::size_t> Size(std::size_t at_least) {
  return {[=](std::string_view text) { return ParseSize(text, at_least); }, PrintSize};
}

Notation<int> Count(int at_least, int at_most) {
  const auto parse = [=](std::string_view text) -> Parsed<int> {
    const auto parsed = ParseCount(text, at_least, at_most);
    if (!parsed.ok()) return Wrong{parsed.error()};
    return static_cast<int>(*parsed);
  };
  return {parse, [](const int& count) { return std::to_string(count); }};
}

// One of a few words.
template <typename T>
Notation<T> OneOf(std::vector<std::pair<std::string, T>> words) {
  const auto parse = [=](std::string_view text) -> Parsed<T> {
    std::vector<std::string> names;
    for (const auto& [name, value] : words) {
      if (name == text) return value;
      names.push_back(name);
    }
    return Wrong{Quoted(text) + ": one of " + Joined(names) + " is expected"};
  };
  const auto print = [=](const T& value) {
    const auto same = [&](const auto& word) { return word.second == value; };
    return std::find_if(words.begin(), words.end(), same)->first;
  };
  return {parse, print};
}

// Quotes and backslashes escaped; a file name may have any character, and OneLine() escapes as YAML does.
std::string QuotedYaml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return '"' + OneLine(escaped, escaped.size() * 4) + '"';
}

Notation<HostPort> Address() {
  return {ParseHostPort, [](const HostPort& address) { return QuotedYaml(PrintHostPort(address)); }};
}

Notation<Url> AbsoluteUrl() {
  return {ParseUrl, [](const Url& url) { return url.host.empty() ? "" : QuotedYaml(PrintUrl(url)); }};
}

Notation<std::string> Text(Parsed<std::string> (*parse)(std::string_view)) {
  return {parse, [](const std::string& text) { return text.empty() ? "" : QuotedYaml(text); }};
}

// `member` is a lambda that gives the member of an Owner that the key stands for.
template <typename Owner, typename Member, typename T>
Key<Owner> Value(std::string path, Member member, Notation<T> notation) {
  const auto set = [=](Owner& owner, std::string_view, std::string_view text) {
    const auto parsed = notation.parse(text);
    if (parsed.ok()) member(owner) = *parsed;
    return parsed.error();
  };
  return {
      std::move(path), KeyShape::kValue, set, {}, [=](const Owner& owner) { return notation.print(member(owner)); }};
}

template <typename Owner, typename Member>
Key<Owner> HeaderNames(std::string path, Member member) {
  const auto set = [=](Owner& owner, std::string_view, std::string_view text) -> std::string {
    const auto parsed = ParseForwardedHeaderName(text);
    if (!parsed.ok()) return parsed.error();
    auto& names = member(owner);
    if (std::find(names.begin(), names.end(), *parsed) != names.end()) return Quoted(text) + ": listed twice";
    names.push_back(*parsed);
    return {};
  };
  const auto print = [=](const Owner& owner) { return '[' + Joined(member(owner)) + ']'; };
  return {std::move(path), KeyShape::kList, set, [=](Owner& owner) { member(owner).clear(); }, print};
}

template <typename Owner, typename Member>
Key<Owner> HeaderValues(std::string path, Member member) {
  const auto set = [=](Owner& owner, std::string_view name, std::string_view text) {
    const auto header = ParseHeaderName(name);
    if (!header.ok()) return header.error();
    const auto value = ParseHeaderValue(text);
    if (!value.ok()) return value.error();
    // --set=...headers.x-a=b replaces the one of the file.
    std::erase_if(member(owner), [&](const auto& one) { return one.first == *header; });
    member(owner).emplace_back(*header, *value);
    return std::string();
  };
  const auto print = [=](const Owner& owner) {
    std::vector<std::string> names;
    for (const auto& [name, value] : member(owner)) names.push_back(name + ": \"(not shown)\"");
    return '{' + Joined(names) + '}';
  };
  return {std::move(path), KeyShape::kMap, set, [=](Owner& owner) { member(owner).clear(); }, print};
}

std::vector<Key<Config>> MakeConfigKeys() {
  using C = Config;
  return {
      Value<C>(
          "listen", [](auto& c) -> auto& { return c.listen; }, Address()),
      Value<C>(
          "http_listen", [](auto& c) -> auto& { return c.http_listen; }, Address()),
      Value<C>(
          "shards", [](auto& c) -> auto& { return c.shards; }, Count(0, 256)),
      {"upstreams", KeyShape::kUpstreams, {}, {}, {}},
      HeaderNames<C>(
          "headers.up", [](auto& c) -> auto& { return c.headers.up; }),
      HeaderNames<C>(
          "headers.down", [](auto& c) -> auto& { return c.headers.down; }),
      Value<C>(
          "limits.calls_in_flight", [](auto& c) -> auto& { return c.limits.calls_in_flight; }, Count(1, 10'000'000)),
      Value<C>(
          "limits.streams_per_connection", [](auto& c) -> auto& { return c.limits.streams_per_connection; },
          Count(1, 1'000'000)),
      Value<C>(
          "limits.message", [](auto& c) -> auto& { return c.limits.message_bytes; }, Size(1)),
      Value<C>(
          "limits.high_watermark", [](auto& c) -> auto& { return c.limits.high_watermark_bytes; }, Size(1)),
      Value<C>(
          "limits.low_watermark", [](auto& c) -> auto& { return c.limits.low_watermark_bytes; }, Size(1)),
      Value<C>(
          "limits.stall", [](auto& c) -> auto& { return c.limits.stall; }, Duration(1ms)),
      Value<C>(
          "limits.session_requests", [](auto& c) -> auto& { return c.limits.session_requests; }, Count(1, 1'000'000)),
      Value<C>(
          "keepalive.time", [](auto& c) -> auto& { return c.keepalive.time; }, Duration(1ms)),
      Value<C>(
          "keepalive.timeout", [](auto& c) -> auto& { return c.keepalive.timeout; }, Duration(1ms)),
      Value<C>(
          "keepalive.min_client_ping", [](auto& c) -> auto& { return c.keepalive.min_client_ping; }, Duration()),
      Value<C>(
          "drain.lame_duck", [](auto& c) -> auto& { return c.drain.lame_duck; }, Duration()),
      Value<C>(
          "drain.refuse", [](auto& c) -> auto& { return c.drain.refuse; }, Duration()),
      Value<C>(
          "drain.deadline", [](auto& c) -> auto& { return c.drain.deadline; }, Duration()),
  };
}

std::vector<Key<Upstream>> MakeUpstreamKeys() {
  using U = Upstream;
  return {
      Value<U>(
          "name", [](auto& u) -> auto& { return u.name; }, Text(ParseUpstreamName)),
      Value<U>(
          "url", [](auto& u) -> auto& { return u.url; }, AbsoluteUrl()),
      Value<U>(
          "kind", [](auto& u) -> auto& { return u.kind; },
          OneOf<UpstreamKind>({{"a2a", UpstreamKind::kA2a}, {"jsonrpc", UpstreamKind::kJsonRpc}})),
      Value<U>(
          "version", [](auto& u) -> auto& { return u.version; }, OneOf<std::string>({{"1.0", "1.0"}, {"0.3", "0.3"}})),
      HeaderValues<U>(
          "headers", [](auto& u) -> auto& { return u.headers; }),
      Value<U>(
          "on_cancel", [](auto& u) -> auto& { return u.on_cancel; },
          OneOf<CancelPolicy>({{"close", CancelPolicy::kClose}, {"cancel-task", CancelPolicy::kCancelTask}})),
      Value<U>(
          "clocks.connect", [](auto& u) -> auto& { return u.clocks.connect; }, Duration(1ms)),
      Value<U>(
          "clocks.first_byte", [](auto& u) -> auto& { return u.clocks.first_byte; }, DurationOrOff()),
      Value<U>(
          "clocks.idle", [](auto& u) -> auto& { return u.clocks.idle; }, DurationOrOff()),
      Value<U>(
          "clocks.total", [](auto& u) -> auto& { return u.clocks.total; }, DurationOrOff()),
      Value<U>(
          "limits.event", [](auto& u) -> auto& { return u.limits.event_bytes; }, Size(1)),
      Value<U>(
          "limits.error_body", [](auto& u) -> auto& { return u.limits.error_body_bytes; }, Size(0)),
      Value<U>(
          "tls.ca_file", [](auto& u) -> auto& { return u.tls.ca_file; }, Text(ParseReadableFile)),
      Value<U>(
          "tls.cert_file", [](auto& u) -> auto& { return u.tls.cert_file; }, Text(ParseReadableFile)),
      Value<U>(
          "tls.key_file", [](auto& u) -> auto& { return u.tls.key_file; }, Text(ParseReadableFile)),
      Value<U>(
          "tls.server_name", [](auto& u) -> auto& { return u.tls.server_name; }, Text(ParseServerName)),
  };
}

}  // namespace

const std::vector<Key<Config>>& ConfigKeys() {
  static const std::vector<Key<Config>> keys = MakeConfigKeys();
  return keys;
}

const std::vector<Key<Upstream>>& UpstreamKeys() {
  static const std::vector<Key<Upstream>> keys = MakeUpstreamKeys();
  return keys;
}

}  // namespace sluice::config
