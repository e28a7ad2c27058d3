#include "tensor/npy_literal.hpp"

#include <charconv>

#include "zooport/base/text.hpp"

namespace zooport::tensor {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<NpyLiteral> parse() {
    NpyLiteral literal;
    bool has_descr = false;
    bool has_order = false;
    bool has_shape = false;
    ZOOPORT_TRY(expect('{'));
    while (!take('}')) {
      ZOOPORT_TRY_ASSIGN(const std::string key, text_literal());
      bool* seen = key == "descr"           ? &has_descr
                   : key == "fortran_order" ? &has_order
                   : key == "shape"         ? &has_shape
                                            : nullptr;
      if (seen == nullptr || *seen) {
        return make_error(ErrorKind::kInvalid, "npy.header-keys",
                          concat("the NPY header has ", seen ? "two keys '" : "the unknown key '", printable(key),
                                 "'; it must have descr, fortran_order and shape, each once"));
      }
      *seen = true;
      ZOOPORT_TRY(expect(':'));
      if (key == "shape") {
        ZOOPORT_TRY(shape(literal.shape));
      } else if (key == "fortran_order") {
        ZOOPORT_TRY(truth(literal.fortran_order));
      } else if (peek() == '[' || peek() == '(') {
        // Whatever the fields are, the array is refused; so their text need not be understood.
        literal.structured = true;
        return literal;
      } else {
        ZOOPORT_TRY_ASSIGN(literal.descr, text_literal());
      }
      if (!take(',') && peek() != '}') return syntax("',' or '}'");
    }
    if (peek(); at_ < text_.size()) return syntax("the end of the header");
    if (!has_descr || !has_order || !has_shape) {
      return make_error(ErrorKind::kInvalid, "npy.header-keys",
                        concat("the NPY header lacks '",
                               !has_descr   ? "descr"
                               : !has_order ? "fortran_order"
                                            : "shape",
                               "'"));
    }
    return literal;
  }

 private:
  // The next character that is not blank, or 0 at the end.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  Error syntax(std::string_view expected) {
    const std::string_view found = text_.substr(std::min(at_, text_.size()), 20);
    return make_error(ErrorKind::kInvalid, "npy.header-syntax",
                      concat("the NPY header is not the dictionary that NumPy writes: expected ", expected, " at byte ",
                             at_, ", found ", found.empty() ? "the end" : concat("'", printable(found), "'")));
  }
  Result<void> expect(char wanted) {
    if (take(wanted)) return {};
    return syntax(concat("'", wanted, "'"));
  }
  bool take_word(std::string_view word) {
    peek();
    if (!text_.substr(std::min(at_, text_.size())).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Result<std::string> text_literal() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return syntax("a quoted text");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return syntax("a quoted text that ends");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.find_first_of("\\\n") != std::string_view::npos) return syntax("a quoted text without escapes");
    at_ = end + 1;
    return std::string(inside);
  }

  Result<void> truth(bool& into) {
    into = take_word("True");
    if (!into && !take_word("False")) return syntax("True or False");
    return {};
  }

  Result<void> shape(Shape& into) {
    ZOOPORT_TRY(expect('('));
    bool comma = true;
    while (!take(')')) {
      if (!comma) return syntax("','");
      peek();
      std::int64_t size = 0;
      const char* begin = text_.data() + at_;
      const auto [end, why] = std::from_chars(begin, text_.data() + text_.size(), size);
      if (why == std::errc::result_out_of_range || (end != begin && size < 0))
        return make_error(ErrorKind::kInvalid, "npy.shape",
                          "the NPY header has a dimension that is negative or beyond 63 bits");
      if (end == begin) return syntax("a dimension");
      at_ += static_cast<std::size_t>(end - begin);
      take_word("L");  // as Python 2 wrote long integers
      into.push_back(size);
      comma = take(',');
    }
    if (into.size() == 1 && !comma) return syntax("a tuple: '(n,)'");
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<NpyLiteral> parse_npy_literal(std::string_view text) { return Parser(text).parse(); }

}  // namespace zooport::tensor
