#pragma once

#include <string>

#include "zooport/convert/info.hpp"
#include "zooport/doc/json_writer.hpp"

namespace zooport::report {

// What model.json says beyond the model that it is: for people, and as the value of a record's key `czann`. Only for
// an Info with czann.
std::string czann_lines(const convert::Info& info);
void czann_object(doc::JsonWriter& json, const convert::Info& info);

}  // namespace zooport::report
