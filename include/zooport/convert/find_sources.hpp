#pragma once

#include <string>
#include <vector>

#include "zooport/base/context.hpp"

namespace zooport::convert {

enum class Wanted : std::uint8_t {
  kEverything,    // descriptions, .zip, .czann, .czseg, .czmodel, .onnx
  kDescriptions,  // descriptions alone
};

// Paths of what can be checked in a folder and the folders below it, in code-point order of their names, a folder's
// own files first. Descriptions are the files that are named as such (bioimageio::is_description_name), and YAML files
// of other names that have the fields `format_version` and `type`. Hidden files and folders (".git") are passed over.
// Links are followed, but no folder is entered twice, so that loops end. Folders that cannot be read become part of
// `unreadable`.
struct FoundSources {
  std::vector<std::string> sources;
  std::vector<std::string> unreadable;
};
// Error convert.no-sources (kIo): the folder is none, or nothing is in it.
Result<FoundSources> find_sources(const std::string& folder, Wanted wanted, const Context& context);

}  // namespace zooport::convert
