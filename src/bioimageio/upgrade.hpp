#pragma once

#include <optional>
#include <string_view>

#include "zooport/schema/arena.hpp"

namespace zooport::bioimageio {

// Major and minor version. Nothing if `version` does not begin with two numbers.
struct FormatVersion {
  int major = 0;
  int minor = 0;
  int patch = -1;  // -1: not exactly three numbers
};
std::optional<FormatVersion> parse_format_version(std::string_view version);

// A model 0.4.0 … 0.4.9 as the reference rewrites it to 0.4.10 before it reads it. Later patches only get the
// normalisation that all versions get.
doc::Node upgraded_model(const doc::Node& root, schema::Arena& arena);

}  // namespace zooport::bioimageio
