#pragma once

#include <string_view>

namespace zooport {

// Property White_Space of Unicode.
bool is_white_space(char32_t code);
// Without white space at both ends.
std::string_view trimmed(std::string_view utf8);

}  // namespace zooport
