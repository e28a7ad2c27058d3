#pragma once

#include "zooport/base/diagnostics.hpp"

namespace zooport::bioimageio {

// The ids of schema are those of any format; here they become those of this one.
void rename_findings(Diagnostics& diagnostics);

}  // namespace zooport::bioimageio
