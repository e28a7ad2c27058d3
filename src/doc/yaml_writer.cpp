#include "zooport/doc/yaml_writer.hpp"

#include <cmath>

#include "doc/resolve.hpp"
#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
// libyaml looks for the colon of a key no further than 1024 characters on.
constexpr std::size_t kLongestSimpleKey = 1000;

// Decodes the code point at `at` of valid UTF-8 and moves behind it.
std::uint32_t next_code(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  std::uint32_t code = first & (first >= 0xF0 ? 0x07u : first >= 0xE0 ? 0x0Fu : 0x1Fu);
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
    code = code << 6 | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
  return code;
}

// Line breaks of YAML 1.1, controls, and what a YAML text may not hold.
bool needs_escape(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || code == 0xFEFF ||
         code == 0xFFFE || code == 0xFFFF;
}

bool needs_escapes(std::string_view text) {
  for (std::size_t at = 0; at < text.size();)
    if (needs_escape(next_code(text, at))) return true;
  return false;
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::uint32_t code = next_code(text, at);
    if (code == '"' || code == '\\') {
      out += '\\';
      out += static_cast<char>(code);
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (code == '\r') {
      out += "\\r";
    } else if (needs_escape(code)) {
      const int digits = code < 0x100 ? 2 : 4;
      out += digits == 2 ? "\\x" : "\\u";
      for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += kHex[code >> shift & 15];
    } else {
      out += text.substr(begin, at - begin);
    }
  }
  return out + '"';
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + '\'';
}

bool is_plain(std::string_view text, YamlContext context) {
  if (text.empty() || text == "<<" || text == "=" || text.starts_with("...")) return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@` ").find(text.front()) != std::string_view::npos) return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return false;
  if (context == YamlContext::kFlow && text.find_first_of(",[]{}?:") != std::string_view::npos) return false;
  return resolve_plain(text, YamlVersion::k12) == Kind::kString &&
         resolve_plain(text, YamlVersion::k11) == Kind::kString;
}

std::string string_text(std::string_view text, YamlContext context) {
  if (needs_escapes(text)) return double_quoted(text);
  return is_plain(text, context) ? std::string(text) : single_quoted(text);
}

std::string real_text(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  std::string digits = number_text(value);
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return digits;
}

std::string base_64(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = i; j < i + 3; ++j)
      bits = bits << 8 | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) out += i + j > bytes.size() ? '=' : kAlphabet[bits >> (18 - 6 * j) & 63];
  }
  return out;
}

class Writer {
 public:
  explicit Writer(const YamlStyle& style) : style_(style) {}

  // At column `indent` already.
  void block(const Value& value, std::size_t indent) {
    if (is_one_line(value)) return flow(value, YamlContext::kBlock);
    bool is_first = true;
    for (const Value& child : value.children) {
      if (!is_first) break_line(indent);
      is_first = false;
      if (value.kind == Kind::kMapping) {
        member(child, child.key, child.key_kind, indent);
      } else {
        out_ += "- ";
        block(child, indent + 2);
      }
    }
  }

  void member(const Value& value, std::string_view name, Kind key_kind, std::size_t indent) {
    if (key(name, key_kind, YamlContext::kBlock)) break_line(indent);
    out_ += ':';
    if (is_one_line(value)) {
      out_ += ' ';
      return flow(value, YamlContext::kBlock);
    }
    const std::size_t column = indent + (value.kind == Kind::kMapping ? style_.step : style_.sequence_step);
    break_line(column);
    block(value, column);
  }

  void flow(const Value& value, YamlContext context) {
    switch (value.kind) {
      case Kind::kMapping:
      case Kind::kSet:
      case Kind::kSequence: return flow_collection(value);
      case Kind::kNull: out_ += "null"; return;
      case Kind::kBoolean: out_ += value.boolean ? "true" : "false"; return;
      case Kind::kReal: out_ += real_text(value.real); return;
      case Kind::kInteger: return typed(value.text.empty() ? std::to_string(value.integer) : value.text, value.kind);
      default: return typed(value.text, value.kind, context);
    }
  }

  void flow_member(const Value& value, std::string_view name, Kind key_kind) {
    if (key(name, key_kind, YamlContext::kFlow)) out_ += ' ';
    out_ += ": ";
    flow(value, YamlContext::kFlow);
  }

  // True if the key is explicit, so that its colon needs room before it.
  bool key(std::string_view name, Kind kind, YamlContext context) {
    const std::size_t begin = out_.size();
    typed(name, kind, context);
    if (out_.size() - begin <= kLongestSimpleKey) return false;
    out_.insert(begin, "? ");
    return true;
  }

  Result<std::string> finish() && {
    if (!problem_.empty()) return make_error(ErrorKind::kInvalid, "doc.unwritable", std::move(problem_));
    return std::move(out_);
  }

 private:
  static bool is_one_line(const Value& value) {
    return !value.is_collection() || value.children.empty() || value.kind == Kind::kSet;
  }
  void break_line(std::size_t indent) {
    out_ += style_.line_end;
    out_.append(indent, ' ');
  }
  void refuse(std::string_view expected, std::string_view text) {
    if (problem_.empty()) problem_ = concat("expected ", expected, ", found ", printable(text, 60));
  }

  void flow_collection(const Value& value) {
    if (value.kind == Kind::kSet) out_ += "!!set ";
    out_ += value.kind == Kind::kSequence ? '[' : '{';
    bool is_first = true;
    for (const Value& child : value.children) {
      if (!is_first) out_ += ", ";
      is_first = false;
      if (value.kind == Kind::kMapping) {
        flow_member(child, child.key, child.key_kind);
      } else if (value.kind == Kind::kSet) {
        out_ += "? ";
        flow(child, YamlContext::kFlow);
      } else {
        flow(child, YamlContext::kFlow);
      }
    }
    out_ += value.kind == Kind::kSequence ? ']' : '}';
  }

  void typed(std::string_view text, Kind kind, YamlContext context = YamlContext::kBlock) {
    switch (kind) {
      case Kind::kString: {
        if (!is_valid_utf8(text)) return refuse("a text in UTF-8", text);
        out_ += string_text(text, context);
        return;
      }
      case Kind::kBytes: out_ += concat("!!binary '", base_64(text), '\''); return;
      case Kind::kDate:
      case Kind::kTime: {
        if (text.empty() || resolve_plain(text) != kind) return refuse("a date", text);
        if (const std::string problem = calendar_problem(text); !problem.empty()) return refuse("a date", text);
        out_ += text.find('\t') == std::string_view::npos ? std::string(text) : "!!timestamp " + double_quoted(text);
        return;
      }
      case Kind::kSequence: {
        // A list as a key is its source text.
        if (text.empty() || text.front() != '[' || text.find_first_of("\r\n#") != std::string_view::npos)
          return refuse("a list on one line as a key", text);
        out_ += text;
        return;
      }
      default: {
        if (text.empty() || resolve_plain(text) != kind) return refuse("a number", text);
        out_ += text;
      }
    }
  }

  const YamlStyle style_;
  std::string out_;
  std::string problem_;
};

}  // namespace

Result<std::string> write_yaml(const Value& value, const YamlStyle& style) {
  ZOOPORT_TRY_ASSIGN(std::string text, yaml_block(value, 0, style));
  text += style.line_end;
  return text;
}

Result<std::string> write_yaml(const Node& node, const YamlStyle& style) {
  return write_yaml(Value::from(node), style);
}

Result<std::string> yaml_block(const Value& value, std::size_t indent, const YamlStyle& style) {
  Writer writer(style);
  writer.block(value, indent);
  return std::move(writer).finish();
}

Result<std::string> yaml_member(std::string_view key, const Value& value, std::size_t indent, const YamlStyle& style) {
  Writer writer(style);
  writer.member(value, key, Kind::kString, indent);
  return std::move(writer).finish();
}

Result<std::string> yaml_flow(const Value& value) {
  Writer writer({});
  writer.flow(value, YamlContext::kFlow);
  return std::move(writer).finish();
}

Result<std::string> yaml_flow_member(std::string_view key, const Value& value) {
  Writer writer({});
  writer.flow_member(value, key, Kind::kString);
  return std::move(writer).finish();
}

Result<std::string> yaml_key(std::string_view key, YamlContext context) {
  Writer writer({});
  writer.key(key, Kind::kString, context);
  return std::move(writer).finish();
}

}  // namespace zooport::doc
