#include "engine/onnxruntime/terminator.hpp"

#include "engine/onnxruntime/status.hpp"

namespace zooport::engine::ort {

Terminator::Terminator(const Api& api, RunOptions* options, const std::stop_token& stop,
                       std::optional<std::chrono::milliseconds> deadline)
    : api_(api), options_(options) {
  if (stop.stop_possible()) on_stop_.emplace(stop, [this] { terminate(Cause::kStop); });
  if (!deadline) return;
  watcher_ = std::thread([this, until = std::chrono::steady_clock::now() + *deadline] {
    std::unique_lock lock(mutex_);
    if (!condition_.wait_until(lock, until, [this] { return finished_; })) terminate(Cause::kDeadline);
  });
}

Terminator::~Terminator() { finish(); }

Terminator::Cause Terminator::finish() {
  on_stop_.reset();
  if (watcher_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      finished_ = true;
    }
    condition_.notify_one();
    watcher_.join();
  }
  return cause_;
}

void Terminator::terminate(Cause cause) {
  Cause none = Cause::kNone;
  if (cause_.compare_exchange_strong(none, cause)) take(api_, api_.set_terminate(options_));
}

}  // namespace zooport::engine::ort
