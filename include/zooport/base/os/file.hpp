#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/result.hpp"

namespace zooport::os {

// Paths are UTF-8, with '/' between components. Nothing here throws.

enum class FileKind : std::uint8_t { kMissing, kRegular, kFolder, kLink, kOther };

struct FileStatus {
  FileKind kind = FileKind::kMissing;
  std::uint64_t size = 0;
  std::uint64_t links = 1;  // hard links
};

FileStatus status(const std::string& path);  // follows links
FileStatus status_without_following(const std::string& path);

// The whole file: mapped when large, copied when small.
Result<Bytes> read_file(const std::string& path, std::uint64_t limit);
// Standard input to its end.
Result<Bytes> read_standard_input(std::uint64_t limit);

// Names of the direct children in code-point order, without "." and "..".
Result<std::vector<std::string>> list_folder(const std::string& path);
Result<void> make_folders(const std::string& path);
Result<void> remove_file(const std::string& path);
Result<void> remove_tree(const std::string& path);
Result<void> rename_path(const std::string& from, const std::string& to);

// The path with every link resolved.
Result<std::string> real_path(const std::string& path);

std::string join_path(std::string_view folder, std::string_view name);
std::string parent_path(std::string_view path);  // "" if there is none
std::string file_name(std::string_view path);
std::string current_folder();
std::string temporary_folder();

// A file that appears under its name only as a whole: bytes go to a temporary file beside it, commit() syncs and
// renames. Destroyed without commit(), or when the process is stopped by a signal, it leaves nothing behind.
class AtomicFile {
 public:
  static Result<AtomicFile> create(const std::string& path, bool may_replace);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) noexcept;
  ~AtomicFile();

  Result<void> write(std::span<const std::byte> bytes);  // appends
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  // The path of the temporary file, for libraries that insist on opening files themselves.
  const std::string& temporary_path() const;
  Result<void> commit();

 private:
  struct State;
  explicit AtomicFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

Result<void> write_file_atomically(const std::string& path, std::span<const std::byte> bytes, bool may_replace);

// A folder that appears under its name only as a whole, like AtomicFile. `path()` is where to write until commit().
class AtomicFolder {
 public:
  static Result<AtomicFolder> create(const std::string& path);
  AtomicFolder(AtomicFolder&&) noexcept;
  AtomicFolder& operator=(AtomicFolder&&) noexcept;
  ~AtomicFolder();
  const std::string& path() const;
  Result<void> commit();

 private:
  struct State;
  explicit AtomicFolder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zooport::os
