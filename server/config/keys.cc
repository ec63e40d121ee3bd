#include "server/config/keys.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_replace.h"
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
  std::string expected;  // Key::expected
  std::function<Parsed<T>(std::string_view)> parse;
  std::function<std::string(const T&)> print;
};

Notation<milliseconds> Duration(milliseconds at_least = 0ms) {
  const auto parse = [=](std::string_view text) { return ParseDuration(text, at_least); };
  return {"a duration of at least " + PrintDuration(at_least) + ", for example 2s", parse, PrintDuration};
}

// A clock that may be off, which is written 0s.
Notation<std::optional<milliseconds>> DurationOrOff() {
  const auto parse = [](std::string_view text) -> Parsed<std::optional<milliseconds>> {
    const auto parsed = ParseDuration(text);
    if (!parsed.ok()) return Wrong{parsed.error()};
    if (*parsed == 0ms) return std::optional<milliseconds>();
    return std::optional<milliseconds>(*parsed);
  };
  const auto print = [](const std::optional<milliseconds>& clock) { return PrintDuration(clock.value_or(0ms)); };
  return {"a duration, for example 2s", parse, print};
}

Notation<std::size_t> Size(std::size_t at_least) {
  const auto parse = [=](std::string_view text) { return ParseSize(text, at_least); };
  return {"a size of at least " + PrintSize(at_least) + ", for example 64KiB", parse, PrintSize};
}

Notation<int> Count(int at_least, int at_most) {
  const auto parse = [=](std::string_view text) -> Parsed<int> {
    const auto parsed = ParseCount(text, at_least, at_most);
    if (!parsed.ok()) return Wrong{parsed.error()};
    return static_cast<int>(*parsed);
  };
  const std::string range = std::to_string(at_least) + " to " + std::to_string(at_most);
  return {"a whole number from " + range, parse, [](const int& count) { return std::to_string(count); }};
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
  std::vector<std::string> names;
  for (const auto& word : words) names.push_back(word.first);
  return {"one of " + Joined(names), parse, print};
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

// A text without references, so that reading it finds none either.
std::string QuotedText(std::string_view text) {
  return QuotedYaml(absl::StrReplaceAll(std::string(text), {{"${", "$${"}}));
}

// A secret that was written out.
std::string Hidden() { return QuotedYaml(kNotShown); }

// A query may be a key.
std::string QuotedUrl(const Url& url) {
  const std::string text = PrintUrl(url);
  const std::size_t query = text.find('?');
  if (query == std::string::npos || query + 1 == text.size()) return QuotedText(text);
  return QuotedText(text.substr(0, query + 1).append(kNotShown));
}

Notation<HostPort> Address() {
  const auto print = [](const HostPort& address) { return QuotedText(PrintHostPort(address)); };
  return {"a host:port, for example 127.0.0.1:50051", ParseHostPort, print};
}

// One that clients can call.
Notation<HostPort> PublicAddress() {
  const auto print = [](const HostPort& address) {
    return address.host.empty() ? "" : QuotedText(PrintHostPort(address));
  };
  return {"a host:port that clients can call, for example agents.example:443", ParsePublicAddress, print};
}

Notation<Url> AbsoluteUrl() {
  const auto print = [](const Url& url) { return url.host.empty() ? "" : QuotedUrl(url); };
  return {"a URL, for example http://127.0.0.1:41241/", ParseUrl, print};
}

Notation<std::string> Text(std::string expected, Parsed<std::string> (*parse)(std::string_view)) {
  const auto print = [](const std::string& text) { return text.empty() ? "" : QuotedText(text); };
  return {std::move(expected), parse, print};
}

Notation<std::string> ReadableFile() { return Text("the name of a file that can be read", ParseReadableFile); }

Notation<std::string> SecretKey() {
  return {"32 bytes in base64", ParseSecretKey, [](const std::string& key) { return key.empty() ? "" : Hidden(); }};
}

// The member that a path of member pointers leads to: Reach(config, &Config::drain, &Drain::refuse).
template <typename Owner, typename... Members>
auto& Reach(Owner& owner, Members... members) {
  return (owner.*....*members);
}

template <typename T, typename Owner, typename First, typename... Rest>
Key<Owner> Value(std::string path, Notation<T> notation, First Owner::*first, Rest... rest) {
  const auto set = [=](Owner& owner, std::string_view, std::string_view text) {
    const auto parsed = notation.parse(text);
    if (parsed.ok()) Reach(owner, first, rest...) = *parsed;
    return parsed.error();
  };
  const auto print = [=](const Owner& owner, const References& references) {
    return references.empty() ? notation.print(Reach(owner, first, rest...)) : QuotedYaml(references.begin()->second);
  };
  return {std::move(path), KeyShape::kValue, set, {}, print, notation.expected};
}

// A list of texts, each once.
template <typename Owner, typename First, typename... Rest>
Key<Owner> Texts(std::string path, std::string expected, Parsed<std::string> (*parse)(std::string_view),
                 First Owner::*first, Rest... rest) {
  const auto set = [=](Owner& owner, std::string_view, std::string_view text) -> std::string {
    const auto parsed = parse(text);
    if (!parsed.ok()) return parsed.error();
    std::vector<std::string>& list = Reach(owner, first, rest...);
    if (std::find(list.begin(), list.end(), *parsed) != list.end()) return Quoted(text) + ": listed twice";
    list.push_back(*parsed);
    return {};
  };
  const auto clear = [=](Owner& owner) { Reach(owner, first, rest...).clear(); };
  const auto print = [=](const Owner& owner, const References& references) {
    std::vector<std::string> texts;
    for (const std::string& text : Reach(owner, first, rest...)) {
      const auto written = references.find(std::to_string(texts.size()));
      texts.push_back(written == references.end() ? QuotedText(text) : QuotedYaml(written->second));
    }
    return '[' + Joined(texts) + ']';
  };
  return {std::move(path), KeyShape::kList, set, clear, print, std::move(expected)};
}

Key<Config> HeaderNames(std::string path, std::vector<std::string> HeaderPolicy::*list) {
  return Texts(std::move(path), "the name of a header that may pass, and listed once", ParseForwardedHeaderName,
               &Config::headers, list);
}

Key<Upstream> HeaderValues(std::string path) {
  const auto set = [](Upstream& upstream, std::string_view name, std::string_view text) {
    const auto header = ParseHeaderName(name);
    if (!header.ok()) return header.error();
    const auto value = ParseHeaderValue(text);
    if (!value.ok()) return value.error();
    // --set=...headers.x-a=b replaces the one of the file.
    std::erase_if(upstream.headers, [&](const auto& one) { return one.first == *header; });
    upstream.headers.emplace_back(*header, *value);
    return std::string();
  };
  const auto print = [](const Upstream& upstream, const References& references) {
    std::vector<std::string> names;
    for (const auto& [name, value] : upstream.headers) {
      const auto written = references.find(name);
      names.push_back(QuotedYaml(name) + ": " + (written == references.end() ? Hidden() : QuotedYaml(written->second)));
    }
    return '{' + Joined(names) + '}';
  };
  return {std::move(path), KeyShape::kMap, set, [](Upstream& upstream) { upstream.headers.clear(); }, print};
}

// A key that upstreams of these kinds have.
Key<Upstream> Of(std::vector<UpstreamKind> kinds, Key<Upstream> key) {
  key.kinds = std::move(kinds);
  return key;
}

const std::vector<std::pair<std::string, UpstreamKind>>& Kinds() {
  static const std::vector<std::pair<std::string, UpstreamKind>> kinds = {{"a2a", UpstreamKind::kA2a},
                                                                          {"mcp", UpstreamKind::kMcp},
                                                                          {"jsonrpc", UpstreamKind::kJsonRpc},
                                                                          {"sse", UpstreamKind::kSse}};
  return kinds;
}

Notation<CancelPolicy> Cancelling() {
  return OneOf<CancelPolicy>({{"close", CancelPolicy::kClose}, {"cancel-task", CancelPolicy::kCancelTask}});
}

Notation<A2aVersion> Version() {
  return OneOf<A2aVersion>({{"auto", A2aVersion::kAuto}, {"1.0", A2aVersion::k10}, {"0.3", A2aVersion::k03}});
}

Notation<bool> OnOrOff() { return OneOf<bool>({{"off", false}, {"on", true}}); }

Notation<McpEra> Era() {
  return OneOf<McpEra>({{"auto", McpEra::kAuto}, {"legacy", McpEra::kLegacy}, {"modern", McpEra::kModern}});
}

Notation<SseDialect> Dialect() {
  return OneOf<SseDialect>(
      {{"plain", SseDialect::kPlain}, {"openai", SseDialect::kOpenAi}, {"anthropic", SseDialect::kAnthropic}});
}

Notation<bool> TrueOrFalse() { return OneOf<bool>({{"true", true}, {"false", false}}); }

Notation<FileBytes> FileBytesOf() {
  return OneOf<FileBytes>({{"base64", FileBytes::kBase64}, {"raw", FileBytes::kRaw}});
}

Notation<A2aErrorCodes> ErrorCodes() {
  using enum A2aErrorCodes;
  return OneOf<A2aErrorCodes>({{"auto", kAuto}, {"1.0.1", k101}, {"1.0.0", k100}});
}

std::vector<Key<Config>> MakeConfigKeys() {
  using C = Config;
  return {
      Value("listen", Address(), &C::listen),
      Value("http_listen", Address(), &C::http_listen),
      Value("public_address", PublicAddress(), &C::public_address),
      Value("shards", Count(0, 256), &C::shards),
      {"upstreams", KeyShape::kUpstreams, {}, {}, {}},
      Value("reflection", TrueOrFalse(), &C::reflection),
      Value("heartbeat", DurationOrOff(), &C::heartbeat),
      HeaderNames("headers.up", &HeaderPolicy::up),
      HeaderNames("headers.down", &HeaderPolicy::down),
      Value("a2a.file_bytes", FileBytesOf(), &C::a2a, &A2a::file_bytes),
      Value("a2a.error_codes", ErrorCodes(), &C::a2a, &A2a::error_codes),
      Value("a2a.error_names", TrueOrFalse(), &C::a2a, &A2a::error_names),
      Value("limits.calls_in_flight", Count(1, 10'000'000), &C::limits, &Limits::calls_in_flight),
      Value("limits.streams_per_connection", Count(1, 1'000'000), &C::limits, &Limits::streams_per_connection),
      Value("limits.memory", Size(1), &C::limits, &Limits::memory_bytes),
      Value("limits.message", Size(1), &C::limits, &Limits::message_bytes),
      Value("limits.metadata", Size(1), &C::limits, &Limits::metadata_bytes),
      Value("limits.high_watermark", Size(1), &C::limits, &Limits::high_watermark_bytes),
      Value("limits.low_watermark", Size(1), &C::limits, &Limits::low_watermark_bytes),
      Value("limits.stall", Duration(1ms), &C::limits, &Limits::stall),
      Value("limits.session_requests", Count(1, 1'000'000), &C::limits, &Limits::session_requests),
      Value("keepalive.time", Duration(1ms), &C::keepalive, &Keepalive::time),
      Value("keepalive.timeout", Duration(1ms), &C::keepalive, &Keepalive::timeout),
      Value("keepalive.min_client_ping", Duration(), &C::keepalive, &Keepalive::min_client_ping),
      Value("drain.lame_duck", Duration(), &C::drain, &Drain::lame_duck),
      Value("drain.refuse", Duration(), &C::drain, &Drain::refuse),
      Value("drain.deadline", Duration(), &C::drain, &Drain::deadline),
      Value("resume.key", SecretKey(), &C::resume, &Resume::key),
      Value("resume.ttl", Duration(1000ms), &C::resume, &Resume::ttl),
  };
}

std::vector<Key<Upstream>> MakeUpstreamKeys() {
  using U = Upstream;
  return {
      Value("name", Text("a name of letters, digits, - and _", ParseUpstreamName), &U::name),
      Value("url", AbsoluteUrl(), &U::url),
      Value("kind", OneOf(Kinds()), &U::kind),
      Of({UpstreamKind::kA2a}, Value("version", Version(), &U::version)),
      Of({UpstreamKind::kA2a}, Value("card.refresh", DurationOrOff(), &U::card, &Card::refresh)),
      Of({UpstreamKind::kA2a}, Value("card.url", AbsoluteUrl(), &U::card, &Card::url)),
      Of({UpstreamKind::kA2a}, Texts("tenants", "a tenant, listed once", ParseTenant, &U::tenants)),
      Of({UpstreamKind::kA2a},
         Texts("authorities", "a host or host:port, listed once", ParseAuthority, &U::authorities)),
      Of({UpstreamKind::kMcp}, Value("era", Era(), &U::era)),
      Of({UpstreamKind::kSse}, Value("dialect", Dialect(), &U::dialect)),
      HeaderValues("headers"),
      Of({UpstreamKind::kA2a}, Value("on_cancel", Cancelling(), &U::on_cancel)),
      Of({UpstreamKind::kA2a}, Value("resume", OnOrOff(), &U::resume)),
      Of({UpstreamKind::kA2a}, Value("idempotent_send", OnOrOff(), &U::idempotent_send)),
      Value("clocks.connect", Duration(1ms), &U::clocks, &Clocks::connect),
      Value("clocks.first_byte", DurationOrOff(), &U::clocks, &Clocks::first_byte),
      Value("clocks.idle", DurationOrOff(), &U::clocks, &Clocks::idle),
      Value("clocks.total", DurationOrOff(), &U::clocks, &Clocks::total),
      Value("limits.event", Size(1), &U::limits, &UpstreamLimits::event_bytes),
      Value("limits.error_body", Size(0), &U::limits, &UpstreamLimits::error_body_bytes),
      Value("tls.ca_file", ReadableFile(), &U::tls, &TlsFiles::ca_file),
      Value("tls.cert_file", ReadableFile(), &U::tls, &TlsFiles::cert_file),
      Value("tls.key_file", ReadableFile(), &U::tls, &TlsFiles::key_file),
      Value("tls.server_name", Text("a host name without port", ParseServerName), &U::tls, &TlsFiles::server_name),
  };
}

}  // namespace

std::string NameOf(UpstreamKind kind) {
  const auto same = [&](const auto& word) { return word.second == kind; };
  return std::find_if(Kinds().begin(), Kinds().end(), same)->first;
}

std::string NamesOf(const std::vector<UpstreamKind>& kinds) {
  std::vector<std::string> names;
  for (const UpstreamKind kind : kinds) names.push_back(NameOf(kind));
  return Joined(names);
}

bool Belongs(const Key<Upstream>& key, UpstreamKind kind) {
  return key.kinds.empty() || std::find(key.kinds.begin(), key.kinds.end(), kind) != key.kinds.end();
}

const std::vector<Key<Config>>& ConfigKeys() {
  static const std::vector<Key<Config>> keys = MakeConfigKeys();
  return keys;
}

const std::vector<Key<Upstream>>& UpstreamKeys() {
  static const std::vector<Key<Upstream>> keys = MakeUpstreamKeys();
  return keys;
}

}  // namespace sluice::config
