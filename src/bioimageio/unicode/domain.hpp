#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bioimageio/unicode/unicode.hpp"

// Names of hosts outside ASCII.
namespace zooport::bioimageio::unicode {

// The mapping of UTS #46 (without transitional processing, without STD3 rules) and normalisation form C; nothing if a
// code point is not allowed.
std::optional<std::u32string> mapped_domain(std::u32string_view domain);

// How URLs write a domain (WHATWG, "domain to ASCII", not strict): lower case, in punycode; nothing if it is wrong.
// Forbidden ASCII characters are refused, too.
std::optional<std::string> domain_of_url(std::string_view utf8);

// IDNA 2008, for labels that are already mapped. An A-label ("xn--…") or U-label as the other one; nothing if it is
// wrong. ASCII labels without "xn--" stay as they are.
std::optional<std::string> a_label(std::u32string_view label);
std::optional<std::u32string> u_label(std::string_view label);

// The Bidi rule of RFC 5893 for one label.
bool keeps_bidi_rule(std::u32string_view label);
bool is_right_to_left(char32_t code);

// RFC 3492, without "xn--".
std::optional<std::string> to_punycode(std::u32string_view label);
std::optional<std::u32string> from_punycode(std::string_view ascii);

}  // namespace zooport::bioimageio::unicode
