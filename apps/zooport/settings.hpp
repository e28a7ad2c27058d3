#pragma once

#include "options.hpp"
#include "zooport/base/context.hpp"

namespace zooport::app {

// What options and environment say about cache and network. Names that begin with BIOIMAGEIO_ are those of the
// reference library; docs/network.md lists all.
Context context_of(const Common& common);

}  // namespace zooport::app
