#include "czann/czmodel/python_text.hpp"

#include <charconv>
#include <cmath>

#include "zooport/base/text.hpp"
#include "zooport/czann/czmodel.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_hex(std::string& out, unsigned value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kHex[value >> shift & 15];
}

// Takes the next code point; a surrogate that stands alone counts as one. Bytes that are no UTF-8 count as U+FFFD.
unsigned take_code_point(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at++]);
  if (byte < 0x80) return byte;
  const int more = byte >> 5 == 6 ? 1 : byte >> 4 == 14 ? 2 : byte >> 3 == 30 ? 3 : 0;
  if (more == 0) return 0xFFFD;
  unsigned code = byte & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) return 0xFFFD;
    code = code << 6 | (static_cast<unsigned char>(text[at++]) & 63u);
  }
  return code;
}

// repr() of a finite float: the shortest digits, with an exponent below 1e-4 and from 1e16 on.
std::string repr(double value) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, exponent);
  if (exponent < -4 || exponent >= 16) return std::string(text);
  const bool is_negative = text.front() == '-';
  std::string digits;
  for (const char c : text.substr(is_negative ? 1 : 0, e))
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c == 'e')
      break;
  if (exponent < 0) {
    digits.insert(0, std::string(static_cast<std::size_t>(-exponent), '0'));
    digits.insert(1, ".");
  } else {
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() < whole) digits.append(whole - digits.size(), '0');
    digits.insert(whole, ".");
    if (digits.back() == '.') digits += '0';
  }
  return is_negative ? "-" + digits : digits;
}

// What str.isprintable() denies of the common ranges.
bool is_printable(unsigned code) {
  return code >= 0x20 && code != 0x7F && (code < 0x80 || code > 0xA0) && code != 0xAD && code != 0x1680 &&
         (code < 0x2000 || code > 0x200F) && (code < 0x2028 || code > 0x202F) && (code < 0x205F || code > 0x206F) &&
         code != 0x3000 && (code < 0xD800 || code > 0xF8FF) && code != 0xFEFF && (code < 0xFFF0 || code > 0xFFFB) &&
         code != 0xFFFE && code != 0xFFFF && (code < 0xE0000 || (code >= 0xE0100 && code < 0xE01F0));
}

void append_repr(std::string& out, std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  out += quote;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const unsigned code = take_code_point(text, at);
    if (code == static_cast<unsigned char>(quote) || code == '\\') {
      out += '\\', out += static_cast<char>(code);
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\r') {
      out += "\\r";
    } else if (code == '\t') {
      out += "\\t";
    } else if (is_printable(code)) {
      out += text.substr(begin, at - begin);
    } else if (code < 0x100) {
      out += "\\x", append_hex(out, code, 2);
    } else if (code < 0x10000) {
      out += "\\u", append_hex(out, code, 4);
    } else {
      out += "\\U", append_hex(out, code, 8);
    }
  }
  out += quote;
}

std::string digits_of(const doc::Value& value) {
  return value.text.empty() ? std::to_string(value.integer) : value.text;
}

// Lists and dictionaries, which str() and json.dump() only fill differently.
void append_collection(std::string& out, const doc::Value& value, void (*append_key)(std::string&, std::string_view),
                       void (*append_item)(std::string&, const doc::Value&)) {
  const bool is_mapping = value.kind == doc::Kind::kMapping;
  out += is_mapping ? '{' : '[';
  for (std::size_t i = 0; i < value.children.size(); ++i) {
    if (i > 0) out += ", ";
    if (is_mapping) append_key(out, value.children[i].key), out += ": ";
    append_item(out, value.children[i]);
  }
  out += is_mapping ? '}' : ']';
}

void append_python(std::string& out, const doc::Value& value) {
  switch (value.kind) {
    case doc::Kind::kNull: out += "None"; return;
    case doc::Kind::kBoolean: out += value.boolean ? "True" : "False"; return;
    case doc::Kind::kInteger: out += digits_of(value); return;
    case doc::Kind::kReal:
      out += std::isnan(value.real)   ? "nan"
             : std::isinf(value.real) ? (value.real < 0 ? "-inf" : "inf")
                                      : repr(value.real);
      return;
    case doc::Kind::kMapping:
    case doc::Kind::kSequence: return append_collection(out, value, append_repr, append_python);
    default: append_repr(out, value.text);
  }
}

void append_json(std::string& out, const doc::Value& value) {
  switch (value.kind) {
    case doc::Kind::kNull: out += "null"; return;
    case doc::Kind::kBoolean: out += value.boolean ? "true" : "false"; return;
    case doc::Kind::kInteger: out += digits_of(value); return;
    case doc::Kind::kReal: append_json_real(out, value.real); return;
    case doc::Kind::kMapping:
    case doc::Kind::kSequence: return append_collection(out, value, append_json_text, append_json);
    default: append_json_text(out, value.text);
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  const auto unit = [&](unsigned code) { out += "\\u", append_hex(out, code, 4); };
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const unsigned code = take_code_point(text, at);
    const std::size_t named = code < 0x80 ? kNamed.find(static_cast<char>(code)) : std::string_view::npos;
    if (named != std::string_view::npos) {
      out += '\\', out += kNames[named];
    } else if (code >= 0x20 && code < 0x7F) {
      out += static_cast<char>(code);
    } else if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  out += '"';
}

void append_json_real(std::string& out, double value) { out += std::isfinite(value) ? repr(value) : "null"; }

std::string python_json(const doc::Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string python_text(const doc::Value& value) {
  if (value.kind == doc::Kind::kString) return value.text;
  std::string out;
  append_python(out, value);
  return out;
}

}  // namespace zooport::czann
