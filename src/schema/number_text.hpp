#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zooport::schema {

// Where numbers in strings may have `_`: inside, never two together; integers only between digits.
enum class Underscores : std::uint8_t { kInside, kBetweenDigits };

// The reference accepts numbers in strings. Without white space around it, a leading plus and `_`; empty when a `_`
// stands where it may not.
std::string number_text_of(std::string_view text, Underscores underscores);

}  // namespace zooport::schema
