#pragma once

#include <string_view>

#include "zooport/schema/object.hpp"

namespace zooport::schema {

// A format whose tables can be looked at: as JSON Schema, and field by field.
struct Format {
  std::string_view name;     // "model-0.4"
  std::string_view version;  // the one that it is checked as: "0.4.10"
  std::string_view title;
  std::string_view schema_id;  // of its JSON Schema
  const ObjectType& (*root)();
};

}  // namespace zooport::schema
