#pragma once

#include <string>
#include <string_view>

namespace zooport::schema {

// The reference accepts numbers in strings. Without blanks around it, a leading plus, and single `_` between digits;
// empty when a `_` stands elsewhere.
std::string number_text_of(std::string_view text);

}  // namespace zooport::schema
