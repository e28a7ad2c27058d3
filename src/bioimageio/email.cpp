#include <algorithm>
#include <vector>

#include "bioimageio/text_rules.hpp"
#include "bioimageio/unicode/domain.hpp"
#include "zooport/base/text.hpp"
#include "zooport/base/white_space.hpp"

// The rules of the Python packages email-validator and pydantic: an address that could be written to, without a look at
// the network.
namespace zooport::bioimageio {
namespace {

using unicode::Category;

constexpr std::size_t kLongestText = 2048, kLongestAddress = 254, kLongestDomain = 253, kLongestLabel = 63;

bool is_outside_ascii(char32_t c) { return c >= 0x80; }
bool is_ascii_alphanumeric(char32_t c) { return c < 0x80 && unicode::is_alphanumeric(c); }

template <class Text>
std::vector<Text> split(Text text, typename Text::value_type separator) {
  std::vector<Text> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_atom_character(char32_t c) {
  return is_ascii_alphanumeric(c) || is_outside_ascii(c) ||
         std::u32string_view(U"!#$%&'*+-/=?^_`{|}~").find(c) != std::u32string_view::npos;
}

bool is_host_character(char32_t c) { return is_ascii_alphanumeric(c) || c == '-' || c == '.' || is_outside_ascii(c); }

// Nothing that hides, moves or changes what stands beside it.
bool is_safe(std::u32string_view text) {
  if (!text.empty() && unicode::category_of(text.front()) == Category::kMark) return false;
  return std::all_of(text.begin(), text.end(), [](char32_t c) {
    const Category category = unicode::category_of(c);
    return category == Category::kVisible || category == Category::kMark;
  });
}

bool is_local_part(std::u32string_view text) {
  for (const std::u32string_view atom : split(text, U'.'))
    if (atom.empty() || !std::all_of(atom.begin(), atom.end(), is_atom_character)) return false;
  return std::none_of(text.begin(), text.end(), is_outside_ascii) || is_safe(text);
}

std::optional<std::string> normalised_local_part(std::string_view text) {
  const std::u32string given = unicode::decoded(text);
  const std::u32string composed = unicode::composed(std::u32string_view(given));
  if (!is_local_part(given) || !is_local_part(composed)) return std::nullopt;
  // Mailboxes of RFC 2142, whose case has no meaning.
  const std::string lower = to_lower(text);
  for (const std::string_view role : {"info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster",
                                      "hostmaster", "usenet", "news", "webmaster", "www", "uucp", "ftp"})
    if (lower == role) return lower;
  return unicode::encoded(composed);
}

// What the mapping of domains would take, but nobody should write.
bool may_be_mapped(char32_t c) {
  if (c >= 0x80 && c <= 0x9F) return false;
  if (c >= 0x2010 && c <= 0x2060 && !(c >= 0x2024 && c <= 0x2026) && !(c >= 0x2028 && c <= 0x202E)) return true;
  if (c == 0xAD || c == 0x2064 || c == 0xFF0E || (c >= 0x200B && c <= 0x200D) || (c >= 0x1BCA0 && c <= 0x1BCA3))
    return true;
  const Category category = unicode::category_of(c);
  return category != Category::kUnsafe && category != Category::kSpace && !(c >= 0x80 && unicode::has_full_stop(c));
}

bool is_host_label(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return c == '-' || ((c & 0x80) == 0 && is_ascii_alphanumeric(static_cast<char32_t>(c)));
         });
}

// ASCII, with punycode where it is needed.
std::optional<std::string> ascii_domain(std::string_view text) {
  const std::u32string given = unicode::decoded(text);
  if (given.size() > kLongestDomain || !std::all_of(given.begin(), given.end(), is_host_character) || !is_safe(given) ||
      !std::all_of(given.begin(), given.end(), may_be_mapped))
    return std::nullopt;
  const auto mapped = unicode::mapped_domain(given);
  if (!mapped || !std::all_of(mapped->begin(), mapped->end(), is_host_character)) return std::nullopt;
  std::vector<std::string> labels;
  const bool is_ascii = std::none_of(mapped->begin(), mapped->end(), is_outside_ascii);
  for (const std::u32string_view label : split(std::u32string_view(*mapped), U'.')) {
    if (label.empty() || label.front() == '-' || label.back() == '-') return std::nullopt;
    if (label.size() >= 4 && label[2] == '-' && label[3] == '-' && !label.starts_with(U"xn")) return std::nullopt;
    auto ascii = is_ascii ? unicode::encoded(label) : unicode::a_label(label);
    if (!ascii || !is_host_label(*ascii) || ascii->size() > kLongestLabel) return std::nullopt;
    labels.push_back(std::move(*ascii));
  }
  std::string domain = join({labels.begin(), labels.end()}, ".");
  const char last = domain.back();
  if (domain.size() > kLongestDomain || labels.size() < 2 || last < 'a' || last > 'z') return std::nullopt;
  for (const std::string_view special : {"arpa", "invalid", "local", "localhost", "onion", "test"})
    if (labels.back() == special) return std::nullopt;
  return domain;
}

// With its letters instead of punycode.
std::optional<std::string> readable_domain(const std::string& ascii) {
  if (ascii.find("xn--") == ascii.npos) return ascii;
  std::vector<std::u32string> labels;
  bool is_bidi = false;
  for (const std::string_view label : split(std::string_view(ascii), '.')) {
    auto text = unicode::u_label(label);
    if (!text || !std::all_of(text->begin(), text->end(), is_host_character)) return std::nullopt;
    if (!unicode::a_label(*text)) return std::nullopt;
    is_bidi = is_bidi || std::any_of(text->begin(), text->end(), unicode::is_right_to_left);
    labels.push_back(std::move(*text));
  }
  std::u32string domain;
  for (const std::u32string& label : labels) {
    if (is_bidi && !unicode::keeps_bidi_rule(label)) return std::nullopt;
    if (&label != labels.data()) domain += U'.';
    domain += label;
  }
  if (!is_safe(domain)) return std::nullopt;
  return unicode::encoded(domain);
}

// A word of a name without quotes: letters and digits of all scripts, and some marks.
bool is_name_character(char32_t c) {
  return unicode::is_alphanumeric(c) ||
         std::u32string_view(U"_.!#$%&'*+-/=?^`{|}~").find(c) != std::u32string_view::npos;
}

bool is_plain_name(std::string_view text) {
  const std::u32string name = unicode::decoded(trimmed(text));
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char32_t c) { return is_name_character(c) || is_white_space(c); });
}

// ADDRESS of "Name <ADDRESS>", "\"Any name\" <ADDRESS>" and "<ADDRESS>"; else the text.
std::string_view without_name(std::string_view given) {
  const std::string_view text = trimmed(given);
  const std::size_t open = text.find('<');
  if (open == text.npos || !text.ends_with('>')) return given;
  const auto inside = [&](std::size_t at) { return text.substr(at + 1, text.size() - at - 2); };
  if (open == 0 || is_plain_name(text.substr(0, open))) return inside(open).empty() ? given : inside(open);
  if (!text.starts_with('"')) return given;
  for (std::size_t quote = text.rfind('"'); quote > 1; quote = text.rfind('"', quote - 1)) {
    const std::string_view rest = trimmed(text.substr(quote + 1));
    if (rest.size() > 2 && rest.front() == '<') return rest.substr(1, rest.size() - 2);
  }
  return given;
}

}  // namespace

std::optional<std::string> normalised_email(std::string_view text) {
  if (code_points(text) > kLongestText || text.find_first_of("\r\n") != text.npos) return std::nullopt;
  text = trimmed(without_name(text));
  const std::size_t at = text.find('@');
  if (at == text.npos || text.size() > kLongestAddress) return std::nullopt;
  const auto local = normalised_local_part(text.substr(0, at));
  const auto ascii = ascii_domain(text.substr(at + 1));
  if (!local || !ascii || local->size() + 1 + ascii->size() > kLongestAddress) return std::nullopt;
  const auto domain = readable_domain(*ascii);
  if (!domain || local->size() + 1 + domain->size() > kLongestAddress) return std::nullopt;
  return concat(*local, "@", *domain);
}

}  // namespace zooport::bioimageio
