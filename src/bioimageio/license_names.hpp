#pragma once

#include <string_view>

namespace zooport::bioimageio {

// The current SPDX id that a deprecated id, or the id or name in another spelling ("apache 2.0", "MIT License"), can
// only mean; empty if there is none or several.
std::string_view current_license_for(std::string_view text);

}  // namespace zooport::bioimageio
