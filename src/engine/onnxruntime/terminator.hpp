#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "engine/onnxruntime/abi.hpp"

namespace zooport::engine::ort {

// Ends a run when the stop token is set or the deadline has passed. The options outlive it.
class Terminator {
 public:
  enum class Cause : std::uint8_t { kNone, kStop, kDeadline };

  Terminator(const Api& api, RunOptions* options, const std::stop_token& stop,
             std::optional<std::chrono::milliseconds> deadline);
  ~Terminator();
  Terminator(const Terminator&) = delete;
  Terminator& operator=(const Terminator&) = delete;

  // The run has ended: nothing more happens. Says what ended it, if it was this.
  Cause finish();

 private:
  void terminate(Cause cause);

  const Api& api_;
  RunOptions* options_;
  std::atomic<Cause> cause_ = Cause::kNone;
  std::mutex mutex_;
  std::condition_variable condition_;
  bool finished_ = false;
  std::thread watcher_;  // only with a deadline
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace zooport::engine::ort
