#include "client/ctl/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace sluice::ctl {
namespace {

std::string_view Code(Colour colour) {
  switch (colour) {
    case Colour::kRed:
      return "31";
    case Colour::kGreen:
      return "32";
    case Colour::kYellow:
      return "33";
    case Colour::kBlue:
      return "34";
    case Colour::kDim:
      return "2";
  }
  return "0";
}

std::string Spelt(unsigned code) {
  char buffer[8];
  std::snprintf(buffer, sizeof buffer, "\\x%02x", code);
  return buffer;
}

}  // namespace

bool WantsColour(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return isatty(fd) == 1;
}

std::string Paint(bool on, Colour colour, std::string_view text) {
  if (!on) return std::string(text);
  return "\x1b[" + std::string(Code(colour)) + "m" + std::string(text) + "\x1b[0m";
}

std::string VisibleText(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      visible += Spelt(byte);
    } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {  // U+0080..U+009F, which some terminals obey too
      visible += Spelt(next);
      ++i;
    } else {
      visible += text[i];
    }
  }
  return visible;
}

std::string VisibleLine(std::string_view text) {
  std::string line = VisibleText(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

std::string Indented(std::string_view text, std::string_view margin) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::string indented(margin);
  for (char c : VisibleText(text)) {
    indented += c;
    if (c == '\n') indented += margin;
  }
  return indented + "\n";
}

}  // namespace sluice::ctl
