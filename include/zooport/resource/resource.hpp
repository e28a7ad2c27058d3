#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"

namespace zooport::resource {

// Where the files of a model come from: a folder, an archive, an archive in an archive, and later a URL. Names are
// relative, with '/', and cannot lead out: absolute names, "..", and links that leave the root are refused.
class Root {
 public:
  virtual ~Root() = default;
  virtual const std::string& description() const = 0;         // "folder models/x", "archive x.zip"
  virtual Result<std::vector<std::string>> list() const = 0;  // names of files, code-point order
  virtual bool has(const std::string& name) const = 0;
  virtual Result<Bytes> read(const std::string& name, const Context& context) const = 0;
};

Result<std::shared_ptr<Root>> open_folder(const std::string& path, const Context& context);
Result<std::shared_ptr<Root>> open_archive(const Bytes& archive, const std::string& name, const Context& context);
// A folder, a ZIP archive, or (for any other file) its folder.
Result<std::shared_ptr<Root>> open_root(const std::string& path, const Context& context);

// Why `name` cannot be the name of a file inside a root; empty if it can.
std::string refuse_name(std::string_view name);

}  // namespace zooport::resource
