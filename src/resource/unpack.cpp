#include "zooport/resource/unpack.hpp"

#include <algorithm>
#include <optional>

#include "resource/name.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource {
namespace {

Result<void> write_member(const Root& root, const std::string& name, const std::string& below, const Context& context) {
  ZOOPORT_TRY(check_file_name(name));
  const auto depth = static_cast<std::size_t>(std::count(name.begin(), name.end(), '/'));
  if (depth > context.limits.depth) {
    return make_error(ErrorKind::kInvalid, "resource.depth-limit",
                      concat("'", printable(name), "' is nested deeper than limits.depth = ", context.limits.depth,
                             "; raise that limit if this is meant"));
  }
  const std::string path = os::join_path(below, name);
  ZOOPORT_TRY(os::make_folders(os::parent_path(path)));
  // On a file system that ignores case, or folds more than ASCII, two names can meet in one file.
  ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(path, false));
  ZOOPORT_TRY(root.stream(
      name, [&](std::span<const std::byte> piece) { return file.write(piece); }, context));
  return file.commit();
}

// The old folder stands aside until the new one has its name, and comes back if that fails.
Result<void> replace(const std::string& fresh, const std::string& folder) {
  const std::string aside = concat(fresh, ".old");
  ZOOPORT_TRY(os::rename_path(folder, aside));
  if (auto done = os::rename_path(fresh, folder); !done.ok()) {
    ZOOPORT_TRY(os::rename_path(aside, folder));
    return done;
  }
  return os::remove_tree(aside);
}

}  // namespace

Result<std::vector<std::string>> unpack(const Root& root, const std::string& folder, const UnpackOptions& options,
                                        const Context& context) {
  std::string target = folder;
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  const bool present = os::status_without_following(target).kind != os::FileKind::kMissing;
  const bool replaces = present && options.if_present == IfPresent::kReplace;
  if (replaces && os::status_without_following(target).kind != os::FileKind::kFolder) {
    return make_error(ErrorKind::kIo, "resource.not-a-folder",
                      concat(printable(target), " is no folder, and is not replaced by one"));
  }
  // An AtomicFolder does not replace: here it only cleans up, under a name of its own.
  ZOOPORT_TRY_ASSIGN(auto fresh, os::AtomicFolder::create(replaces ? concat(target, ".new") : target));
  ZOOPORT_TRY_ASSIGN(std::vector<std::string> names, root.list());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (context.stopped()) return Context::cancelled();
    ZOOPORT_TRY(write_member(root, names[i], fresh.path(), context));
    context.tell({"unpack", i + 1, names.size()});
  }
  if (replaces) {
    ZOOPORT_TRY(replace(fresh.path(), target));
  } else {
    ZOOPORT_TRY(fresh.commit());
  }
  return names;
}

}  // namespace zooport::resource
