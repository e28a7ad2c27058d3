#include "zooport/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace zooport {
namespace {

template <class T>
std::string shortest(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::array<char, 64> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Decodes one code point at `at` and advances; -1 for a byte that is not UTF-8 (advances by one).
std::int32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
  if (length == 1) return byte(at++);
  if (length == 0 || at + length > text.size()) return ++at, -1;
  std::int32_t code = first & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (byte(at + i) >> 6 != 2) return ++at, -1;
    code = code << 6 | (byte(at + i) & 63);
  }
  constexpr std::array<std::int32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return ++at, -1;
  at += length;
  return code;
}

// Characters that would move the cursor or reorder the line that they stand in.
bool is_deceptive(std::int32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x200E || code == 0x200F || code == 0x2028 ||
         code == 0x2029 || (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x061C ||
         code == 0xFEFF;
}

std::string hex(std::uint32_t value, int digits) {
  std::string text;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
  return text;
}

}  // namespace

std::string number_text(double value) { return shortest(value); }
std::string number_text(float value) { return shortest(value); }

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += separator;
    text += items[i];
  }
  return text;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) value /= 1024, ++unit;
  return concat(std::round(value * 10) / 10, ' ', kUnits[unit]);
}

std::string printable(std::string_view outside, std::size_t most) {
  std::string text;
  std::size_t count = 0;
  for (std::size_t at = 0; at < outside.size(); ++count) {
    if (count == most) return text + "…";
    const std::size_t begin = at;
    const std::int32_t code = next_code_point(outside, at);
    if (code < 0) {
      text += "\\x" + hex(static_cast<unsigned char>(outside[begin]), 2);
    } else if (code == '\n') {
      text += "\\n";
    } else if (code == '\t') {
      text += "\\t";
    } else if (is_deceptive(code)) {
      text += "\\u{" + hex(static_cast<std::uint32_t>(code), code > 0xFFFF ? 6 : 4) + "}";
    } else {
      text += outside.substr(begin, at - begin);
    }
  }
  return text;
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (next_code_point(text, at) < 0) return false;
  return true;
}

std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && to_lower(text.substr(0, prefix.size())) == to_lower(prefix);
}

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && to_lower(text.substr(text.size() - suffix.size())) == to_lower(suffix);
}

std::string to_lower(std::string_view ascii) {
  std::string text(ascii);
  std::transform(text.begin(), text.end(), text.begin(), lower);
  return text;
}

// Two candidates that are equally near are no answer, and case does not count: what is found can be applied as a fix.
std::string_view nearest(std::string_view word_in_any_case, const std::vector<std::string_view>& candidates) {
  if (word_in_any_case.size() > 64) return {};
  const std::string word = to_lower(word_in_any_case);
  std::string_view best;
  bool is_tie = false;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view name : candidates) {
    if (name.size() > 64) continue;
    const std::string candidate = to_lower(name);
    // Letters inserted, left out, changed, or swapped with their neighbour; one row at a time.
    std::array<std::size_t, 65> row{}, before{}, before_that{};
    for (std::size_t j = 0; j <= candidate.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
      before_that = before;
      before = row;
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t change = before[j - 1] + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        row[j] = std::min({before[j] + 1, row[j - 1] + 1, change});
        if (i > 1 && j > 1 && word[i - 1] == candidate[j - 2] && word[i - 2] == candidate[j - 1])
          row[j] = std::min(row[j], before_that[j - 2] + 1);
      }
    }
    if (row[candidate.size()] < best_distance) {
      best_distance = row[candidate.size()];
      best = name;
      is_tie = false;
    } else if (row[candidate.size()] == best_distance && !best.empty() && name != best) {
      is_tie = true;
    }
  }
  return is_tie ? std::string_view() : best;
}

}  // namespace zooport
