#include "zooport/doc/json.hpp"

#include <algorithm>

#include "doc/builder.hpp"
#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 63));
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  }
}

// Without recursion: the stack is the Builder's, so that depth costs no machine stack.
class JsonReader {
 public:
  JsonReader(std::string text, const Limits& limits, JsonDialect dialect)
      : limits_(limits),
        is_python_(dialect == JsonDialect::kPython),
        build_(std::move(text), limits, is_python_ ? Builder::Duplicates::kKept : Builder::Duplicates::kRefused) {}

  Result<Document> read() {
    text_ = build_.source();
    if (text_.size() > limits_.document_bytes)
      return limit_error("limits.document_bytes", "document_bytes", limits_.document_bytes, {});
    if (!is_valid_utf8(text_)) return document_error("json.encoding", {}, "the text is not UTF-8; save it as UTF-8");
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    bool expects_value = true;
    while (!build_.failure()) {
      skip_space();
      if (expects_value) {
        expects_value = value();
      } else if (brackets_.empty()) {
        break;
      } else {
        expects_value = after_value();
      }
    }
    if (!build_.failure() && at_ < text_.size()) fail("nothing more");
    if (build_.failure()) return *build_.failure();
    return std::move(build_).finish();
  }

 private:
  void fail(std::string_view expected) {
    const std::string found = at_ < text_.size() ? printable(text_.substr(at_, 12), 8) : "the end";
    build_.fail(document_error("json.syntax", {at_, std::min(at_ + 1, text_.size())},
                               concat("expected ", expected, ", found ", found)));
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  // Reads a value, or opens one; true if a value (of a collection that was opened) comes next.
  bool value() {
    const std::size_t begin = at_;
    if (at_ >= text_.size()) return fail("a value"), false;
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      ++at_;
      brackets_.push_back(c);
      build_.open(c == '{' ? Kind::kMapping : Kind::kSequence, {begin, at_});
      skip_space();
      if (at_ < text_.size() && text_[at_] == (c == '{' ? '}' : ']')) return close(), false;
      return c == '{' ? key() : true;
    }
    if (c == '"') {
      Node node;
      if (string(node)) build_.scalar(node);
      return false;
    }
    if (is_python_ && special("-Infinity")) return false;
    if (c == '-' || (c >= '0' && c <= '9')) return number(), false;
    for (const auto& [word, kind] : {std::pair<std::string_view, Kind>{"null", Kind::kNull},
                                     {"true", Kind::kBoolean},
                                     {"false", Kind::kBoolean}}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      Node node;
      node.kind = kind;
      node.span = {begin, at_};
      node.text = text_.substr(begin, word.size());
      build_.scalar(node);
      return false;
    }
    if (is_python_ && special("NaN")) return false;
    if (is_python_ && special("Infinity")) return false;
    const std::string_view rest = text_.substr(at_);
    const bool is_special = rest.starts_with("NaN") || rest.starts_with("Infinity");
    fail(is_special ? "a value (JSON has no NaN and no Infinity)" : "a value");
    return false;
  }

  bool special(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    Node node;
    node.kind = Kind::kReal;
    node.span = {at_, at_ + word.size()};
    node.text = text_.substr(at_, word.size());
    at_ += word.size();
    build_.scalar(node);
    return true;
  }

  bool after_value() {
    const char bracket = brackets_.back();
    if (take(',')) {
      skip_space();
      return bracket == '{' ? key() : true;
    }
    if (at_ < text_.size() && text_[at_] == (bracket == '{' ? '}' : ']')) return close(), false;
    fail(bracket == '{' ? "a comma or a closing brace" : "a comma or a closing bracket");
    return false;
  }

  void close() {
    ++at_;
    brackets_.pop_back();
    build_.close(at_, Builder::End::kExact);
  }

  bool key() {
    if (at_ >= text_.size() || text_[at_] != '"') return fail("a key in double quotes"), false;
    Node node;
    if (!string(node)) return false;
    build_.scalar(node);
    skip_space();
    if (!take(':')) return fail("a colon"), false;
    return true;
  }

  void number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
      return at_ > first;
    };
    Node node;
    node.kind = Kind::kInteger;
    take('-');
    const std::size_t first = at_;
    if (!digits()) return fail("a digit");
    if (text_[first] == '0' && at_ > first + 1) {
      at_ = first + 1;
      return fail("no digit behind a leading zero");
    }
    if (take('.')) {
      node.kind = Kind::kReal;
      if (!digits()) return fail("a digit behind the point");
    }
    if (take('e') || take('E')) {
      node.kind = Kind::kReal;
      if (!take('+')) take('-');
      if (!digits()) return fail("a digit in the exponent");
    }
    node.span = {begin, at_};
    node.text = text_.substr(begin, at_ - begin);
    build_.scalar(node);
  }

  bool string(Node& node) {
    const std::size_t begin = at_++;
    std::string decoded;
    while (true) {
      const std::size_t stop = text_.find_first_of("\"\\", at_);
      const std::string_view piece = text_.substr(at_, stop == std::string_view::npos ? stop : stop - at_);
      for (std::size_t i = 0; i < piece.size(); ++i) {
        if (static_cast<unsigned char>(piece[i]) >= 0x20) continue;
        at_ += i;
        return fail("an escape instead of a control character"), false;
      }
      decoded += piece;
      if (stop == std::string_view::npos) {
        at_ = text_.size();
        return fail("a closing quote"), false;
      }
      at_ = stop + 1;
      if (text_[stop] == '"') break;
      if (!escape(decoded)) return false;
    }
    node.kind = Kind::kString;
    node.span = {begin, at_};
    node.text = build_.keep(decoded, begin + 1);
    return true;
  }

  bool escape(std::string& out) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
    if (const std::size_t i = kNames.find(c); c != '\0' && i != std::string_view::npos) {
      ++at_;
      out += kValues[i];
      return true;
    }
    if (c != 'u') return fail("an escape such as \\n or \\u00e9"), false;
    std::uint32_t code = 0;
    if (!unit(code)) return false;
    if (!is_python_ && code >= 0xDC00 && code < 0xE000) return fail("the first half of a surrogate pair"), false;
    if (code >= 0xD800 && code < 0xDC00) {
      const std::size_t behind = at_;
      std::uint32_t low = 0;
      if (text_.substr(at_).starts_with("\\u")) {
        ++at_;
        if (!unit(low)) return false;
      }
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else if (is_python_) {
        at_ = behind;
      } else {
        return fail("the second half of a surrogate pair"), false;
      }
    }
    append_utf8(out, code);
    return true;
  }

  bool unit(std::uint32_t& code) {
    ++at_;  // the u
    for (int i = 0; i < 4; ++i) {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return fail("four hexadecimal digits"), false;
      code = code << 4 | static_cast<std::uint32_t>(digit);
      ++at_;
    }
    return true;
  }

  const Limits limits_;
  const bool is_python_;
  Builder build_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string brackets_;
};

}  // namespace

Result<Document> read_json(std::string text, const Limits& limits, JsonDialect dialect) {
  return JsonReader(std::move(text), limits, dialect).read();
}

}  // namespace zooport::doc
