#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace zooport::testing {

// A copy of this process that does something and ends without running destructors of the test.
class Process {
 public:
  explicit Process(const std::function<bool()>& work) {
    id_ = ::fork();
    if (id_ == 0) ::_exit(work() ? 0 : 1);
  }
  Process(Process&& other) noexcept : id_(other.id_) { other.id_ = -1; }
  ~Process() {
    if (id_ > 0) kill_now();
  }

  // Whether the work gave true.
  bool wait() {
    int status = 0;
    const bool ended = ::waitpid(id_, &status, 0) == id_;
    id_ = -1;
    return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  void kill_now() {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = -1;
  }

 private:
  pid_t id_ = -1;
};

}  // namespace zooport::testing
