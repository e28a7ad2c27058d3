#pragma once

#include <string_view>

#include "zooport/base/result.hpp"
#include "zooport/bioimageio/formats.hpp"

namespace zooport::convert {

// By name: "model-0.4". Errors: a name that is none (kUsage; the message lists those that are), a format that zooport
// knows without having tables of it (kUnsupported).
Result<const bioimageio::Format*> find_format(std::string_view name);

}  // namespace zooport::convert
