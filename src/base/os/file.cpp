#include "zooport/base/os/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/os/descriptor.hpp"
#include "base/os/sparse_mappings.hpp"
#include "zooport/base/text.hpp"

namespace zooport::os {
namespace {

// Below this size a copy is cheaper than a mapping, and cannot be pulled away.
constexpr std::uint64_t kMapFrom = 1u << 20;

FileStatus to_status(const struct stat& info) {
  FileStatus status;
  status.kind = S_ISREG(info.st_mode)   ? FileKind::kRegular
                : S_ISDIR(info.st_mode) ? FileKind::kFolder
                : S_ISLNK(info.st_mode) ? FileKind::kLink
                                        : FileKind::kOther;
  status.size = static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
  status.links = info.st_nlink;
  return status;
}

// What the caller of the program opened, as the shell does for <(…).
bool is_handed_over(std::string_view path) {
  return path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/") || path == "/dev/stdin";
}

Error too_large(const std::string& path, std::uint64_t limit) {
  return make_error(ErrorKind::kIo, "base.file-too-large",
                    concat(printable(path), " is larger than ", size_text(limit),
                           ", the most that is read here; raise the limit or give a smaller file"));
}

Result<Bytes> read_to_end(int descriptor, const std::string& path, std::uint64_t expected, std::uint64_t limit) {
  std::string text;
  text.reserve(static_cast<std::size_t>(std::min(expected, limit)) + 1);
  std::size_t size = 0;
  while (true) {
    if (size == text.size()) text.resize(std::max<std::size_t>({text.capacity(), size + 1, 1u << 14}));
    const ssize_t got = ::read(descriptor, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > limit) return too_large(path, limit);
  }
  text.resize(size);
  return Bytes(std::move(text));
}

}  // namespace

Error io_error(std::string_view verb, const std::string& path) {
  const int why = errno;
  Error error =
      make_error(ErrorKind::kIo, "base.io", concat("cannot ", verb, " ", printable(path), ": ", std::strerror(why)));
  error.what.file = path;
  return error;
}

Result<Descriptor> open_to_read(const std::string& path) {
  const bool may_wait = is_handed_over(path);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | (may_wait ? 0 : O_NONBLOCK)));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) return io_error("read", path);
  if (S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    return io_error("read", path);
  }
  if (may_wait || S_ISREG(info.st_mode)) return file;
  Error error =
      make_error(ErrorKind::kIo, "base.not-a-file",
                 concat(printable(path), " is a pipe or a device and no file; give a file, or hand a pipe over ",
                        "as the shell does: <(…)"));
  error.what.file = path;
  return error;
}

FileStatus status(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? to_status(info) : FileStatus{};
}

FileStatus status_without_following(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 ? to_status(info) : FileStatus{};
}

Result<Bytes> read_file(const std::string& path, std::uint64_t limit) {
  ZOOPORT_TRY_ASSIGN(Descriptor file, open_to_read(path));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return io_error("read", path);
  const FileStatus about = to_status(info);
  if (about.size > limit) return too_large(path, limit);
  if (about.kind != FileKind::kRegular || about.size < kMapFrom)
    return read_to_end(file.get(), path, about.size, limit);
  const std::size_t size = about.size;
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (memory == MAP_FAILED) return read_to_end(file.get(), path, about.size, limit);
  const bool has_holes = static_cast<std::uint64_t>(info.st_blocks) * 512 < about.size;
  if (has_holes) remember_sparse_mapping(memory, size, std::move(file));
  const std::shared_ptr<const void> owner(memory, [size, has_holes](const void* mapped) {
    if (has_holes) forget_sparse_mapping(mapped);
    ::munmap(const_cast<void*>(mapped), size);
  });
  return Bytes(owner, {static_cast<const std::byte*>(memory), size});
}

Result<Bytes> read_standard_input(std::uint64_t limit) { return read_to_end(STDIN_FILENO, "standard input", 0, limit); }

Result<std::vector<std::string>> list_folder(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return io_error("list", path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(folder.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> make_folders(const std::string& path) {
  if (path.empty() || status(path).kind == FileKind::kFolder) return {};
  ZOOPORT_TRY(make_folders(parent_path(path)));
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return io_error("make folder", path);
  return {};
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return io_error("remove", path);
  return {};
}

Result<void> remove_tree(const std::string& path) {
  const FileStatus about = status_without_following(path);
  if (about.kind == FileKind::kMissing) return {};
  if (about.kind != FileKind::kFolder) return remove_file(path);
  ZOOPORT_TRY_ASSIGN(const auto names, list_folder(path));
  for (const std::string& name : names) ZOOPORT_TRY(remove_tree(join_path(path, name)));
  if (::rmdir(path.c_str()) != 0) return io_error("remove", path);
  return {};
}

Result<void> rename_path(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return io_error("rename to", to);
  return {};
}

Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), std::free);
  if (!resolved) return io_error("resolve", path);
  return std::string(resolved.get());
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || name.starts_with('/')) return std::string(name);
  return folder.ends_with('/') ? concat(folder, name) : concat(folder, '/', name);
}

std::string parent_path(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return std::string(slash == 0 ? path.substr(0, 1) : path.substr(0, slash));
}

std::string file_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string current_folder() {
  const std::unique_ptr<char, void (*)(void*)> folder(::getcwd(nullptr, 0), std::free);
  return folder ? folder.get() : ".";
}

std::string temporary_folder() {
  const char* set = std::getenv("TMPDIR");
  return set && *set ? set : "/tmp";
}

}  // namespace zooport::os
