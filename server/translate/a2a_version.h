// The versions of A2A that are spoken, on either side.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_VERSION_H_
#define SLUICE_SERVER_TRANSLATE_A2A_VERSION_H_

#include <string_view>

namespace sluice::translate {

// 0.3 stands for 0.2.2 to 0.3.x, which are the same on the wire.
enum class A2aVersion { k10, k03 };

// As agent cards and `A2A-Version` write it.
constexpr std::string_view NameOf(A2aVersion version) { return version == A2aVersion::k03 ? "0.3" : "1.0"; }

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_VERSION_H_
