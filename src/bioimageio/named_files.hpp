#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

// A file that a description names.
struct NamedFile {
  Path path;           // of the field
  std::string source;  // relative path or URL
  // What it should hash to, and the field that says so. The reference compares the hashes of weights only.
  std::optional<std::string> sha256;
  Path sha256_path;
  bool is_hash_compared_by_reference = false;
};

// In the order of the format; those of training data that stand in a model come last.
std::vector<NamedFile> named_files(const ModelDescription& model);
std::vector<NamedFile> named_files(const Content& content);

// The node at a path, or the deepest one on the way to it.
const doc::Node& node_at(const doc::Node& root, const Path& path);

}  // namespace zooport::bioimageio
