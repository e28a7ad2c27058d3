#include "process/text/grammar.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "zooport/base/text.hpp"

namespace zooport::process::text {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool opens_number(char c) { return is_digit(c) || c == '-' || c == '+' || c == '.'; }

class Reader {
 public:
  Reader(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  Result<std::vector<Call>> read() {
    std::vector<Call> calls;
    while (true) {
      skip_space();
      if (at_ == text_.size() && !calls.empty()) return calls;  // a text may end with ";"
      if (!is_letter(peek())) return expected("the name of an operation");
      ZOOPORT_TRY_ASSIGN(Call made, call());
      calls.push_back(std::move(made));
      skip_space();
      if (at_ == text_.size()) return calls;
      if (take(';')) continue;
      Error error = expected(calls.back().arguments.empty() ? "( or ; or the end" : "; or the end");
      if (peek() == '-') error.what.help = "names are written with _, as in scale_range";
      return error;
    }
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (is_space(peek())) ++at_;
  }
  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // The code point that stands here; nothing at the end.
  Span here() const {
    std::size_t end = std::min(at_ + 1, text_.size());
    while (end > at_ && end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    return {at_, end};
  }
  Error expected(std::string_view what) const {
    const Span span = here();
    const std::string found =
        span.begin == span.end ? "the end" : printable(text_.substr(span.begin, span.end - span.begin));
    Error error = wrong("process.text", span, zooport::concat("expected ", what, ", found ", found));
    error.what.expected = what;
    error.what.found = found;
    return error;
  }

  std::string word() {
    const std::size_t begin = at_;
    while (is_letter(peek()) || is_digit(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<Call> call() {
    Call call;
    const std::size_t begin = at_;
    call.name = word();
    call.name_span = call.span = {begin, at_};
    skip_space();
    if (!take('(')) return call;
    while (true) {
      skip_space();
      if (take(')')) break;
      ZOOPORT_TRY_ASSIGN(Argument made, argument());
      call.arguments.push_back(std::move(made));
      skip_space();
      if (take(',')) continue;
      if (take(')')) break;
      return expected(", or )");
    }
    call.span.end = at_;
    return call;
  }

  Result<Argument> argument() {
    Argument argument;
    const std::size_t begin = at_;
    if (is_letter(peek())) {
      std::string name = word();
      const Span span{begin, at_};
      skip_space();
      if (take('=')) {
        argument.name = std::move(name);
        argument.name_span = span;
        skip_space();
      } else {
        at_ = begin;
      }
    }
    const std::size_t value_begin = at_;
    ZOOPORT_TRY_ASSIGN(argument.value, value());
    argument.span = {value_begin, at_};
    return argument;
  }

  Result<Value> value() {
    if (take('[')) return list(']');
    if (take('(')) return list(')');
    return single();
  }

  // A number or a text.
  Result<Value> single() {
    if (++values_ > limits_.nodes) {
      return wrong("limits.nodes", here(),
                   zooport::concat("more than ", limits_.nodes, " values; raise the limit nodes if they are meant"));
    }
    const char c = peek();
    if (opens_number(c)) {
      ZOOPORT_TRY_ASSIGN(const double value, fraction());
      return Value(value);
    }
    if (is_letter(c)) return Value(word());
    if (c == '\'' || c == '"') {
      const std::size_t end = text_.find(c, at_ + 1);
      if (end == std::string_view::npos) {
        return wrong("process.text", {at_, text_.size()}, zooport::concat("expected a ", c, " at the end of the text"));
      }
      std::string inside(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      return Value(std::move(inside));
    }
    return expected("a value");
  }

  Result<Value> list(char close) {
    std::vector<double> numbers;
    std::vector<std::string> words;
    while (true) {
      skip_space();
      if (!numbers.empty() || !words.empty()) {
        if (take(close)) break;
      }
      const std::size_t begin = at_;
      if (peek() == '[' || peek() == '(') return expected("a number or a word: lists hold no lists");
      ZOOPORT_TRY_ASSIGN(Value made, single());
      if (const auto* number = std::get_if<double>(&made)) numbers.push_back(*number);
      if (auto* text = std::get_if<std::string>(&made)) words.push_back(std::move(*text));
      if (!numbers.empty() && !words.empty()) {
        return wrong("process.text", {begin, at_}, "a list holds numbers or words, not both");
      }
      skip_space();
      if (take(',')) continue;
      if (take(close)) break;
      return expected(zooport::concat(", or ", close));
    }
    if (words.empty()) return Value(std::move(numbers));
    return Value(std::move(words));
  }

  Result<double> fraction() {
    const std::size_t begin = at_;
    ZOOPORT_TRY_ASSIGN(const double above, number());
    const std::size_t end = at_;
    skip_space();
    if (!take('/')) {
      at_ = end;
      return above;
    }
    skip_space();
    if (!opens_number(peek())) return expected("a number");
    ZOOPORT_TRY_ASSIGN(const double below, number());
    if (below == 0 || !std::isfinite(above / below)) {
      return wrong("process.text", {begin, at_}, "this fraction is no finite number");
    }
    return above / below;
  }

  Result<double> number() {
    double value = 0;
    const char* begin = text_.data() + at_;
    // from_chars also takes "-inf" and "-nan".
    const bool has_digits = is_digit(peek()) || (at_ + 1 < text_.size() && (is_digit(begin[1]) || begin[1] == '.'));
    if (!has_digits) return expected("a number");
    if (peek() == '+') ++begin;  // which from_chars does not take
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    const Span span{at_, static_cast<std::size_t>(end - text_.data())};
    if (error == std::errc::result_out_of_range) {
      return wrong("process.text", span, "this number is beyond what a float64 holds");
    }
    if (error != std::errc()) return expected("a number");
    at_ = span.end;
    return value;
  }

  std::string_view text_;
  const Limits& limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

Error wrong(std::string_view id, Span span, std::string message) {
  Error error = make_error(ErrorKind::kUsage, std::string(id), std::move(message));
  error.what.span = span;
  return error;
}

Result<std::vector<Call>> read_calls(std::string_view text, const Limits& limits) {
  if (text.size() > limits.document_bytes) {
    return wrong("limits.document_bytes", {0, 0},
                 zooport::concat("the text has ", text.size(), " bytes, more than the limit document_bytes of ",
                                 limits.document_bytes, "; raise it if the text is meant"));
  }
  return Reader(text, limits).read();
}

bool is_word(std::string_view text) {
  return !text.empty() && is_letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

}  // namespace zooport::process::text
