#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <stop_token>
#include <thread>

#include "base/os/unfinished.hpp"
#include "zooport/base/os/process.hpp"

namespace zooport::os {
namespace {

// A handler may not lock, and request_stop() does: the handler writes a byte into this pipe, and a thread asks.
std::array<int, 2> wake_pipe{-1, -1};
std::atomic<int> signals_seen{0};

extern "C" void on_signal(int number) {
  if (signals_seen.fetch_add(1) > 0) {
    remove_unfinished_in_signal_handler();
    ::signal(number, SIG_DFL);
    ::raise(number);
    return;
  }
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_pipe[1], &byte, 1);
}

std::stop_source& install() {
  static std::stop_source source;
  if (::pipe(wake_pipe.data()) != 0) return source;
  std::thread([] {
    char byte = 0;
    if (::read(wake_pipe[0], &byte, 1) == 1) source.request_stop();
  }).detach();
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
  return source;
}

}  // namespace

std::stop_token stop_on_signals() {
  static std::stop_source& source = install();
  return source.get_token();
}

}  // namespace zooport::os
