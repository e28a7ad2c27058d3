#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/bioimageio/description.hpp"
#include "zooport/doc/value.hpp"
#include "zooport/resource/resource.hpp"
#include "zooport/resource/unpack.hpp"

// Packages: a description together with all files that it names, in one flat folder or archive.
namespace zooport::bioimageio {

struct PackageOptions {
  // Names of weights formats, the preferred one first: the first that the model has is packed, alone and without its
  // parent. Nothing: all are packed.
  std::optional<std::vector<std::string>> weights;
  // kFull: weights entries without a SHA-256 get that of their file.
  Io io = Io::kFull;
  resource::IfPresent if_present = resource::IfPresent::kRefuse;
};

// A file of a package.
struct PackageFile {
  std::string name;    // in the package
  std::string source;  // a path relative to the description, or a URL
  Path path;           // of the first field that names it
  // The reference leaves it behind, though the description names it.
  bool is_addition = false;
};

struct PackageContent {
  std::vector<PackageFile> files;  // in their order in the package; the description follows as the last
  std::string description_name;    // "rdf.yaml"
  doc::Value description;          // names the files as they are named in the package
};

// What a package of a valid description holds; looks at no file. Errors: a description that is not valid (kUsage), and
// of kInvalid: a name of the description that is none in a package, files that can get no name there, weights formats
// of which the model has none (kUsage).
Result<PackageContent> package_content(const Description& description, const PackageOptions& options);

struct WrittenPackage {
  std::string dest;
  PackageContent content;
  std::string sha256;       // of the archive; empty for a folder
  std::uint64_t bytes = 0;  // of the archive, or of all files of the folder
};

// Writes a package: an archive if `dest` ends in ".zip", else a folder. It appears as a whole or not at all, and the
// same files give the same bytes. `root` is where the files of the description are. Memory is bounded: files are
// mapped, or written to a temporary folder beside `dest` first. Errors: those of package_content(); files that are
// missing or outside of the root (kInvalid); a destination that exists already or cannot be written (kIo).
Result<WrittenPackage> package(const Description& description, std::shared_ptr<const resource::Root> root,
                               const std::string& dest, const PackageOptions& options, const Context& context);

}  // namespace zooport::bioimageio
