#pragma once

#include <span>
#include <string_view>

namespace zooport::bioimageio {

// Case-sensitive. Deprecated ids ("GPL-3.0") are not current.
bool is_current_license(std::string_view id);
std::span<const std::string_view> current_licenses();
bool is_deprecated_license(std::string_view id);

}  // namespace zooport::bioimageio
