#include "zooport/base/os/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/os/descriptor.hpp"
#include "zooport/base/context.hpp"

namespace zooport::os {

struct FileLock::State {
  Descriptor file;
};

FileLock::FileLock(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileLock::FileLock(FileLock&&) noexcept = default;
FileLock& FileLock::operator=(FileLock&&) noexcept = default;
FileLock::~FileLock() = default;

Result<FileLock> FileLock::acquire(const std::string& path, const std::stop_token& stop) {
  auto state = std::make_unique<State>();
  state->file = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!state->file) return io_error("lock", path);
  // Asking again and again, because a lock that blocks could not be given up.
  for (auto pause = std::chrono::milliseconds(1); ::flock(state->file.get(), LOCK_EX | LOCK_NB) != 0;
       pause = std::min(pause * 2, std::chrono::milliseconds(100))) {
    if (errno != EWOULDBLOCK && errno != EINTR) return io_error("lock", path);
    if (stop.stop_requested()) return Context::cancelled();
    std::this_thread::sleep_for(pause);
  }
  return FileLock(std::move(state));
}

}  // namespace zooport::os
