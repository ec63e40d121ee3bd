// The versions of A2A that are spoken, on either side.
#ifndef SLUICE_SERVER_TRANSLATE_A2A_VERSION_H_
#define SLUICE_SERVER_TRANSLATE_A2A_VERSION_H_

namespace sluice::translate {

// 0.3 stands for 0.2.2 to 0.3.x, which are the same on the wire.
enum class A2aVersion { k10, k03 };

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_A2A_VERSION_H_
