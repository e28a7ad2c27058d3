#include "zooport/convert/find_sources.hpp"

#include <set>

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/strings.hpp"

namespace zooport::convert {
namespace {

constexpr std::size_t kDeepest = 200;  // folders below folders
constexpr std::uint64_t kLargestDescription = 4 << 20;

// Of a YAML file with any name: it has the two fields that say how to read the rest.
bool looks_like_description(const std::string& path, std::uint64_t size) {
  if (size > kLargestDescription) return false;
  const auto bytes = os::read_file(path, kLargestDescription);
  if (!bytes) return false;
  const std::string_view text = bytes->text();
  const auto has_field = [&](std::string_view field) {
    for (std::size_t at = text.find(field); at != text.npos; at = text.find(field, at + 1))
      if (at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r') return true;
    return false;
  };
  return has_field("format_version:") && has_field("type:");
}

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
      const os::FileStatus about = os::status(path);
      if (about.kind == os::FileKind::kFolder)
        folders.push_back(std::move(path));
      else if (about.kind == os::FileKind::kRegular && is_wanted(name, path, about.size))
        found_.sources.push_back(std::move(path));
    }
    for (const std::string& path : folders) ZOOPORT_TRY(enter(path, depth + 1));
    return {};
  }

  FoundSources take() { return std::move(found_); }

 private:
  bool is_wanted(const std::string& name, const std::string& path, std::uint64_t size) const {
    if (bioimageio::is_description_name(name)) return true;
    if (ends_with_ignoring_case(name, ".yaml") || ends_with_ignoring_case(name, ".yml"))
      return looks_like_description(path, size);
    if (wanted_ == Wanted::kDescriptions) return false;
    for (const std::string_view ending : {".zip", ".czann", ".czseg", ".czmodel", ".onnx"})
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
                   concat(printable(folder), " is no folder with a description, .zip, .czann, .czseg or .onnx in it"));
    error.what.file = folder;
    return error;
  }
  return found;
}

}  // namespace zooport::convert
