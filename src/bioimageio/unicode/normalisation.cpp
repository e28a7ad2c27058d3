#include <algorithm>
#include <iterator>

#include "bioimageio/unicode/unicode.hpp"

// Normalisation form C: decompose, order marks by their classes, compose.
namespace zooport::bioimageio::unicode {
namespace {

struct Decomposition {
  std::uint32_t code, first, second;  // second is 0 where there is one only
  bool composes;
};
struct ValueRange {
  std::uint32_t first, last;
  std::uint8_t value;
};

#include "bioimageio/unicode/normalisation.inc"

// Syllables of Hangul are composed by arithmetic.
constexpr char32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7;
constexpr char32_t kLeadCount = 19, kVowelCount = 21, kTailCount = 28;
constexpr char32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

void decompose(char32_t code, std::u32string& out) {
  if (code >= kSyllables && code < kSyllables + kSyllableCount) {
    const char32_t index = code - kSyllables;
    out += kLeads + index / (kVowelCount * kTailCount);
    out += kVowels + index % (kVowelCount * kTailCount) / kTailCount;
    if (index % kTailCount != 0) out += kTails + index % kTailCount;
    return;
  }
  const auto* found = std::lower_bound(std::begin(kDecompositions), std::end(kDecompositions), code,
                                       [](const Decomposition& d, char32_t c) { return d.code < c; });
  if (found == std::end(kDecompositions) || found->code != code) {
    out += code;
    return;
  }
  decompose(found->first, out);
  if (found->second != 0) decompose(found->second, out);
}

// 0 if the two do not compose.
char32_t composition_of(char32_t first, char32_t second) {
  if (first >= kLeads && first < kLeads + kLeadCount && second >= kVowels && second < kVowels + kVowelCount)
    return kSyllables + ((first - kLeads) * kVowelCount + second - kVowels) * kTailCount;
  if (first >= kSyllables && first < kSyllables + kSyllableCount && (first - kSyllables) % kTailCount == 0 &&
      second > kTails && second < kTails + kTailCount)
    return first + second - kTails;
  if (second < 0x300) return 0;
  // Seldom asked: a table by pairs would cost more than it saves.
  for (const Decomposition& d : kDecompositions)
    if (d.composes && d.first == first && d.second == second) return d.code;
  return 0;
}

}  // namespace

int combining_class_of(char32_t code) {
  const ValueRange* range =
      std::lower_bound(std::begin(kCombiningClasses), std::end(kCombiningClasses), static_cast<std::uint32_t>(code),
                       [](const ValueRange& r, std::uint32_t c) { return r.last < c; });
  return range != std::end(kCombiningClasses) && range->first <= code ? range->value : 0;
}

std::u32string composed(std::u32string_view text) {
  std::u32string all;
  for (const char32_t code : text) decompose(code, all);
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && combining_class_of(all[end]) != 0) ++end;
    std::stable_sort(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end),
                     [](char32_t a, char32_t b) { return combining_class_of(a) < combining_class_of(b); });
    begin = end + 1;
  }
  std::u32string out;
  std::size_t starter = std::u32string::npos;  // in `out`
  int last_class = -1;                         // of what lies between the starter and here; -1: nothing
  for (const char32_t code : all) {
    const int own_class = combining_class_of(code);
    if (starter != std::u32string::npos && last_class < own_class) {
      if (const char32_t both = composition_of(out[starter], code)) {
        out[starter] = both;
        continue;
      }
    }
    if (own_class == 0) {
      starter = out.size();
      last_class = -1;
    } else {
      last_class = own_class;
    }
    out += code;
  }
  return out;
}

}  // namespace zooport::bioimageio::unicode
