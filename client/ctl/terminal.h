// What a terminal is shown: colours, and text of strangers made harmless. Pure.
#ifndef SLUICE_CLIENT_CTL_TERMINAL_H_
#define SLUICE_CLIENT_CTL_TERMINAL_H_

#include <string>
#include <string_view>

namespace sluice::ctl {

enum class Colour { kRed, kGreen, kYellow, kBlue, kDim };

// Whether to colour what goes to `fd`: a terminal that can, and no NO_COLOR (no-color.org).
bool WantsColour(int fd);

// `text` in `colour` when `on`.
std::string Paint(bool on, Colour colour, std::string_view text);

// `text` with every control character but tab and newline spelt out, so that an agent's words cannot drive the
// terminal.
std::string VisibleText(std::string_view text);

// VisibleText on one line: newlines become blanks.
std::string VisibleLine(std::string_view text);

// Each line of VisibleText(text) behind `margin`, ended by a newline; trailing newlines are dropped.
std::string Indented(std::string_view text, std::string_view margin);

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_TERMINAL_H_
