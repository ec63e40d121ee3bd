#include "client/ctl/upstreams.h"

#include <algorithm>
#include <array>

#include "client/ctl/terminal.h"

namespace sluice::ctl {
namespace {

namespace pb = sluice::v1;

using Row = std::array<std::string, 3>;

std::string Names(const pb::ListUpstreamsResponse& list) {
  std::string names;
  for (const pb::UpstreamInfo& upstream : list.upstreams()) {
    names += (names.empty() ? "" : ", ") + VisibleLine(upstream.name());
  }
  return names;
}

absl::Status Wrong(const std::string& what) { return absl::InvalidArgumentError(what); }

}  // namespace

std::string UpstreamsText(const pb::ListUpstreamsResponse& list, bool colour) {
  std::array<std::size_t, 3> widths = {};
  std::vector<Row> rows = {{"NAME", "KIND", "SPEAKS"}};
  for (const pb::UpstreamInfo& upstream : list.upstreams()) {
    rows.push_back({VisibleLine(upstream.name()), VisibleLine(upstream.kind()), VisibleLine(upstream.dialect())});
  }
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < widths.size(); ++j)
      text += rows[i][j] + std::string(widths[j] - rows[i][j].size() + 2, ' ');
    if (i == 0) {
      text += "REACHABLE  AGENT\n";
    } else {
      const pb::UpstreamInfo& upstream = list.upstreams(static_cast<int>(i) - 1);
      text += Paint(colour, upstream.reachable() ? Colour::kGreen : Colour::kRed, upstream.reachable() ? "yes" : "no");
      const std::string agent = VisibleLine(upstream.agent_name());
      text += (agent.empty() ? "" : (upstream.reachable() ? "        " : "         ") + agent) + "\n";
    }
  }
  return text;
}

absl::StatusOr<std::string> ChatDialect(const pb::ListUpstreamsResponse& list, const std::string& upstream) {
  const auto found = std::find_if(list.upstreams().begin(), list.upstreams().end(), [&](const pb::UpstreamInfo& row) {
    return upstream.empty() ? row.kind() == "sse" : row.name() == upstream;
  });
  if (found == list.upstreams().end()) {
    return Wrong(upstream.empty()
                     ? "--upstream: the gateway has none of kind sse; there are " + Names(list)
                     : "--upstream: there is no '" + VisibleLine(upstream) + "'; there are " + Names(list));
  }
  if (found->kind() != "sse") {
    return Wrong("--upstream: '" + VisibleLine(found->name()) + "' is of kind " + VisibleLine(found->kind()) +
                 "; a chat needs one of kind sse");
  }
  if (found->dialect() == "openai" || found->dialect() == "anthropic") return found->dialect();
  return Wrong("--dialect: '" + VisibleLine(found->name()) + "' is set to " + VisibleLine(found->dialect()) +
               "; say openai or anthropic");
}

}  // namespace sluice::ctl
