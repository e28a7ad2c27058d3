#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zooport {

// Shortest text that reads back as the same number; "NaN", "Infinity", "-Infinity" otherwise.
std::string number_text(double value);
// As number_text, for a float32: 0.1f gives "0.1".
std::string number_text(float value);

inline void append(std::string& out, std::string_view piece) { out += piece; }
inline void append(std::string& out, char piece) { out += piece; }
template <std::integral T>
void append(std::string& out, T piece) {
  if constexpr (std::same_as<T, bool>) {
    out += piece ? "true" : "false";
  } else {
    out += std::to_string(piece);
  }
}
inline void append(std::string& out, double piece) { out += number_text(piece); }
inline void append(std::string& out, float piece) { out += number_text(piece); }

// concat("expected ", 3, " axes"): texts and numbers one after the other.
template <class... Pieces>
std::string concat(const Pieces&... pieces) {
  std::string out;
  (append(out, pieces), ...);
  return out;
}

// "a, b and c"
std::string join(const std::vector<std::string>& items, std::string_view separator);

// "[1, 2, 3]"
std::string shape_text(const std::vector<std::int64_t>& shape);

// "1.5 MiB"
std::string size_text(std::uint64_t bytes);

// Control, direction-changing and invalid bytes as \x.. or \u{..}, so that outside text cannot forge a terminal's
// lines. Cut after `most` code points with an ellipsis.
std::string printable(std::string_view outside, std::size_t most = 200);

bool is_valid_utf8(std::string_view text);
std::size_t code_points(std::string_view utf8);

// ASCII only: independent of the locale.
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool ends_with_ignoring_case(std::string_view text, std::string_view suffix);
std::string to_lower(std::string_view ascii);

// The candidate that is nearest to `word` by edit distance, if at most a third of it would have to change; else empty.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace zooport
