#include <algorithm>
#include <limits>

#include "bioimageio/unicode/domain.hpp"

// RFC 3492.
namespace zooport::bioimageio::unicode {
namespace {

constexpr std::uint32_t kBase = 36, kLeast = 1, kMost = 26, kSkew = 38, kDamp = 700, kFirstBias = 72, kFirst = 128;
constexpr std::uint32_t kLimit = std::numeric_limits<std::uint32_t>::max();

std::uint32_t adapted(std::uint32_t delta, std::uint32_t points, bool is_first) {
  delta = is_first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > (kBase - kLeast) * kMost / 2; k += kBase) delta /= kBase - kLeast;
  return k + (kBase - kLeast + 1) * delta / (delta + kSkew);
}

std::uint32_t threshold(std::uint32_t k, std::uint32_t bias) { return k <= bias ? kLeast : std::min(k - bias, kMost); }

}  // namespace

std::optional<std::string> to_punycode(std::u32string_view label) {
  std::string out;
  for (const char32_t code : label)
    if (code < 0x80) out += static_cast<char>(code);
  const auto basic = static_cast<std::uint32_t>(out.size());
  if (basic > 0) out += '-';
  std::uint32_t n = kFirst, delta = 0, bias = kFirstBias, handled = basic;
  while (handled < label.size()) {
    std::uint32_t next = kLimit;
    for (const char32_t code : label)
      if (code >= n) next = std::min(next, static_cast<std::uint32_t>(code));
    if (next - n > (kLimit - delta) / (handled + 1)) return std::nullopt;
    delta += (next - n) * (handled + 1);
    n = next;
    for (const char32_t code : label) {
      if (code < n && ++delta == 0) return std::nullopt;
      if (code != n) continue;
      std::uint32_t q = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t t = threshold(k, bias);
        const std::uint32_t digit = q < t ? q : t + (q - t) % (kBase - t);
        out += static_cast<char>(digit < 26 ? 'a' + digit : '0' + digit - 26);
        if (q < t) break;
        q = (q - t) / (kBase - t);
      }
      bias = adapted(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

std::optional<std::u32string> from_punycode(std::string_view ascii) {
  std::u32string out;
  if (const std::size_t dash = ascii.rfind('-'); dash != ascii.npos) {
    for (const char c : ascii.substr(0, dash)) {
      if ((c & 0x80) != 0) return std::nullopt;
      out += static_cast<char32_t>(c);
    }
    ascii.remove_prefix(dash + 1);
  }
  std::uint32_t n = kFirst, i = 0, bias = kFirstBias;
  for (bool is_first = true; !ascii.empty(); is_first = false) {
    const std::uint32_t before = i;
    std::uint32_t weight = 1;
    for (std::uint32_t k = kBase;; k += kBase) {
      if (ascii.empty()) return std::nullopt;
      const char c = ascii.front();
      ascii.remove_prefix(1);
      std::uint32_t digit = kBase;
      if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0' + 26);
      if ((c | 32) >= 'a' && (c | 32) <= 'z') digit = static_cast<std::uint32_t>((c | 32) - 'a');
      if (digit >= kBase || digit > (kLimit - i) / weight) return std::nullopt;
      i += digit * weight;
      const std::uint32_t t = threshold(k, bias);
      if (digit < t) break;
      if (weight > kLimit / (kBase - t)) return std::nullopt;
      weight *= kBase - t;
    }
    const auto points = static_cast<std::uint32_t>(out.size() + 1);
    bias = adapted(i - before, points, is_first);
    if (i / points > kLimit - n) return std::nullopt;
    n += i / points;
    i %= points;
    if (n > 0x10FFFF || (n >= 0xD800 && n < 0xE000)) return std::nullopt;
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), static_cast<char32_t>(n));
    ++i;
  }
  return out;
}

}  // namespace zooport::bioimageio::unicode
