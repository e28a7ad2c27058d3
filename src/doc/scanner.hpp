#pragma once

#include <string_view>

#include "zooport/doc/node.hpp"

namespace zooport::doc {

// Consumes a text from the left; every take_* says whether it took something.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool take_any(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_all(std::string_view characters) {
    const std::size_t before = rest_.size();
    while (take_any(characters)) {
    }
    return rest_.size() < before;
  }
  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // A number of `fewest` to `most` digits, or -1.
  int take_number(int fewest, int most) {
    int value = 0;
    int digits = 0;
    while (digits < most && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    return digits < fewest ? -1 : value;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// kDate, kTime, or kString if the text has the form of neither; the calendar is not looked at.
Kind timestamp_kind(std::string_view text);

}  // namespace zooport::doc
