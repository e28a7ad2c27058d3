#pragma once

#include <optional>

#include "zooport/bioimageio/strings.hpp"

namespace zooport::bioimageio {

bool is_version(const std::optional<Version>& version);  // none is fine

}  // namespace zooport::bioimageio
