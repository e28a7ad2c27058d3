#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "zooport/base/result.hpp"

namespace zooport::os {

// Only one holder of a path's lock at a time, among all threads and processes of this machine. The system lets go of it
// when the process ends, however it ends, so there are no stale locks; the file itself stays and means nothing.
class FileLock {
 public:
  // Waits for it; the stop token ends the waiting.
  static Result<FileLock> acquire(const std::string& path, const std::stop_token& stop);
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) noexcept;
  ~FileLock();

 private:
  struct State;
  explicit FileLock(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zooport::os
