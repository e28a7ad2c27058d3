#pragma once

#include <string_view>

namespace zooport::bioimageio {

// A Python identifier (Unicode included) that is no hard keyword.
bool is_identifier(std::string_view text);

}  // namespace zooport::bioimageio
