#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"
#include "zooport/base/white_space.hpp"
#include "zooport/bioimageio/strings.hpp"
#include "zooport/schema/free_values.hpp"

namespace zooport::bioimageio {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kSeparators = "-_.";

// Consumes a lower-case text from the left; every take_* says whether it took something.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool take_any(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == characters.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_digits() {
    const std::size_t before = rest_.size();
    while (take_any(kDigits)) {
    }
    return rest_.size() < before;
  }
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // [-_.]?(word)[-_.]?N?, each taken if it can be: a separator may end the text
  bool take_segment(std::initializer_list<std::string_view> words) {
    const std::string_view before = rest_;
    take_any(kSeparators);
    for (const std::string_view word : words) {
      if (!take_word(word)) continue;
      take_any(kSeparators);
      take_digits();
      return true;
    }
    rest_ = before;
    return false;
  }
  std::string_view rest_;
};

bool take_local(Scanner& scan) {
  constexpr std::string_view kAlphanumeric = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (;;) {
    bool any = false;
    while (scan.take_any(kAlphanumeric)) any = true;
    if (!any) return false;
    if (!scan.take_any(kSeparators)) return true;
  }
}

}  // namespace

bool is_pep440(std::string_view text) {
  const auto is_blank = [](char c) {
    return std::string_view(" \t\n\r\f\v\x1C\x1D\x1E\x1F").find(c) != std::string_view::npos;
  };
  for (bool more = true; more;) {
    const std::size_t before = text.size();
    text = trimmed(text);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    more = text.size() < before;
  }
  const std::string lower = to_lower(text);
  Scanner scan(lower);
  scan.take_word("v");
  if (!scan.take_digits()) return false;
  if (scan.take_word("!") && !scan.take_digits()) return false;
  while (scan.rest_.size() > 1 && scan.rest_[0] == '.' && kDigits.find(scan.rest_[1]) != kDigits.npos) {
    scan.take_word(".");
    scan.take_digits();
  }
  scan.take_segment({"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"});
  if (scan.rest_.size() > 1 && scan.rest_[0] == '-' && kDigits.find(scan.rest_[1]) != kDigits.npos) {
    scan.take_word("-");
    scan.take_digits();
  } else {
    scan.take_segment({"post", "rev", "r"});
  }
  scan.take_segment({"dev"});
  if (scan.take_word("+") && !take_local(scan)) return false;
  return scan.done();
}

std::string to_text(const Version& version) {
  if (const auto* text = std::get_if<std::string>(&version)) return *text;
  if (const auto* integer = std::get_if<schema::Integer>(&version))
    return integer->text.empty() ? std::to_string(integer->value) : integer->text;
  return schema::python_text(std::get<double>(version));
}

}  // namespace zooport::bioimageio
