#pragma once

#include "zooport/convert/check.hpp"
#include "zooport/convert/open.hpp"

namespace zooport::convert {

// fix_source() of a CZANN: edits model.json and writes the archive again, all other members as they are. Error
// convert.fix-source (kUnsupported): it is not a file of this machine.
Result<CheckReport> fix_czann(const Opened& opened, const CheckOptions& options, const Context& context);

}  // namespace zooport::convert
