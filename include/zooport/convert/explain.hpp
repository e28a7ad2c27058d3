#pragma once

#include <string>
#include <vector>

#include "zooport/schema/explain.hpp"
#include "zooport/schema/format.hpp"

namespace zooport::convert {

struct Explanation {
  std::string path;  // as it was asked for
  const schema::Format* format = nullptr;
  std::vector<schema::FieldFacts> fields;  // at least one
};

// What fields of a format mean. `path` is as schema::explain() takes it, with the name of a format and a colon before
// it
// ("dataset-0.2:license") or without, which means model-0.4; a format alone, with or without the colon, is its root.
// Errors: those of find_format() and schema::explain().
Result<Explanation> explain(const std::string& path);

}  // namespace zooport::convert
