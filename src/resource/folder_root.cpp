#include <algorithm>

#include "resource/name.hpp"
#include "zooport/archive/name.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/outside.hpp"

namespace zooport::resource {
namespace {

enum class Outside : std::uint8_t { kRefuse, kAllow };

class FolderRoot final : public Root {
 public:
  FolderRoot(const std::string& path, std::string real, const Limits& limits, Outside outside)
      : path_(path),
        real_(std::move(real)),
        limits_(limits),
        outside_(outside),
        description_(concat("folder ", printable(path))) {}

  const std::string& description() const override { return description_; }

  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    std::size_t seen = 0;
    ZOOPORT_TRY(collect("", 0, seen, names));
    std::sort(names.begin(), names.end());
    return names;
  }

  bool has(const std::string& name) const override {
    return check_name(name).ok() && os::status(os::join_path(path_, name)).kind == os::FileKind::kRegular &&
           locate(name).ok();
  }

  bool has_second_name(const std::string& name) const override {
    return check_name(name).ok() && os::status(os::join_path(path_, name)).links > 1;
  }

  Result<Bytes> read(const std::string& name, const Context& context) const override {
    if (context.stopped()) return Context::cancelled();
    ZOOPORT_TRY(check_name(name));
    const os::FileStatus about = os::status(os::join_path(path_, name));
    if (about.kind == os::FileKind::kMissing) return no_such_file(*this, name);
    ZOOPORT_TRY_ASSIGN(const std::string real, locate(name));
    // A pipe or a device would block, or never end.
    if (about.kind != os::FileKind::kRegular) {
      return make_error(ErrorKind::kInvalid, "resource.not-a-file",
                        concat("'", printable(name), "' of ", description_, " is not a regular file"));
    }
    if (about.size > context.limits.model_bytes) {
      return make_error(ErrorKind::kInvalid, "resource.file-limit",
                        concat("'", printable(name), "' has ", size_text(about.size),
                               ", more than limits.model_bytes = ", context.limits.model_bytes,
                               "; raise that limit if this is meant"));
    }
    return os::read_file(real, context.limits.model_bytes);
  }

 private:
  Result<void> check_name(const std::string& name) const {
    if (outside_ == Outside::kAllow) {
      const auto fault = archive::check_name(name);
      if (fault && fault->id == "zip.path-escapes" && !name.ends_with('/')) return {};
    }
    return check_file_name(name);
  }

  // The path with links resolved, if that is inside the root.
  Result<std::string> locate(const std::string& name) const {
    ZOOPORT_TRY_ASSIGN(const std::string real, os::real_path(os::join_path(path_, name)));
    const bool inside =
        real_ == "/" || (real.size() > real_.size() && real.starts_with(real_) && real[real_.size()] == '/');
    if (inside || outside_ == Outside::kAllow) return real;
    return make_error(
        ErrorKind::kInvalid, "resource.link-escapes",
        concat("'", printable(name), "' is a link that leads out of ", description_, "; put the file itself there"));
  }

  Result<void> collect(const std::string& below, std::size_t depth, std::size_t& seen,
                       std::vector<std::string>& names) const {
    if (depth > limits_.depth) {
      return make_error(ErrorKind::kInvalid, "resource.depth-limit",
                        concat(description_, " is nested deeper than limits.depth = ", limits_.depth,
                               "; raise that limit if this is meant"));
    }
    ZOOPORT_TRY_ASSIGN(const auto children, os::list_folder(os::join_path(path_, below)));
    for (const std::string& child : children) {
      if (++seen > limits_.nodes) {
        return make_error(ErrorKind::kInvalid, "resource.count-limit",
                          concat(description_, " holds more files than limits.nodes = ", limits_.nodes,
                                 "; raise that limit if this is meant"));
      }
      std::string name = os::join_path(below, child);
      if (!check_file_name(name).ok()) continue;
      // Folders behind links could lead in a circle.
      if (os::status_without_following(os::join_path(path_, name)).kind == os::FileKind::kFolder) {
        ZOOPORT_TRY(collect(name, depth + 1, seen, names));
      } else if (has(name)) {
        names.push_back(std::move(name));
      }
    }
    return {};
  }

  std::string path_;
  std::string real_;
  Limits limits_;
  Outside outside_;
  std::string description_;
};

Result<std::shared_ptr<Root>> open(const std::string& path, const Context& context, Outside outside) {
  ZOOPORT_TRY_ASSIGN(std::string real, os::real_path(path));
  if (os::status(real).kind != os::FileKind::kFolder) {
    return make_error(ErrorKind::kIo, "resource.not-a-folder", concat(printable(path), " is not a folder"));
  }
  return std::shared_ptr<Root>(std::make_shared<FolderRoot>(path, std::move(real), context.limits, outside));
}

}  // namespace

Result<std::shared_ptr<Root>> open_folder(const std::string& path, const Context& context) {
  return open(path, context, Outside::kRefuse);
}

Result<std::shared_ptr<Root>> open_folder_and_outside(const std::string& path, const Context& context) {
  return open(path, context, Outside::kAllow);
}

}  // namespace zooport::resource
