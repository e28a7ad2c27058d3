#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/archive/zip.hpp"
#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"

namespace zooport::resource {

// Gets the content piece by piece; an error ends the reading.
using Sink = archive::Sink;

// Where the files of a model come from: a folder, an archive, an archive in an archive, and later a URL. Names are
// relative, with '/', and cannot lead out: absolute names, "..", and links that leave the root are refused.
// Safe from any thread; an archive serves one at a time.
class Root {
 public:
  virtual ~Root() = default;
  // The kind, a space, and where it is: "folder models/x", "archive x.zip".
  virtual const std::string& description() const = 0;
  // Names of files in code-point order. Files of a folder whose names read() would refuse (backslash, control
  // character, not UTF-8), links that lead out and folders behind links are left out.
  virtual Result<std::vector<std::string>> list() const = 0;
  virtual bool has(const std::string& name) const = 0;
  virtual Result<Bytes> read(const std::string& name, const Context& context) const = 0;
  // As read(), without holding the whole file in memory where the root allows it.
  virtual Result<void> stream(const std::string& name, const Sink& sink, const Context& context) const;
  // Whether the file has another name (a hard link), which may lie anywhere.
  virtual bool has_second_name(const std::string& name) const;
};

// The limits of the context hold for the listing too.
Result<std::shared_ptr<Root>> open_folder(const std::string& path, const Context& context);
// `name` is for people: the path or URL of the archive, "x.czann/model.model" for one in another.
Result<std::shared_ptr<Root>> open_archive(const Bytes& archive, const std::string& name, const Context& context);
// The archive that is a file of `outer`.
Result<std::shared_ptr<Root>> open_archive_in(const Root& outer, const std::string& name, const Context& context);
// A folder, a ZIP archive (by its first bytes, or an ending that promises one), or for any other file its folder.
Result<std::shared_ptr<Root>> open_root(const std::string& path, const Context& context);

// read(), and an error with both digests if the file's SHA-256 is not `sha256` (64 hexadecimal digits).
Result<Bytes> read_checked(const Root& root, const std::string& name, const std::string& sha256,
                           const Context& context);

// read(), and an error (resource.second-name) for a file that may lie outside the root as well: for what a file from
// outside names, and what would end up in what is written.
Result<Bytes> read_only_name(const Root& root, const std::string& name, const Context& context);

// Why `name` cannot be the name of a file inside a root; empty if it can.
std::string refuse_name(std::string_view name);

}  // namespace zooport::resource
