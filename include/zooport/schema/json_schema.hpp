#pragma once

#include <string>
#include <string_view>

#include "zooport/schema/object.hpp"

namespace zooport::schema {

struct JsonSchemaOptions {
  std::string_view id;  // an absolute URI: what the schema is called
  std::string_view title;
  doc::JsonWriter::Layout layout = doc::JsonWriter::Layout::kIndented;
};

// JSON Schema, draft 2020-12, of documents whose root is `root`. It accepts every document that read() of the
// tables accepts, numbers written as text included, and refuses what its tables forbid, but for conditions that no
// schema can say: rules over several fields, checks in code, limits of numbers that are written as text.
// Needs no state and takes milliseconds.
std::string json_schema(const ObjectType& root, const JsonSchemaOptions& options);

}  // namespace zooport::schema
