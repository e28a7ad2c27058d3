#include "zooport/convert/find_sources.hpp"

#include <set>

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/strings.hpp"

namespace zooport::convert {
namespace {

constexpr std::size_t kDeepest = 200;  // folders below folders

class Search {
 public:
  Search(Wanted wanted, const Context& context) : wanted_(wanted), context_(context) {}

  Result<void> enter(const std::string& folder, std::size_t depth) {
    if (context_.stopped()) return Context::cancelled();
    const auto real = os::real_path(folder);
    if (!real || depth > kDeepest) {
      found_.unreadable.push_back(folder);
      return {};
    }
    if (!entered_.insert(*real).second) return {};
    const auto names = os::list_folder(folder);
    if (!names) {
      found_.unreadable.push_back(folder);
      return {};
    }
    std::vector<std::string> folders;
    for (const std::string& name : *names) {
      if (name.starts_with('.')) continue;
      std::string path = os::join_path(folder, name);
      const os::FileKind kind = os::status(path).kind;
      if (kind == os::FileKind::kFolder)
        folders.push_back(std::move(path));
      else if (kind == os::FileKind::kRegular && is_wanted(name))
        found_.sources.push_back(std::move(path));
    }
    for (const std::string& path : folders) ZOOPORT_TRY(enter(path, depth + 1));
    return {};
  }

  FoundSources take() { return std::move(found_); }

 private:
  bool is_wanted(const std::string& name) const {
    if (bioimageio::is_description_name(name)) return true;
    if (wanted_ == Wanted::kDescriptions) return false;
    for (const std::string_view ending : {".zip", ".czann", ".czseg", ".onnx"})
      if (ends_with_ignoring_case(name, ending)) return true;
    return false;
  }

  Wanted wanted_;
  const Context& context_;
  std::set<std::string> entered_;  // real paths
  FoundSources found_;
};

}  // namespace

Result<FoundSources> find_sources(const std::string& folder, Wanted wanted, const Context& context) {
  Search search(wanted, context);
  if (os::status(folder).kind == os::FileKind::kFolder) ZOOPORT_TRY(search.enter(folder, 0));
  FoundSources found = search.take();
  if (found.sources.empty() && found.unreadable.empty()) {
    Error error =
        make_error(ErrorKind::kIo, "convert.no-sources",
                   concat(printable(folder), " is no folder with a description, .zip, .czann or .onnx in it"));
    error.what.file = folder;
    return error;
  }
  return found;
}

}  // namespace zooport::convert
