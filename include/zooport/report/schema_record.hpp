#pragma once

#include <string>

#include "zooport/schema/format.hpp"

// JSON Schema of a format.
namespace zooport::report {

// Alone, indented, with a line break at its end.
std::string schema_text(const schema::Format& format);
// In a record with the format's name and version.
std::string schema_record(const schema::Format& format);

}  // namespace zooport::report
