#pragma once

#include <string>

#include "zooport/bioimageio/formats.hpp"

// JSON Schema of a format.
namespace zooport::report {

// Alone, indented, with a line break at its end.
std::string schema_text(const bioimageio::Format& format);
// In a record with the format's name and version.
std::string schema_record(const bioimageio::Format& format);

}  // namespace zooport::report
