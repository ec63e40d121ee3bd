#include "server/config/draft.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "server/config/parse_address.h"
#include "server/config/parse_values.h"

namespace sluice::config {
namespace {

constexpr std::string_view kNoUpstream =
    "no upstream is configured; name one, for example --upstream=http://127.0.0.1:41241/";

const Origin* Find(const Origins& origins, std::string_view path) {
  const auto found = origins.find(path);
  return found == origins.end() ? nullptr : &found->second;
}

bool Refused(const Origins& origins, std::string_view path) {
  const Origin* origin = Find(origins, path);
  return origin != nullptr && !origin->good;
}

// A value for an error: as a reference where it came from one, which it may not leave.
std::string Shown(const Origins& origins, std::string_view path, const std::string& value) {
  const Origin* origin = Find(origins, path);
  return origin == nullptr || origin->references.empty() ? value : origin->references.begin()->second;
}

// Reports at the first of the two keys that somebody wrote; values that were refused already contradict nobody.
void Contradiction(const Origins& origins, std::string_view path, std::string_view other, std::string_view message,
                   Problems& problems) {
  if (Refused(origins, path) || Refused(origins, other)) return;
  const Origin* at = Find(origins, path) != nullptr ? Find(origins, path) : Find(origins, other);
  if (at != nullptr) problems.Add(at->where, at->path, message);
}

void CheckWatermarks(const Draft& draft, Problems& problems) {
  const Limits& limits = draft.config.limits;
  if (limits.low_watermark_bytes < limits.high_watermark_bytes) return;
  const std::string low = Shown(draft.origins, "limits.low_watermark", PrintSize(limits.low_watermark_bytes));
  const std::string high = Shown(draft.origins, "limits.high_watermark", PrintSize(limits.high_watermark_bytes));
  const std::string message = "the low watermark (" + low + ") must be below the high watermark (" + high + ")";
  Contradiction(draft.origins, "limits.low_watermark", "limits.high_watermark", message, problems);
}

void CheckListeners(const Draft& draft, Problems& problems) {
  const Config& config = draft.config;
  if (config.listen.port == 0 || config.listen != config.http_listen) return;
  const std::string address = Shown(draft.origins, "listen", PrintHostPort(config.listen));
  const std::string message = "listen and http_listen are both " + Shown(draft.origins, "http_listen", address);
  Contradiction(draft.origins, "http_listen", "listen", message, problems);
}

void CheckName(const Draft& draft, std::size_t index, Problems& problems) {
  const UpstreamDraft& upstream = draft.upstreams[index];
  if (Refused(upstream.origins, "name")) return;
  for (std::size_t i = 0; i < index; ++i) {
    const UpstreamDraft& earlier = draft.upstreams[i];
    if (earlier.value.name != upstream.value.name || Refused(earlier.origins, "name")) continue;
    const Origin* name = Find(upstream.origins, "name");
    const Origin& at = name != nullptr ? *name : upstream.origin;
    problems.Add(at.where, at.path,
                 (name != nullptr ? "" : "needs a name of its own; ") +
                     Quoted(Shown(upstream.origins, "name", upstream.value.name)) +
                     " is the name of an earlier upstream" +
                     (earlier.origin.where.empty() ? "" : " (" + earlier.origin.where + ')'));
    return;
  }
}

void CheckUrlIsThere(const Draft& draft, const UpstreamDraft& upstream, Problems& problems) {
  if (Find(upstream.origins, "url") != nullptr) return;
  const Origin& at = upstream.origin;
  // What could not be read may have defined it.
  if (upstream.only_set && Refused(draft.origins, "upstreams")) return;
  if (!upstream.only_set) {
    problems.Add(at.where, at.path, "needs a url, for example url: http://127.0.0.1:41241/");
    return;
  }
  std::vector<std::string> names;
  for (const UpstreamDraft& other : draft.upstreams) {
    if (!other.only_set) names.push_back(Shown(other.origins, "name", other.value.name));
  }
  const std::string nearest = Nearest(upstream.value.name, names);
  problems.Add(at.where, at.path,
               "there is no such upstream" + (nearest.empty() ? "" : "; did you mean " + Quoted(nearest) + '?') +
                   (names.empty() ? "" : " upstreams: " + Joined(names)));
}

void CheckTls(const UpstreamDraft& upstream, Problems& problems) {
  const Origin* cert = Find(upstream.origins, "tls.cert_file");
  const Origin* key = Find(upstream.origins, "tls.key_file");
  if (cert != nullptr && key == nullptr) problems.Add(cert->where, cert->path, "needs tls.key_file, its private key");
  if (key != nullptr && cert == nullptr) problems.Add(key->where, key->path, "needs tls.cert_file, its certificate");
  const Origin* url = Find(upstream.origins, "url");
  if (url == nullptr || !url->good || upstream.value.url.tls) return;
  for (const char* path : {"tls.ca_file", "tls.cert_file", "tls.key_file", "tls.server_name"}) {
    const Origin* at = Find(upstream.origins, path);
    if (at != nullptr) problems.Add(at->where, at->path, "has no effect on an http:// url; https:// is expected");
  }
}

using Routes = std::vector<std::string> Upstream::*;

// "\"x\" is a tenant of upstream \"a\" too": where a call goes may not depend on the order of upstreams.
void CheckRoutes(const Draft& draft, std::size_t index, std::string_view path, Routes list, Problems& problems) {
  const UpstreamDraft& upstream = draft.upstreams[index];
  const Origin* at = Find(upstream.origins, path);
  if (at == nullptr || !at->good) return;
  const auto add = [&](const UpstreamDraft& other, const std::string& route, const std::string& is) {
    problems.Add(at->where, at->path,
                 Quoted(Shown(upstream.origins, path, route)) + " of upstream " +
                     Quoted(Shown(upstream.origins, "name", upstream.value.name)) + " is " + is + " upstream " +
                     Quoted(Shown(other.origins, "name", other.value.name)) + " too; a call goes to one of them");
  };
  for (const std::string& route : upstream.value.*list) {
    for (std::size_t i = 0; i < draft.upstreams.size(); ++i) {
      const UpstreamDraft& other = draft.upstreams[i];
      const auto& taken = other.value.*list;
      if (i < index && std::find(taken.begin(), taken.end(), route) != taken.end()) add(other, route, "one of");
      // A name is a tenant as well.
      if (i != index && list == &Upstream::tenants && other.value.name == route) add(other, route, "the name of");
    }
  }
}

// What was written for another kind than the upstream's would have no effect.
void CheckKind(const UpstreamDraft& upstream, Problems& problems) {
  if (Refused(upstream.origins, "kind")) return;
  for (const Key<Upstream>& key : UpstreamKeys()) {
    const Origin* at = Find(upstream.origins, key.path);
    if (at == nullptr || !at->good || Belongs(key, upstream.value.kind)) continue;
    problems.Add(at->where, at->path,
                 "is of upstreams of kind " + NamesOf(key.kinds) + ", this one is of kind " +
                     Shown(upstream.origins, "kind", NameOf(upstream.value.kind)) +
                     "; leave it out, or write kind: " + NameOf(key.kinds.front()));
  }
}

}  // namespace

UpstreamDraft* FindUpstream(Draft& draft, std::string_view name) {
  for (UpstreamDraft& upstream : draft.upstreams) {
    if (upstream.value.name == name) return &upstream;
  }
  return nullptr;
}

void CheckDraft(const Draft& draft, Problems& problems) {
  CheckListeners(draft, problems);
  CheckWatermarks(draft, problems);
  for (std::size_t i = 0; i < draft.upstreams.size(); ++i) {
    CheckName(draft, i, problems);
    CheckUrlIsThere(draft, draft.upstreams[i], problems);
    CheckKind(draft.upstreams[i], problems);
    CheckTls(draft.upstreams[i], problems);
    CheckRoutes(draft, i, "tenants", &Upstream::tenants, problems);
    CheckRoutes(draft, i, "authorities", &Upstream::authorities, problems);
  }
  if (!draft.upstreams.empty() || Refused(draft.origins, "upstreams")) return;
  const Origin* written = Find(draft.origins, "upstreams");
  problems.Add(written != nullptr ? written->where : "sluice", "upstreams", kNoUpstream);
}

Config Finish(Draft draft) {
  for (UpstreamDraft& upstream : draft.upstreams) draft.config.upstreams.push_back(std::move(upstream.value));
  return std::move(draft.config);
}

}  // namespace sluice::config
