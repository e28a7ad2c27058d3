#pragma once

#include <string_view>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/schema/format.hpp"

namespace zooport::convert {

// All whose tables zooport has: descriptions of bioimage.io, models first, then CZANN.
std::vector<const schema::Format*> formats();

// By name: "model-0.4". Errors: a name that is none (kUsage; the message lists those that are), a format that zooport
// knows without having tables of it (kUnsupported).
Result<const schema::Format*> find_format(std::string_view name);

}  // namespace zooport::convert
