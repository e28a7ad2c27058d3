#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "zooport/doc/node.hpp"

namespace zooport::doc {

// Appends JSON, compact or indented by two spaces. Reals keep a point or an exponent, so that they are reals again when
// read; NaN and infinities become the strings "NaN", "Infinity", "-Infinity". Text must be UTF-8; bytes that are not
// become U+FFFD.
class JsonWriter {
 public:
  enum class Layout : std::uint8_t { kCompact, kIndented };
  explicit JsonWriter(Layout layout = Layout::kCompact) : layout_(layout) {}

  void open(char bracket);   // '{' or '['
  void close(char bracket);  // '}' or ']'
  void key(std::string_view name);
  void null() { literal("null"); }
  void boolean(bool value) { literal(value ? "true" : "false"); }
  void integer(std::int64_t value) { literal(std::to_string(value)); }
  void number(std::string_view digits) { literal(digits); }  // text that is a JSON number already
  void json(std::string_view text) { literal(text); }        // text that is JSON already
  void real(double value);
  void string(std::string_view value);
  // Dates and times become strings as written; bytes a list of numbers, sets a list.
  void node(const Node& node);

  void member(std::string_view name, std::string_view value) { key(name), string(value); }
  void member(std::string_view name, const char* value) { key(name), string(value); }
  void member(std::string_view name, double value) { key(name), real(value); }
  void member(std::string_view name, bool value) { key(name), boolean(value); }
  template <std::integral T>
  void member(std::string_view name, T value) {
    key(name), integer(static_cast<std::int64_t>(value));
  }

  const std::string& text() const { return text_; }
  std::string& text() { return text_; }

 private:
  void separate();
  void break_line();
  void literal(std::string_view value) { separate(), text_ += value; }

  std::string text_;
  Layout layout_;
  std::size_t depth_ = 0;
  bool is_first_ = true;  // in the open collection
  bool after_key_ = false;
};

}  // namespace zooport::doc
