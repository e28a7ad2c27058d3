#pragma once

#include <string>
#include <string_view>

#include "zooport/schema/walk.hpp"

namespace zooport::bioimageio {

// Why a file cannot be had that is named by a normalised relative path; empty if it can, or if nobody looks.
std::string refused_file(const std::string& path, const schema::Walk& walk);
// Gives false. `reference_type`: what the reference calls it in that way to read the source.
bool report_missing(const doc::Node& node, const std::string& path, std::string_view why,
                    std::string_view reference_type, schema::Walk& walk);

}  // namespace zooport::bioimageio
