#include "bioimageio/unicode/unicode.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "zooport/base/text.hpp"

namespace zooport::bioimageio::unicode {
namespace {

struct CodeRange {
  std::uint32_t first, last;
};
struct CategoryRange {
  std::uint32_t first, last;
  Category value;
};
struct BidiRange {
  std::uint32_t first, last;
  Bidi value;
};
struct JoiningRange {
  std::uint32_t first, last;
  char value;
};
struct DeltaRun {
  std::uint32_t first, last;
  std::int32_t delta;
};

#include "bioimageio/unicode/properties.inc"

template <class Range, std::size_t N>
const Range* find(const Range (&ranges)[N], std::uint32_t code) {
  const Range* range = std::lower_bound(std::begin(ranges), std::end(ranges), code,
                                        [](const Range& r, std::uint32_t c) { return r.last < c; });
  return range != std::end(ranges) && range->first <= code ? range : nullptr;
}

char32_t lower_of(char32_t code) {
  if (const DeltaRun* run = find(kLower1, code)) return code + static_cast<char32_t>(run->delta);
  const DeltaRun* run = find(kLower2, code);
  return run && (code - run->first) % 2 == 0 ? code + static_cast<char32_t>(run->delta) : code;
}

// A letter with case: what the rule about the final sigma asks for, near enough (letters of one case only are rare).
bool is_cased(char32_t code) {
  const auto is_upper = [](char32_t c) { return lower_of(c) != c; };
  if (is_upper(code)) return true;
  for (const DeltaRun& run : kLower1) {
    const auto upper = static_cast<std::uint32_t>(static_cast<std::int64_t>(code) - run.delta);
    if (upper >= run.first && upper <= run.last) return true;
  }
  return code > 0 && (is_upper(code - 1) || code == 0x3C2) && category_of(code) == Category::kVisible;
}

constexpr char32_t kSigma = 0x3A3;

bool is_final_sigma(std::u32string_view text, std::size_t at) {
  const auto is_passed_over = [](char32_t c) { return category_of(c) == Category::kMark || c == '\'' || c == '.'; };
  std::size_t before = at;
  while (before > 0 && is_passed_over(text[before - 1])) --before;
  if (before == 0 || !is_cased(text[before - 1])) return false;
  std::size_t after = at + 1;
  while (after < text.size() && is_passed_over(text[after])) ++after;
  return after == text.size() || !is_cased(text[after]);
}

}  // namespace

std::u32string decoded(std::string_view utf8) {
  std::u32string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xC0 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 0 || i + length > utf8.size()) {
      out += U'\uFFFD';
      ++i;
      continue;
    }
    char32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) code = code << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3Fu);
    out += code;
    i += length;
  }
  return out;
}

std::string encoded(std::u32string_view text) {
  std::string out;
  const auto add = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  for (const char32_t code : text) {
    if (code < 0x80) {
      add(code);
      continue;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    add((more == 1 ? 0xC0u : more == 2 ? 0xE0u : 0xF0u) | code >> (6 * more));
    for (int k = more - 1; k >= 0; --k) add(0x80u | (code >> (6 * k) & 0x3Fu));
  }
  return out;
}

std::string composed(std::string_view utf8) {
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return (c & 0x80) == 0; })) return std::string(utf8);
  return encoded(composed(decoded(utf8)));
}

std::string lower(std::string_view utf8) {
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return (c & 0x80) == 0; })) return to_lower(utf8);
  const std::u32string text = decoded(utf8);
  std::u32string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == 0x130)
      out += U"i\u0307";
    else
      out += text[i] == kSigma && is_final_sigma(text, i) ? U'\u03C2' : lower_of(text[i]);
  }
  return encoded(out);
}

bool is_alphanumeric(char32_t code) {
  if (code >= 0x80) return find(kAlphanumeric, code) != nullptr;
  return (code >= '0' && code <= '9') || ((code | 32) >= 'a' && (code | 32) <= 'z');
}

std::optional<int> digit_of(char32_t code) {
  const std::uint32_t* zero = std::upper_bound(std::begin(kZeros), std::end(kZeros), static_cast<std::uint32_t>(code));
  if (zero == std::begin(kZeros) || code - *(zero - 1) > 9) return std::nullopt;
  return static_cast<int>(code - *(zero - 1));
}

Category category_of(char32_t code) {
  const CategoryRange* range = find(kCategories, code);
  return range ? range->value : Category::kVisible;
}

bool has_full_stop(char32_t code) { return find(kDotted, code) != nullptr; }

Bidi bidi_of(char32_t code) {
  const BidiRange* range = find(kBidi, code);
  return range ? range->value : Bidi::kL;
}

char joining_of(char32_t code) {
  const JoiningRange* range = find(kJoining, code);
  return range ? range->value : 'U';
}

bool is_of(char32_t code, Script script) {
  switch (script) {
    case Script::kGreek: return find(kGreek, code) != nullptr;
    case Script::kHebrew: return find(kHebrew, code) != nullptr;
    case Script::kHiragana: return find(kHiragana, code) != nullptr;
    case Script::kKatakana: return find(kKatakana, code) != nullptr;
    default: return find(kHan, code) != nullptr;
  }
}

}  // namespace zooport::bioimageio::unicode
