#include "zooport/base/os/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/os/descriptor.hpp"
#include "zooport/base/text.hpp"

namespace zooport::os {

struct InputFile::State {
  std::string path;
  std::uint64_t size = 0;
  Descriptor file;
  Bytes bytes;  // read from where there is no descriptor
};

InputFile::InputFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
InputFile::InputFile(InputFile&&) noexcept = default;
InputFile& InputFile::operator=(InputFile&&) noexcept = default;
InputFile::~InputFile() = default;

Result<InputFile> InputFile::open(const std::string& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  ZOOPORT_TRY_ASSIGN(state->file, open_to_read(path));
  struct stat about {};
  if (::fstat(state->file.get(), &about) != 0) return io_error("read", path);
  if (!S_ISREG(about.st_mode)) {
    errno = ESPIPE;
    return io_error("read", path);
  }
  state->size = static_cast<std::uint64_t>(about.st_size);
  return InputFile(std::move(state));
}

InputFile InputFile::over(Bytes bytes, std::string name) {
  auto state = std::make_unique<State>();
  state->path = std::move(name);
  state->size = bytes.size();
  state->bytes = std::move(bytes);
  return InputFile(std::move(state));
}

std::uint64_t InputFile::size() const { return state_->size; }

const std::string& InputFile::path() const { return state_->path; }

Result<void> InputFile::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    ssize_t got = 0;
    if (state_->file) {
      got = ::pread(state_->file.get(), into.data(), into.size(), static_cast<off_t>(offset));
    } else if (offset < state_->size) {
      const Bytes part = state_->bytes.slice(offset, into.size());
      std::memcpy(into.data(), part.data(), part.size());
      got = static_cast<ssize_t>(part.size());
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", state_->path);
    if (got == 0) {
      Error error = make_error(ErrorKind::kIo, "base.short-file",
                               concat(printable(state_->path), " ends at byte ", offset, ", where ", into.size(),
                                      " more were expected; is it being written or cut?"));
      error.what.file = state_->path;
      return error;
    }
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace zooport::os
