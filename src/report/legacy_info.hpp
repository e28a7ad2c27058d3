#pragma once

#include <string>

#include "zooport/czann/legacy.hpp"
#include "zooport/doc/json_writer.hpp"

namespace zooport::report {

// What a CZSEG says beyond the model that it is: for people, and as the value of a record's key `legacy`.
std::string legacy_lines(const czann::LegacyMetadata& metadata);
void legacy_object(doc::JsonWriter& json, const czann::LegacyMetadata& metadata);

}  // namespace zooport::report
