// What a session carries is never printed anew: each case passes byte for byte, up and down, with every kind of
// upstream. The list is printed: translate_test --gtest_filter='*BytePreservation*'
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/translate/mcp_scene.h"

namespace sluice::translate {
namespace {

struct Case {
  std::string name;
  std::string id;     // of the request
  std::string value;  // a member of params, and the result
};

std::vector<Case> Cases() {
  return {
      {"integer 2^53+1 as the id", "9007199254740993", "1"},
      {"id 1.0", "1.0", "1"},
      {"id 1e2", "1e2", "1"},
      {"id with an escape", R"("\u0061")", "1"},
      {"empty id", R"("")", "1"},
      {"integer 2^53+1", "1", "9007199254740993"},
      {"integer beyond 64 bits", "1", "123456789012345678901234567890"},
      {"1.0 stays 1.0", "1", "1.0"},
      {"-0 and -0.0", "1", "[-0, -0.0]"},
      {"exponents as written", "1", "[1e5, 1E+5, 1.50e-07]"},
      {"number beyond double", "1", "1e400"},
      {"duplicate keys", "1", R"({"a":1,"a":2})"},
      {"order of keys", "1", R"({"z":1,"a":2,"m":3})"},
      {"escapes as written", "1", R"("\u00e9\/\n\u0022")"},
      {"lone surrogate", "1", R"("\ud800")"},
      {"text beyond ASCII", "1", "\"\u00e9\u4e16\U0001F600\""},
      {"NUL escape", "1", R"("\u0000")"},
      {"blanks inside", "1", "{ \"a\" :\t[ 1 , 2 ] }"},
      {"empty containers", "1", R"([{},[],""])"},
      {"nesting, 200 deep", "1", std::string(200, '[') + std::string(200, ']')},
      {"string of 1 MiB", "1", '"' + std::string(1 << 20, 'x') + '"'},
      {"line separators in a string", "1", "\"\u2028\u2029\u0085\""},
  };
}

class BytePreservation : public ::testing::TestWithParam<std::tuple<SessionKind, Case>> {};

TEST_P(BytePreservation, PassesUpAndDown) {
  const auto& [kind, c] = GetParam();
  SessionScene scene({"up", kind, {4 << 20, 1024, 8}});
  const std::string up = Call(c.id, "m", R"({"v":)" + c.value + "}");
  scene.Send(up);
  ASSERT_EQ(scene.requests.size(), 1u) << (scene.Ended().empty() ? "" : scene.LastMessageOfEnded());
  EXPECT_EQ(scene.requests[0].body, up);

  const std::string notice = Notice("n", R"({"v":)" + c.value + "}");
  const std::string down = Result(c.id, c.value);
  scene.Events(1);
  scene.Bytes(1, Sse(notice) + Sse(down));
  const auto messages = scene.Messages();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].second, notice);
  EXPECT_EQ(messages[1].second, down);
  EXPECT_EQ(messages[1].first, c.id);
}

std::string NameOf(const ::testing::TestParamInfo<std::tuple<SessionKind, Case>>& info) {
  const auto& [kind, c] = info.param;
  std::string name = kind == SessionKind::kMcp ? "Mcp_" : kind == SessionKind::kA2a ? "A2a_" : "JsonRpc_";
  for (const char ch : c.name) name += std::isalnum(static_cast<unsigned char>(ch)) != 0 ? ch : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, BytePreservation,
                         ::testing::Combine(::testing::Values(SessionKind::kJsonRpc, SessionKind::kA2a,
                                                              SessionKind::kMcp),
                                            ::testing::ValuesIn(Cases())),
                         NameOf);

}  // namespace
}  // namespace sluice::translate
