#include <algorithm>

#include "onnx/reader.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {

std::optional<std::string> contained_location(std::string_view location) {
  if (location.empty() || location.size() > 4096 || !is_valid_utf8(location)) return std::nullopt;
  // A backslash and a colon mean something to some systems, and to no honest writer.
  const auto odd = [](char c) { return c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20; };
  if (location.front() == '/' || location.back() == '/' || std::any_of(location.begin(), location.end(), odd))
    return std::nullopt;
  std::string path;
  while (!location.empty()) {
    const std::size_t slash = location.find('/');
    const std::string_view part = location.substr(0, slash);
    location.remove_prefix(slash == std::string_view::npos ? location.size() : slash + 1);
    if (part == "..") return std::nullopt;
    if (part.empty() || part == ".") continue;
    if (!path.empty()) path += '/';
    path += part;
  }
  if (path.empty()) return std::nullopt;
  return path;
}

ExternalFiles folder_external_files(std::string folder, const Limits& limits) {
  return [folder = std::move(folder), limits](const std::string& location) -> Result<Bytes> {
    const auto refuse = [&](const char* why) {
      return make_error(ErrorKind::kInvalid, "onnx.external-location", concat("'", printable(location), "' ", why));
    };
    const auto contained = contained_location(location);
    if (!contained) return refuse("is not below the model's folder");
    const std::string path = os::join_path(folder, *contained);
    const auto status = os::status(path);
    if (status.kind == os::FileKind::kMissing) return refuse("does not exist");
    if (status.kind != os::FileKind::kRegular) return refuse("is no file");
    // A second name may lie anywhere, and what is read through it would end up in what is written.
    if (status.links > 1) return refuse("has more than one name (a hard link); copy it");
    ZOOPORT_TRY_ASSIGN(const std::string root, os::real_path(folder));
    ZOOPORT_TRY_ASSIGN(const std::string target, os::real_path(path));
    const std::string prefix = root.ends_with('/') ? root : root + '/';
    if (!target.starts_with(prefix)) return refuse("is a link that leaves the model's folder");
    return os::read_file(target, limits.model_bytes);
  };
}

}  // namespace zooport::onnx
