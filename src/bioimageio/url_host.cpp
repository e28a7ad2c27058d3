#include "bioimageio/url_host.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "bioimageio/unicode/domain.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_of(text[i + 1]) >= 0 && hex_of(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_of(text[i + 1]) * 16 + hex_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_all_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

// Decimal, octal (0…) or hexadecimal (0x…); what is larger than any address comes out as 2^32 or more.
std::optional<std::uint64_t> number_of(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t base = 10;
  if (text.size() >= 2 && text[0] == '0' && (text[1] | 32) == 'x')
    base = 16, text.remove_prefix(2);
  else if (text.size() >= 2 && text[0] == '0')
    base = 8, text.remove_prefix(1);
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = hex_of(c);
    if (digit < 0 || static_cast<std::uint64_t>(digit) >= base) return std::nullopt;
    value = std::min<std::uint64_t>(value * base + static_cast<std::uint64_t>(digit), std::uint64_t{1} << 40);
  }
  return value;
}

// A name that ends in a number is an address, or wrong.
bool ends_in_number(std::vector<std::string_view> parts) {
  if (parts.back().empty() && parts.size() > 1) parts.pop_back();
  return is_all_digits(parts.back()) || (starts_with_ignoring_case(parts.back(), "0x") && number_of(parts.back()));
}

std::optional<std::string> ipv4_of(std::vector<std::string_view> parts) {
  if (parts.back().empty() && parts.size() > 1) parts.pop_back();
  if (parts.size() > 4) return std::nullopt;
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = number_of(parts[i]);
    const bool is_last = i + 1 == parts.size();
    // The last one fills all bytes that are left.
    if (!number || *number >= (is_last ? std::uint64_t{1} << (8 * (4 - i)) : 256)) return std::nullopt;
    address |= is_last ? *number : *number << (8 * (3 - i));
  }
  return concat(address >> 24, ".", address >> 16 & 255, ".", address >> 8 & 255, ".", address & 255);
}

// d.d.d.d at the end of an IPv6 address, into two pieces.
bool read_ipv4_tail(std::string_view text, std::uint16_t* pieces) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    if (!is_all_digits(parts[i]) || parts[i].size() > 3 || (parts[i].size() > 1 && parts[i][0] == '0')) return false;
    const auto value = number_of(parts[i]);
    if (!value || *value > 255) return false;
    pieces[i / 2] = static_cast<std::uint16_t>(pieces[i / 2] << 8 | *value);
  }
  return true;
}

using Pieces = std::array<std::uint16_t, 8>;

std::optional<Pieces> ipv6_pieces(std::string_view text) {
  Pieces pieces{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;  // where "::" stands
  if (text.starts_with(':')) {
    if (!text.starts_with("::")) return std::nullopt;
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (count == 8) return std::nullopt;
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view part = text.substr(0, end);
    if (part.find('.') != part.npos) {
      if (end != text.size() || count > 6 || !read_ipv4_tail(part, &pieces[count])) return std::nullopt;
      count += 2;
      break;
    }
    if (part.empty()) {
      if (gap) return std::nullopt;
      gap = count;
      text.remove_prefix(1);
      continue;
    }
    if (part.size() > 4) return std::nullopt;
    for (const char c : part) {
      if (hex_of(c) < 0) return std::nullopt;
      pieces[count] = static_cast<std::uint16_t>(pieces[count] << 4 | hex_of(c));
    }
    ++count;
    text.remove_prefix(end);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
  }
  if (!gap) return count == 8 ? std::optional(pieces) : std::nullopt;
  if (count == 8) return std::nullopt;
  std::rotate(pieces.begin() + static_cast<std::ptrdiff_t>(*gap), pieces.begin() + static_cast<std::ptrdiff_t>(count),
              pieces.end());
  return pieces;
}

// The first of the longest runs of two zeros or more becomes "::".
std::string ipv6_text(const Pieces& pieces) {
  std::size_t best = 0, length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && pieces[end] == 0) ++end;
    if (end - i > length) best = i, length = end - i;
  }
  std::string out = "[";
  for (std::size_t i = 0; i < 8; ++i) {
    if (length > 1 && i == best) {
      out += i == 0 ? "::" : ":";
      i += length - 1;
      continue;
    }
    bool has_begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const int digit = pieces[i] >> shift & 15;
      has_begun = has_begun || digit != 0 || shift == 0;
      if (has_begun) out += "0123456789abcdef"[digit];
    }
    if (i < 7) out += ':';
  }
  return out + "]";
}

std::optional<std::string> bracketed(std::string_view text) {
  if (!text.ends_with(']')) return std::nullopt;
  const auto pieces = ipv6_pieces(text.substr(1, text.size() - 2));
  if (!pieces) return std::nullopt;
  return ipv6_text(*pieces);
}

}  // namespace

std::optional<std::string> host_of_url(std::string_view text) {
  if (text.starts_with('[')) return bracketed(text);
  const std::string bytes = percent_decoded(text);
  if (!is_valid_utf8(bytes)) return std::nullopt;
  const auto domain = unicode::domain_of_url(bytes);
  if (!domain || domain->empty()) return std::nullopt;
  const auto parts = split(*domain, '.');
  return ends_in_number(parts) ? ipv4_of(parts) : domain;
}

bool is_opaque_host(std::string_view text) {
  if (text.starts_with('[')) return bracketed(text).has_value();
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c == '\0' || std::string_view("\t\n\r #/:<>?@[\\]^|").find(c) != std::string_view::npos;
  });
}

}  // namespace zooport::bioimageio
