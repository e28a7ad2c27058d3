#include "zooport/base/os/growing_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/os/descriptor.hpp"
#include "zooport/base/os/file.hpp"

namespace zooport::os {

struct GrowingFile::State {
  std::string path;
  Descriptor file;
  std::uint64_t size = 0;
};

GrowingFile::GrowingFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
GrowingFile::GrowingFile(GrowingFile&&) noexcept = default;
GrowingFile& GrowingFile::operator=(GrowingFile&&) noexcept = default;
GrowingFile::~GrowingFile() = default;

Result<GrowingFile> GrowingFile::open(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->file = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666));
  struct stat info {};
  if (!state->file || ::fstat(state->file.get(), &info) != 0) return io_error("write", path);
  state->size = static_cast<std::uint64_t>(info.st_size);
  return GrowingFile(std::move(state));
}

std::uint64_t GrowingFile::size() const { return state_->size; }

Result<void> GrowingFile::clear() {
  if (::ftruncate(state_->file.get(), 0) != 0) return io_error("write", state_->path);
  state_->size = 0;
  return {};
}

Result<void> GrowingFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(state_->file.get(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return io_error("write", state_->path);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    state_->size += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<void> GrowingFile::move_to(const std::string& path) {
  if (::fsync(state_->file.get()) != 0 || !state_->file.close()) return io_error("write", state_->path);
  return rename_path(state_->path, path);
}

}  // namespace zooport::os
