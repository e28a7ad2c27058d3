#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/doc/value.hpp"

namespace zooport::bioimageio {

// A place of a description that names a file which belongs into its package.
struct PackagePlace {
  doc::Value* value = nullptr;
  Path path;
  std::string before;  // of the text: "conda:"
  std::string source;  // the file
  std::string after;   // ":Network"
  bool is_addition = false;

  void rename(std::string_view name) const { value->text = before + std::string(name) + after; }
};

// In the order of the document. `kind`: "model", "dataset", "notebook", "application", or "generic". Places live as
// long as `document` is not changed otherwise.
std::vector<PackagePlace> package_places(doc::Value& document, std::string_view kind);

// The kind of a description's content.
std::string_view kind_of(const Content& content);

}  // namespace zooport::bioimageio
