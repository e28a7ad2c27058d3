#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/result.hpp"

namespace zooport::bioimageio {

// What a source is called in a package, if nothing else is: the last part of a path, or of the path of a URL; empty if
// it has none.
std::string package_name_of(std::string_view source);

// The description's name in a package: that of its file, with "{name}" and "{type}" filled in. Error
// bioimageio.package-description-name if that is no name of a description.
Result<std::string> description_name(std::string_view file_name, std::string_view name, std::string_view type);

// Gives files their names in one flat folder: that of the file, with _2, _3, … before the first dot where another file
// has it already.
class PackageNames {
 public:
  explicit PackageNames(std::string description) : description_(std::move(description)) {}
  // kStrict: names that end like those of descriptions are refused, as the reference does it for what it packs.
  enum class Endings : std::uint8_t { kStrict, kLax };
  // The same source gets the same name. Error bioimageio.package-name if there is none for it.
  Result<std::string> name_for(const std::string& source, Endings endings);

 private:
  struct Taken {
    std::string name;  // in lower case: not all file systems tell cases apart
    std::string source;
    std::string spelled;
  };
  std::string description_;
  std::vector<Taken> taken_;
};

}  // namespace zooport::bioimageio
