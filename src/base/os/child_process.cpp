#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include "base/os/descriptor.hpp"
#include "zooport/base/os/channel.hpp"
#include "zooport/base/text.hpp"

namespace zooport::os {
namespace {

// Frees what posix_spawn wants to be given.
class SpawnPlan {
 public:
  explicit SpawnPlan(int input) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
#endif
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::string described(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const char* name = ::strsignal(number);
    return concat("was killed by signal ", number, name ? concat(" (", name, ")") : std::string());
  }
  return concat("ended with exit code ", WEXITSTATUS(status));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::string& program, const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return io_error("start", program);
  Channel ours(ends[0]);
  const Descriptor theirs(ends[1]);
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const SpawnPlan plan(theirs.get());
  pid_t id = -1;
  errno = ::posix_spawn(&id, program.c_str(), plan.actions(), plan.attributes(), words.data(), environ);
  if (errno != 0) return io_error("start", program);
  return ChildProcess(id, std::move(ours));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      channel_(std::move(other.channel_)),
      ended_(std::move(other.ended_)),
      exit_code_(other.exit_code_) {}
ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(channel_, other.channel_);
  std::swap(ended_, other.ended_);
  std::swap(exit_code_, other.exit_code_);
  return *this;
}
ChildProcess::~ChildProcess() { end(std::chrono::milliseconds(0)); }

std::string ChildProcess::end(std::chrono::milliseconds patience) {
  if (id_ < 0) return ended_;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  // Not waited for yet, so that the number of its group is still its own.
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0 &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const bool has_ended = info.si_pid != 0;
  ::kill(id_, SIGKILL);
  ::kill(-id_, SIGKILL);  // what it has started
  int status = 0;
  pid_t done = 0;
  while ((done = ::waitpid(id_, &status, 0)) < 0 && errno == EINTR) continue;
  ended_ = !has_ended ? "did not end by itself" : done > 0 ? described(status) : "ended";
  if (has_ended && done > 0 && WIFEXITED(status)) exit_code_ = WEXITSTATUS(status);
  id_ = -1;
  return ended_;
}

}  // namespace zooport::os
