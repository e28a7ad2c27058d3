#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "zooport/base/result.hpp"

namespace zooport::os {

// A two-way stream between two processes. One thread at a time.
class Channel {
 public:
  // What ends an exchange before it is done.
  struct Until {
    std::stop_token stop;
    std::optional<std::chrono::steady_clock::time_point> deadline;
  };
  enum class Outcome : std::uint8_t { kDone, kClosed, kStopped, kDeadline };  // kClosed: by the other side

  explicit Channel(int descriptor);  // takes the descriptor over
  Channel(Channel&&) noexcept;
  Channel& operator=(Channel&&) noexcept;
  ~Channel();

  Outcome write(std::span<const std::byte> bytes, const Until& until);
  Outcome read(std::span<std::byte> bytes, const Until& until);  // all of them

  // Of a process that ChildProcess started: its end of the stream. Error: it was started by somebody else.
  static Result<Channel> to_parent();
  // Ends this process as soon as the other one has closed the stream or ended, whatever this one is doing.
  void end_process_when_closed() const;

 private:
  static std::optional<Outcome> over(const Until& until);
  Outcome wait(short events, const Until& until) const;
  int descriptor_ = -1;
};

// A program that runs beside this one, with a Channel as its standard input and nothing else open: its standard output
// and error lead nowhere. In a process group of its own, so that Ctrl-C reaches this process alone.
class ChildProcess {
 public:
  static Result<ChildProcess> start(const std::string& program, const std::vector<std::string>& arguments);
  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) noexcept;
  ~ChildProcess();  // kills it if it still runs

  Channel& channel() { return channel_; }
  // How it ended: "ended with exit code 3", "was killed by signal 11 (Segmentation fault)". Waits `patience` for it to
  // end by itself, then kills it: "did not end by itself". Later calls give the first answer.
  std::string end(std::chrono::milliseconds patience);
  // After end(), if it ended by itself and not by a signal.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  ChildProcess(int id, Channel channel) : id_(id), channel_(std::move(channel)) {}
  int id_ = -1;  // of the process, while it may still run
  Channel channel_;
  std::string ended_;
  std::optional<int> exit_code_;
};

// Bounds the writable memory of this process, what it has already included; 0: no bound. No core is written if it dies.
void limit_own_memory(std::uint64_t bytes);

}  // namespace zooport::os
