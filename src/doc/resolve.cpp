#include "doc/resolve.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "doc/scanner.hpp"
#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kDigitsAndGaps = "0123456789_";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_boolean(std::string_view text, YamlVersion version) {
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return true;
  return version == YamlVersion::k11 && is_one_of(text, {"y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO",
                                                         "on", "On", "ON", "off", "Off", "OFF"});
}

// A name of infinity or NaN behind an optional sign and a point.
bool is_special(Scanner scan, bool is_signed) {
  if (!scan.take_any(".")) return false;
  if (scan.take_word("inf") || scan.take_word("Inf") || scan.take_word("INF")) return scan.done();
  return !is_signed && (scan.take_word("nan") || scan.take_word("NaN") || scan.take_word("NAN")) && scan.done();
}

bool is_real_12(std::string_view text) {
  Scanner scan(text);
  const bool is_signed = scan.take_any("+-");
  if (is_special(scan, is_signed)) return true;
  if (scan.take_any(kDigits)) {
    scan.take_all(kDigitsAndGaps);
    const bool has_point = scan.take_any(".");
    if (has_point) scan.take_all(kDigitsAndGaps);
    if (!scan.take_any("eE")) return has_point && scan.done();
    scan.take_any("+-");
    return scan.take_all(kDigits) && scan.done();
  }
  if (!scan.take_any(".") || !scan.take_all(kDigitsAndGaps)) return false;
  if (scan.done()) return true;
  // Without leading digits the sign of the exponent is mandatory.
  return scan.take_any("eE") && scan.take_any("+-") && scan.take_all(kDigits) && scan.done();
}

bool is_base_60(Scanner scan, bool has_fraction) {
  scan.take_any("+-");
  if (!scan.take_any(has_fraction ? kDigits : std::string_view("123456789"))) return false;
  scan.take_all(kDigitsAndGaps);
  bool has_part = false;
  while (scan.take_any(":")) {
    const bool has_ten = scan.take_any("012345");
    if (!scan.take_any(kDigits) && !has_ten) return false;
    has_part = true;
  }
  if (!has_part) return false;
  if (!has_fraction) return scan.done();
  if (!scan.take_any(".")) return false;
  scan.take_all(kDigitsAndGaps);
  return scan.done();
}

bool is_real_11(std::string_view text) { return is_base_60(Scanner(text), true) || is_real_12(text); }

bool is_integer_12(std::string_view text) {
  Scanner scan(text);
  scan.take_any("+-");
  if (scan.take_word("0b")) return scan.take_all("01_") && scan.done();
  if (scan.take_word("0o")) return scan.take_all("01234567_") && scan.done();
  if (scan.take_word("0x")) return scan.take_all("0123456789abcdefABCDEF_") && scan.done();
  return scan.take_all(kDigitsAndGaps) && scan.done();
}

bool is_integer_11(std::string_view text) {
  Scanner scan(text);
  if (is_base_60(scan, false)) return true;
  scan.take_any("+-");
  if (scan.take_word("0b")) return scan.take_all("01_") && scan.done();
  if (scan.take_word("0x")) return scan.take_all("0123456789abcdefABCDEF_") && scan.done();
  if (scan.take_any("0")) return scan.take_all("01234567_") ? scan.done() : scan.done();
  return scan.take_any("123456789") && (scan.take_all(kDigitsAndGaps), scan.done());
}

std::string without_gaps(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  return plain;
}

}  // namespace

Kind resolve_plain(std::string_view text, YamlVersion version) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return Kind::kNull;
  if (is_boolean(text, version)) return Kind::kBoolean;
  if (std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos) return Kind::kString;
  const bool is_12 = version == YamlVersion::k12;
  if (is_12 ? is_real_12(text) : is_real_11(text)) return Kind::kReal;
  if (is_12 ? is_integer_12(text) : is_integer_11(text)) return Kind::kInteger;
  if (const Kind kind = timestamp_kind(text); kind != Kind::kString) return kind;
  return Kind::kString;
}

std::string decimal_of_11(std::string_view text) {
  std::string plain = without_gaps(text);
  const bool is_negative = plain.starts_with('-');
  if (is_negative || plain.starts_with('+')) plain.erase(0, 1);
  std::string sign = is_negative ? "-" : "";
  if (plain.find(':') != std::string::npos) {
    std::int64_t value = 0;
    std::int64_t part = 0;
    for (const char c : plain + ":") {
      if (c != ':') {
        part = part * 10 + (c - '0');
      } else if (value > (std::numeric_limits<std::int64_t>::max() - part) / 60) {
        return std::string(text);
      } else {
        value = value * 60 + part;
        part = 0;
      }
    }
    return sign + std::to_string(value);
  }
  if (plain.size() > 1 && plain[0] == '0' && plain[1] != 'x' && plain[1] != 'b') return sign + "0o" + plain.substr(1);
  return std::string(text);
}

std::string real_of_11(std::string_view text) {
  const std::string plain = without_gaps(text);
  if (plain.find(':') == std::string::npos) return std::string(text);
  const bool is_negative = plain.starts_with('-');
  double value = 0;
  std::string part;
  for (const char c : plain + ":") {
    if (c == '-' || c == '+') continue;
    if (c != ':') {
      part += c;
      continue;
    }
    double number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    value = value * 60 + number;
    part.clear();
  }
  return number_text(is_negative ? -value : value);
}

std::optional<std::int64_t> integer_of(const Node& node) {
  std::string text = without_gaps(node.text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  int base = 10;
  if (text.starts_with("0b")) base = 2;
  if (text.starts_with("0o")) base = 8;
  if (text.starts_with("0x")) base = 16;
  if (base != 10) text.erase(0, 2);
  if (negative) text.insert(0, 1, '-');
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

double real_of(const Node& node) {
  if (const auto value = node.kind == Kind::kInteger ? integer_of(node) : std::nullopt)
    return static_cast<double>(*value);
  std::string text = without_gaps(node.text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  if (text.size() == 4 && (text[1] == 'n' || text[1] == 'N')) return std::numeric_limits<double>::quiet_NaN();
  double value = std::numeric_limits<double>::infinity();  // kept when out of range, and for ".inf"
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range &&
      (text.find("e-") != std::string::npos || text.find("E-") != std::string::npos))
    value = 0.0;
  return negative ? -value : value;
}

bool boolean_of(const Node& node) {
  const std::string text = to_lower(node.text);
  return text == "true" || text == "yes" || text == "on" || text == "y";
}

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

std::string bytes_of(const Node& node) { return decode_base64(node.text); }

std::optional<Timestamp> timestamp_of(const Node& node) { return parse_timestamp(node.text); }

}  // namespace zooport::doc
