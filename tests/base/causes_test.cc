#include "server/base/causes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice {
namespace {

struct Row {
  Cause cause;
  std::string name;
};
// The vocabulary, as protos/ERRORS.md promises it to callers.
const Row kVocabulary[] = {{Cause::kRequest, "request"},
                           {Cause::kResolve, "resolve"},
                           {Cause::kRefused, "refused"},
                           {Cause::kNoRoute, "no_route"},
                           {Cause::kTimeout, "timeout"},
                           {Cause::kConnect, "connect"},
                           {Cause::kClosed, "closed"},
                           {Cause::kTlsFiles, "tls_files"},
                           {Cause::kTlsPlain, "tls_plain"},
                           {Cause::kTlsExpired, "tls_expired"},
                           {Cause::kTlsNotYetValid, "tls_not_yet_valid"},
                           {Cause::kTlsWrongName, "tls_wrong_name"},
                           {Cause::kTlsSelfSigned, "tls_self_signed"},
                           {Cause::kTlsUnknownAuthority, "tls_unknown_authority"},
                           {Cause::kTlsCertificate, "tls_certificate"},
                           {Cause::kTlsClientCertificate, "tls_client_certificate"},
                           {Cause::kTlsHandshake, "tls_handshake"},
                           {Cause::kDescriptors, "descriptors"},
                           {Cause::kPorts, "ports"}};

TEST(CausesTest, EveryCauseHasItsStableName) {
  for (const Row& row : kVocabulary) {
    const CauseInfo* info = FindCause(row.cause);
    ASSERT_NE(info, nullptr) << row.name;
    EXPECT_EQ(info->name, row.name);
  }
  EXPECT_EQ(AllCauses().size(), std::size(kVocabulary));
  EXPECT_EQ(FindCause(Cause::kNone), nullptr);
}

TEST(CausesTest, NoNameStandsTwice) {
  std::set<std::string_view> seen;
  for (const CauseInfo& row : AllCauses()) EXPECT_TRUE(seen.insert(row.name).second) << row.name;
}

// They are put together to one sentence.
TEST(CausesTest, TheTextsArePartsOfASentence) {
  for (const CauseInfo& row : AllCauses()) {
    for (const std::string_view text : {row.meaning, row.remedy}) {
      ASSERT_FALSE(text.empty()) << row.name;
      EXPECT_TRUE(text.front() >= 'a' && text.front() <= 'z') << text;
      EXPECT_NE(text.back(), '.') << text;
      EXPECT_EQ(text.find('|'), text.npos) << text << ": it stands in a table";
    }
  }
}

}  // namespace
}  // namespace sluice
