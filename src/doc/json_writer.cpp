#include "zooport/doc/json_writer.hpp"

#include <cmath>

#include "zooport/base/text.hpp"

namespace zooport::doc {

void JsonWriter::break_line() {
  if (layout_ == Layout::kIndented) text_ += '\n', text_.append(2 * depth_, ' ');
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!is_first_) text_ += ',';
  if (depth_ > 0) break_line();
  is_first_ = false;
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  ++depth_;
  is_first_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!is_first_) break_line();
  text_ += bracket;
  is_first_ = false;
}

void JsonWriter::key(std::string_view name) {
  string(name);
  text_ += layout_ == Layout::kIndented ? ": " : ":";
  after_key_ = true;
}

void JsonWriter::real(double value) {
  if (!std::isfinite(value)) return string(number_text(value));
  std::string digits = number_text(value);
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  literal(digits);
}

void JsonWriter::string(std::string_view value) {
  constexpr std::string_view kHex = "0123456789abcdef";
  separate();
  text_ += '"';
  const bool is_sound = is_valid_utf8(value);
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (c == '\n') {
      text_ += "\\n";
    } else if (c == '\t') {
      text_ += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      text_ += "\\u00";
      text_ += kHex[byte >> 4];
      text_ += kHex[byte & 15];
    } else if (byte >= 0x80 && !is_sound) {
      text_ += "\xEF\xBF\xBD";
    } else {
      text_ += c;
    }
  }
  text_ += '"';
}

void JsonWriter::node(const Node& node) {
  switch (node.kind) {
    case Kind::kNull: return null();
    case Kind::kBoolean: return boolean(boolean_of(node));
    case Kind::kInteger: {
      const auto value = integer_of(node);
      if (value) return integer(*value);
      std::string digits(node.text);
      std::erase(digits, '_');
      if (digits.starts_with('+')) digits.erase(0, 1);
      const bool is_decimal = digits.find_first_not_of("-0123456789") == std::string::npos;
      return is_decimal ? number(digits) : real(real_of(node));
    }
    case Kind::kReal: return real(real_of(node));
    case Kind::kString:
    case Kind::kDate:
    case Kind::kTime: return string(node.text);
    case Kind::kBytes: {
      open('[');
      for (const char byte : bytes_of(node)) integer(static_cast<unsigned char>(byte));
      return close(']');
    }
    case Kind::kSet:
    case Kind::kSequence: {
      open('[');
      for (const Node& item : node.children) this->node(item);
      return close(']');
    }
    case Kind::kMapping: {
      open('{');
      for (const Node& item : node.children) key(item.key), this->node(item);
      return close('}');
    }
  }
}

}  // namespace zooport::doc
