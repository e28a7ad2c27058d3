#pragma once

#include <string>

#include "zooport/base/limits.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::doc {

// Reads one JSON text (RFC 8259, a byte-order mark tolerated) into the same tree as YAML. Duplicate keys, NaN and
// Infinity are errors.
Result<Document> read_json(std::string text, const Limits& limits = {});

}  // namespace zooport::doc
