#pragma once

#include <span>

#include "zooport/schema/format.hpp"

namespace zooport::bioimageio {

using Format = schema::Format;

// Models first.
std::span<const Format> formats();

}  // namespace zooport::bioimageio
