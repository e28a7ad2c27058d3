#include "bioimageio/identifiers.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

#include "bioimageio/identifier_ranges.inc"

template <std::size_t N>
bool is_in(const Range (&ranges)[N], std::uint32_t code) {
  const Range* range = std::lower_bound(std::begin(ranges), std::end(ranges), code,
                                        [](const Range& r, std::uint32_t c) { return r.last < c; });
  return range != std::end(ranges) && range->first <= code;
}

constexpr std::string_view kKeywords[] = {"False",  "None",   "True",    "and",      "as",       "assert", "async",
                                          "await",  "break",  "class",   "continue", "def",      "del",    "elif",
                                          "else",   "except", "finally", "for",      "from",     "global", "if",
                                          "import", "in",     "is",      "lambda",   "nonlocal", "not",    "or",
                                          "pass",   "raise",  "return",  "try",      "while",    "with",   "yield"};

// The next code point of valid UTF-8.
std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3F);
  text.remove_prefix(length);
  return code;
}

bool is_ascii_letter(std::uint32_t code) { return code == '_' || ((code | 32) >= 'a' && (code | 32) <= 'z'); }

}  // namespace

bool is_identifier(std::string_view text) {
  if (text.empty() || !is_valid_utf8(text)) return false;
  if (std::find(std::begin(kKeywords), std::end(kKeywords), text) != std::end(kKeywords)) return false;
  for (bool first = true; !text.empty(); first = false) {
    const std::uint32_t code = take_code_point(text);
    const bool starts = code < 0x80 ? is_ascii_letter(code) : is_in(kStart, code);
    const bool goes_on = code < 0x80 ? code >= '0' && code <= '9' : is_in(kContinueOnly, code);
    if (!starts && (first || !goes_on)) return false;
  }
  return true;
}

}  // namespace zooport::bioimageio
