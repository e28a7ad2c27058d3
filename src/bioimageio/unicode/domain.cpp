#include "bioimageio/unicode/domain.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "zooport/base/text.hpp"

namespace zooport::bioimageio::unicode {
namespace {

struct MapRun {
  std::uint32_t first, more;
  char kind;  // 'l': a letter or digit of IDNA 2008; 'o': another allowed one; 'i': dropped; 'd', 't': mapped
  std::int32_t value;
};
struct DeltaRun {
  std::uint32_t first, last;
  std::int32_t delta;
};
struct CodeRange {
  std::uint32_t first, last;
};

#include "bioimageio/unicode/map.inc"
#include "bioimageio/unicode/map_texts.inc"
#include "bioimageio/unicode/urls.inc"

constexpr MapRun kRefused{0, 0, 'x', 0};

MapRun map_of(char32_t code) {
  const MapRun* run = std::lower_bound(std::begin(kMap), std::end(kMap), static_cast<std::uint32_t>(code),
                                       [](const MapRun& r, std::uint32_t c) { return r.first + r.more < c; });
  if (run != std::end(kMap) && run->first <= code) return *run;
  const auto in_every_second = [&](const auto& ranges) {
    const auto found = std::lower_bound(std::begin(ranges), std::end(ranges), static_cast<std::uint32_t>(code),
                                        [](const auto& r, std::uint32_t c) { return r.last < c; });
    return found != std::end(ranges) && found->first <= code && (code - found->first) % 2 == 0 ? &*found : nullptr;
  };
  if (const DeltaRun* delta = in_every_second(kMapEverySecond)) return {code, 0, 'd', delta->delta};
  if (in_every_second(kLetterEverySecond)) return {code, 0, 'l', 0};
  return kRefused;
}

bool is_ascii(std::u32string_view text) {
  return std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x80; });
}

constexpr int kVirama = 9;

// The rules of RFC 5892 for joiners.
bool may_join(std::u32string_view label, std::size_t at) {
  if (at > 0 && combining_class_of(label[at - 1]) == kVirama) return true;
  if (label[at] != 0x200C) return false;
  std::size_t before = at;
  while (before > 0 && joining_of(label[before - 1]) == 'T') --before;
  if (before == 0 || (joining_of(label[before - 1]) != 'L' && joining_of(label[before - 1]) != 'D')) return false;
  std::size_t after = at + 1;
  while (after < label.size() && joining_of(label[after]) == 'T') ++after;
  return after < label.size() && (joining_of(label[after]) == 'R' || joining_of(label[after]) == 'D');
}

bool is_joiner(char32_t code) { return code == 0x200C || code == 0x200D; }

// The other rules of RFC 5892 that look at what stands around.
bool may_stand(std::u32string_view label, std::size_t at) {
  const char32_t code = label[at];
  const auto has_any = [&](char32_t first, char32_t last) {
    return std::any_of(label.begin(), label.end(), [&](char32_t c) { return c >= first && c <= last; });
  };
  switch (code) {
    case 0xB7: return at > 0 && at + 1 < label.size() && label[at - 1] == 'l' && label[at + 1] == 'l';
    case 0x375: return at + 1 < label.size() && is_of(label[at + 1], Script::kGreek);
    case 0x5F3:
    case 0x5F4: return at > 0 && is_of(label[at - 1], Script::kHebrew);
    case 0x30FB:
      return std::any_of(label.begin(), label.end(), [](char32_t c) {
        return c != 0x30FB && (is_of(c, Script::kHiragana) || is_of(c, Script::kKatakana) || is_of(c, Script::kHan));
      });
    default: break;
  }
  if (code >= 0x660 && code <= 0x669) return !has_any(0x6F0, 0x6F9);
  return code >= 0x6F0 && code <= 0x6F9 && !has_any(0x660, 0x669);
}

bool is_ascii_only(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// A label of IDNA 2008.
bool is_u_label(std::u32string_view label) {
  if (label.empty() || label.size() > 254 || composed(label) != label) return false;
  if (label.size() >= 4 && label[2] == '-' && label[3] == '-') return false;
  if (label.front() == '-' || label.back() == '-' || category_of(label.front()) == Category::kMark) return false;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (is_joiner(label[i]) ? may_join(label, i) : map_of(label[i]).kind == 'l' || may_stand(label, i)) continue;
    return false;
  }
  return std::none_of(label.begin(), label.end(), is_right_to_left) || keeps_bidi_rule(label);
}

bool is_refused_in_urls(char32_t code) {
  const CodeRange* range =
      std::lower_bound(std::begin(kRefusedInUrls), std::end(kRefusedInUrls), static_cast<std::uint32_t>(code),
                       [](const CodeRange& r, std::uint32_t c) { return r.last < c; });
  return range != std::end(kRefusedInUrls) && range->first <= code;
}

bool is_forbidden_in_url(char32_t code) {
  return code <= 0x20 || code == 0x7F || std::u32string_view(U"#%/:<>?@[\\]^|").find(code) != std::u32string_view::npos;
}

}  // namespace

std::optional<std::u32string> mapped_domain(std::u32string_view domain) {
  std::u32string out;
  for (const char32_t code : domain) {
    const MapRun run = map_of(code);
    switch (run.kind) {
      case 'l':
      case 'o': out += code; break;
      case 'd': out += static_cast<char32_t>(static_cast<std::int64_t>(code) + run.value); break;
      case 't': out += decoded({kMapTexts + (run.value >> 8), static_cast<std::size_t>(run.value & 0xFF)}); break;
      case 'i': break;
      default:
        if (!is_joiner(code)) return std::nullopt;
        out += code;
    }
  }
  return composed(std::u32string_view(out));
}

std::optional<std::string> domain_of_url(std::string_view utf8) {
  const std::u32string given = decoded(utf8);
  const auto domain = mapped_domain(given);
  if (!domain || std::any_of(given.begin(), given.end(), is_refused_in_urls)) return std::nullopt;
  std::vector<std::u32string> labels;
  std::string out;
  bool is_bidi = false;
  for (std::u32string_view rest = *domain;;) {
    const std::size_t end = rest.find(U'.');
    const std::u32string_view label = rest.substr(0, end);
    if (!labels.empty()) out += '.';
    if (label.starts_with(U"xn--")) {
      const std::string ascii = encoded(label);
      auto decoded_label = from_punycode(std::string_view(ascii).substr(4));
      // What it stands for must be something that is written so, and nothing else.
      if (!is_ascii_only(ascii) || !decoded_label || is_ascii(*decoded_label)) return std::nullopt;
      if (mapped_domain(*decoded_label) != *decoded_label) return std::nullopt;
      if (decoded_label->find(U'.') != std::u32string::npos) return std::nullopt;
      out += ascii;
      labels.push_back(std::move(*decoded_label));
    } else if (is_ascii(label)) {
      out += encoded(label);
      labels.emplace_back(label);
    } else {
      const auto punycode = to_punycode(label);
      if (!punycode) return std::nullopt;
      out += concat("xn--", *punycode);
      labels.emplace_back(label);
    }
    const std::u32string& read = labels.back();
    if (std::any_of(read.begin(), read.end(), is_forbidden_in_url)) return std::nullopt;
    if (std::any_of(read.begin(), read.end(), is_refused_in_urls)) return std::nullopt;
    if (!read.empty() && category_of(read.front()) == Category::kMark) return std::nullopt;
    for (std::size_t i = 0; i < read.size(); ++i)
      if (is_joiner(read[i]) && !may_join(read, i)) return std::nullopt;
    is_bidi = is_bidi || std::any_of(read.begin(), read.end(), is_right_to_left);
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  if (is_bidi && !std::all_of(labels.begin(), labels.end(),
                              [](const std::u32string& label) { return label.empty() || keeps_bidi_rule(label); }))
    return std::nullopt;
  return out;
}

std::optional<std::string> a_label(std::u32string_view label) {
  if (is_ascii(label)) {
    std::string ascii = encoded(label);
    if (!u_label(ascii) || ascii.size() > 63) return std::nullopt;
    return ascii;
  }
  if (!is_u_label(label)) return std::nullopt;
  const auto punycode = to_punycode(label);
  if (!punycode || punycode->size() + 4 > 63) return std::nullopt;
  return concat("xn--", *punycode);
}

std::optional<std::u32string> u_label(std::string_view label) {
  const std::string lower = to_lower(label);
  if (!lower.starts_with("xn--")) {
    std::u32string text = decoded(lower);
    if (!is_u_label(text)) return std::nullopt;
    return text;
  }
  const std::string_view rest = std::string_view(lower).substr(4);
  if (rest.empty() || rest.ends_with('-')) return std::nullopt;
  auto text = from_punycode(rest);
  if (!text || to_punycode(*text) != rest || !is_u_label(*text)) return std::nullopt;
  return text;
}

bool is_right_to_left(char32_t code) {
  const Bidi kind = bidi_of(code);
  return kind == Bidi::kR || kind == Bidi::kAl || kind == Bidi::kAn;
}

bool keeps_bidi_rule(std::u32string_view label) {
  const Bidi first = bidi_of(label.front());
  const bool is_rtl = first == Bidi::kR || first == Bidi::kAl;
  if (!is_rtl && first != Bidi::kL) return false;
  bool ends_well = false, has_european = false, has_arabic = false;
  for (const char32_t code : label) {
    const Bidi kind = bidi_of(code);
    if (kind == Bidi::kOther) return false;
    if (is_rtl ? kind == Bidi::kL : is_right_to_left(code)) return false;
    has_european = has_european || kind == Bidi::kEn;
    has_arabic = has_arabic || kind == Bidi::kAn;
    const bool is_end = kind == Bidi::kEn || (is_rtl ? is_right_to_left(code) : kind == Bidi::kL);
    if (is_end || kind != Bidi::kNsm) ends_well = is_end;
  }
  return ends_well && !(is_rtl && has_european && has_arabic);
}

}  // namespace zooport::bioimageio::unicode
