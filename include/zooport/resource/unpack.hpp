#pragma once

#include <string>
#include <vector>

#include "zooport/resource/resource.hpp"

namespace zooport::resource {

enum class IfPresent : std::uint8_t {
  kRefuse,
  kReplace,  // the old folder goes, with everything in it, once the new one is complete
};

struct UnpackOptions {
  IfPresent if_present = IfPresent::kRefuse;
};

// Writes every file of the root below `folder`, which appears as a whole or not at all; its parent has to exist. Gives
// the names that were written. Neither links nor permissions are made, whatever the root says.
Result<std::vector<std::string>> unpack(const Root& root, const std::string& folder, const UnpackOptions& options,
                                        const Context& context);

}  // namespace zooport::resource
