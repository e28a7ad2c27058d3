#pragma once

#include <string>

#include "zooport/base/diagnostics.hpp"
#include "zooport/base/result.hpp"

namespace zooport::convert {

// convert.invalid-source with the first finding that makes a source invalid.
Error first_error(const Diagnostics& findings, const std::string& source, ErrorKind kind);

}  // namespace zooport::convert
