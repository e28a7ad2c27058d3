#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/os/descriptor.hpp"
#include "base/os/unfinished.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::os {
namespace {

Error exists_error(const std::string& path) {
  Error error = make_error(ErrorKind::kIo, "base.exists",
                           concat(printable(path), " exists already; give another name, or --overwrite"));
  error.what.file = path;
  return error;
}

// mkstemp and mkdtemp give 0600 and 0700; what we write shall have the permissions that any new file gets.
mode_t process_umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

Result<void> sync_folder_of(const std::string& path) {
  const std::string folder = parent_path(path);
  const Descriptor handle(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot sync folders; the rename has happened all the same.
  if (handle) ::fsync(handle.get());
  return {};
}

// Renames without replacing, so that two processes cannot both believe that they made `to`.
Result<void> rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST) return exists_error(to);
  if (errno != EINVAL && errno != ENOSYS) return io_error("write", to);
  // A file system without that call: the check and the rename are two steps then.
  if (status_without_following(to).kind != FileKind::kMissing) return exists_error(to);
  return rename_path(from, to);
}

}  // namespace

struct AtomicFile::State {
  std::string path;
  std::string temporary;
  bool may_replace = false;
  Descriptor file;

  ~State() {
    if (temporary.empty()) return;
    file.close();
    ::unlink(temporary.c_str());
    forget_unfinished(temporary);
  }
};

AtomicFile::AtomicFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&&) noexcept = default;
AtomicFile::~AtomicFile() = default;

Result<AtomicFile> AtomicFile::create(const std::string& path, bool may_replace) {
  const FileStatus about = status(path);
  if (about.kind == FileKind::kFolder || (about.kind != FileKind::kMissing && !may_replace)) return exists_error(path);
  if (about.kind == FileKind::kOther) {
    Error error = make_error(ErrorKind::kIo, "base.not-a-file",
                             concat(printable(path), " is a pipe or a device, which is not replaced; give a file"));
    error.what.file = path;
    return error;
  }
  std::string pattern = path + ".part-XXXXXX";
  const int file = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (file < 0) return io_error("write", path);
  auto state = std::make_unique<State>();
  state->path = path;
  state->temporary = pattern;
  state->may_replace = may_replace;
  state->file = Descriptor(file);
  remember_unfinished(pattern);
  if (::fchmod(file, 0666 & ~process_umask()) != 0) return io_error("write", path);
  return AtomicFile(std::move(state));
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(state_->file.get(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return io_error("write", state_->path);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> AtomicFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(state_->file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return io_error("write", state_->path);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

const std::string& AtomicFile::temporary_path() const { return state_->temporary; }

Result<void> AtomicFile::commit() {
  State& state = *state_;
  // A library may have replaced or extended the file by its name: sync what stands there now.
  if (const Descriptor named(::open(state.temporary.c_str(), O_RDONLY | O_CLOEXEC));
      !named || ::fsync(named.get()) != 0)
    return io_error("write", state.path);
  if (!state.file.close()) return io_error("write", state.path);
  if (state.may_replace) {
    ZOOPORT_TRY(rename_path(state.temporary, state.path));
  } else {
    ZOOPORT_TRY(rename_to_new(state.temporary, state.path));
  }
  forget_unfinished(state.temporary);
  state.temporary.clear();
  return sync_folder_of(state.path);
}

Result<void> write_file_atomically(const std::string& path, std::span<const std::byte> bytes, bool may_replace) {
  ZOOPORT_TRY_ASSIGN(AtomicFile file, AtomicFile::create(path, may_replace));
  ZOOPORT_TRY(file.write(bytes));
  return file.commit();
}

struct AtomicFolder::State {
  std::string path;
  std::string temporary;

  ~State() {
    if (temporary.empty()) return;
    // Nothing can be done about a failure here; the next attempt uses another name.
    [[maybe_unused]] const Result<void> removed = remove_tree(temporary);
    forget_unfinished(temporary);
  }
};

AtomicFolder::AtomicFolder(std::unique_ptr<State> state) : state_(std::move(state)) {}
AtomicFolder::AtomicFolder(AtomicFolder&&) noexcept = default;
AtomicFolder& AtomicFolder::operator=(AtomicFolder&&) noexcept = default;
AtomicFolder::~AtomicFolder() = default;

Result<AtomicFolder> AtomicFolder::create(const std::string& path) {
  std::string target = path;
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  if (status_without_following(target).kind != FileKind::kMissing) return exists_error(target);
  std::string pattern = target + ".part-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return io_error("make folder", target);
  auto state = std::make_unique<State>();
  state->path = target;
  state->temporary = pattern;
  remember_unfinished(pattern);
  if (::chmod(pattern.c_str(), 0777 & ~process_umask()) != 0) return io_error("make folder", target);
  return AtomicFolder(std::move(state));
}

const std::string& AtomicFolder::path() const { return state_->temporary; }

Result<void> AtomicFolder::commit() {
  ZOOPORT_TRY(rename_to_new(state_->temporary, state_->path));
  forget_unfinished(state_->temporary);
  state_->temporary.clear();
  return sync_folder_of(state_->path);
}

}  // namespace zooport::os
