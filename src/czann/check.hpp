#pragma once

#include "zooport/czann/package.hpp"

namespace zooport::czann {

// The network by itself, and the metadata against it.
void check_network(const Package& package, const Context& context, Diagnostics& findings);

}  // namespace zooport::czann
