#include "client/agent/site.h"

#include <algorithm>
#include <utility>

#include "client/agent/json_text.h"

namespace sluice::agent {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

}  // namespace

std::optional<std::string_view> HttpCall::Header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (SameName(known, name)) return value;
  }
  return std::nullopt;
}

bool IsJson(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return type == kJson;
}

HttpReply EmptyReply(int status) { return {.status = status, .content_type = ""}; }

HttpReply PlainReply(int status, std::string_view text) {
  return {status, "text/plain; charset=utf-8", std::string(text) + "\n", {}};
}

HttpReply WrongMethod(std::string_view allowed) {
  HttpReply reply = PlainReply(405, "Use " + std::string(allowed));
  reply.headers.emplace_back("Allow", allowed);
  return reply;
}

SiteAnswer AnswerOf(std::string_view method, std::unique_ptr<Feed> feed, std::unique_ptr<Fault> fault) {
  SiteAnswer answer{method, {}, std::move(fault)};
  if (answer.fault != nullptr && answer.fault->body) {
    answer.what = HttpReply{.body = *answer.fault->body};
  } else {
    answer.what = std::move(feed);
  }
  return answer;
}

std::string HeadersJson(const HttpCall& call) {
  std::string json;
  for (const auto& [name, value] : call.headers) {
    std::string lower(name);
    for (char& c : lower) c = Lower(c);
    AppendItem(Quoted(lower) + ":" + Quoted(value), json);
  }
  return "{" + json + "}";
}

SiteAnswer Site::Serve(const HttpCall& call, Now now) {
  if (call.path() == "/_agent/stats") {
    return {{}, call.method == "GET" ? HttpReply{.body = stats_.Json()} : WrongMethod("GET")};
  }
  if (call.path() == "/_agent/reset") {
    if (call.method != "POST") return {{}, WrongMethod("POST")};
    stats_.Reset();
    return {{}, HttpReply{.body = "{}"}};
  }
  return Answer(call, now);
}

}  // namespace sluice::agent
