#pragma once

#include <string>

#include "zooport/base/limits.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::doc {

// Reads one YAML document (JSON is a subset) with a span for every key and value, resolved as the reference's reader
// does it: YAML 1.2 core schema with its extensions, or 1.1 where the document says so. Merge keys are applied: merged
// children keep the spans of where they stand. Linear in the text, but for sorting the keys of each mapping.
Result<Document> read_yaml(std::string text, const Limits& limits = {});

}  // namespace zooport::doc
