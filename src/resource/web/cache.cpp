#include "resource/web/cache.hpp"

#include <vector>

#include "zooport/base/os/file.hpp"
#include "zooport/base/os/growing_file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource::web {
namespace {

constexpr std::uint64_t kMostEntryBytes = 64u << 10;
constexpr std::size_t kPiece = 1u << 20;

}  // namespace

Result<Cache> Cache::open(const std::string& folder) {
  for (const char* kind : {"objects", "urls", "parts", "locks"})
    ZOOPORT_TRY(os::make_folders(os::join_path(folder, kind)));
  return Cache(folder);
}

std::string Cache::path_of(const char* kind, const Url& url) const {
  return concat(folder_, "/", kind, "/", sha256_hex(as_bytes(url.text())));
}

std::string Cache::object_path(const std::string& sha256) const {
  return concat(folder_, "/objects/", sha256.substr(0, 2), "/", sha256.substr(2));
}

std::optional<Cache::Entry> Cache::find(const Url& url) const {
  const auto text = os::read_file(path_of("urls", url), kMostEntryBytes);
  if (!text.ok()) return std::nullopt;
  std::vector<std::string> lines;
  for (std::string_view rest = text->text(); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) return std::nullopt;
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  if (lines.size() != 4 || lines[0] != url.text() || lines[1].size() != 64) return std::nullopt;
  if (lines[1].find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return Entry{lines[1], {lines[2], lines[3]}};
}

Result<std::optional<Bytes>> Cache::read(const std::string& sha256, const Context& context) const {
  const std::string path = object_path(sha256);
  const os::FileStatus about = os::status_without_following(path);
  if (about.kind != os::FileKind::kRegular) return std::optional<Bytes>();
  ZOOPORT_TRY_ASSIGN(Bytes bytes, os::read_file(path, about.size));
  Sha256 hash;
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    if (context.stopped()) return Context::cancelled();
    hash.update(bytes.slice(at, kPiece).span());
  }
  if (hash.hex() == sha256) return std::optional(std::move(bytes));
  ZOOPORT_TRY(os::remove_file(path));
  return std::optional<Bytes>();
}

Result<void> Cache::keep(const Url& url, const Entry& entry) const {
  const std::string object = object_path(entry.sha256);
  ZOOPORT_TRY(os::make_folders(os::parent_path(object)));
  ZOOPORT_TRY_ASSIGN(os::GrowingFile part, os::GrowingFile::open(part_path(url)));
  ZOOPORT_TRY(part.move_to(object));
  [[maybe_unused]] const auto note = os::remove_file(part_path(url) + ".of");  // means nothing without its part
  const std::string text =
      concat(url.text(), "\n", entry.sha256, "\n", entry.validators.etag, "\n", entry.validators.last_modified, "\n");
  return os::write_file_atomically(path_of("urls", url), as_bytes(text), true);
}

}  // namespace zooport::resource::web
