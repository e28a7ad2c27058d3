#include "zooport/base/os/channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

namespace zooport::os {
namespace {

using Clock = std::chrono::steady_clock;

// A stop token cannot be polled: it is looked at this often.
constexpr std::chrono::milliseconds kGlance{20};

}  // namespace

Channel::Channel(int descriptor) : descriptor_(descriptor) {}
Channel::Channel(Channel&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
Channel& Channel::operator=(Channel&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}
Channel::~Channel() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Channel::Outcome Channel::wait(short events, const Until& until) const {
  while (true) {
    if (const auto outcome = over(until)) return *outcome;
    int milliseconds = until.stop.stop_possible() ? static_cast<int>(kGlance.count()) : -1;
    if (until.deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until.deadline - Clock::now()).count();
      const auto most = milliseconds < 0 ? std::int64_t{1000} : std::int64_t{milliseconds};
      milliseconds = static_cast<int>(std::clamp<std::int64_t>(left, 0, most));
    }
    pollfd waiting{descriptor_, events, 0};
    const int ready = ::poll(&waiting, 1, milliseconds);
    if (ready > 0) return Outcome::kDone;
    if (ready < 0 && errno != EINTR) return Outcome::kClosed;
  }
}

// Also where the other side is quick and there is never anything to wait for.
std::optional<Channel::Outcome> Channel::over(const Until& until) {
  if (until.stop.stop_requested()) return Outcome::kStopped;
  if (until.deadline && Clock::now() >= *until.deadline) return Outcome::kDeadline;
  return std::nullopt;
}

Channel::Outcome Channel::write(std::span<const std::byte> bytes, const Until& until) {
  while (!bytes.empty()) {
    if (const auto outcome = over(until)) return *outcome;
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (const Outcome outcome = wait(POLLOUT, until); outcome != Outcome::kDone) return outcome;
    } else if (errno != EINTR) {
      return Outcome::kClosed;
    }
  }
  return Outcome::kDone;
}

Channel::Outcome Channel::read(std::span<std::byte> bytes, const Until& until) {
  while (!bytes.empty()) {
    if (const auto outcome = over(until)) return *outcome;
    const ssize_t got = ::recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    } else if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (const Outcome outcome = wait(POLLIN, until); outcome != Outcome::kDone) return outcome;
    } else if (got == 0 || errno != EINTR) {
      return Outcome::kClosed;
    }
  }
  return Outcome::kDone;
}

Result<Channel> Channel::to_parent() {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
    return make_error(ErrorKind::kUsage, "base.no-parent", "this is run by zooport itself, with a stream as its input");
  return Channel(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
}

void Channel::end_process_when_closed() const {
  std::thread([descriptor = descriptor_] {
    pollfd waiting{descriptor, POLLRDHUP, 0};
    while (::poll(&waiting, 1, -1) < 0 && errno == EINTR) continue;
    ::_exit(0);
  }).detach();
}

void limit_own_memory(std::uint64_t bytes) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  if (bytes == 0) return;
  const rlimit most{bytes, bytes};
  ::setrlimit(RLIMIT_DATA, &most);
}

}  // namespace zooport::os
