#include "zooport/convert/check_many.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "zooport/base/os/process.hpp"

namespace zooport::convert {
namespace {

constexpr std::size_t kWaitingPerThread = 4;

// Reports wait here for those before them.
class Queue {
 public:
  Queue(const std::vector<std::string>& sources, std::size_t most_waiting)
      : sources_(sources), most_waiting_(most_waiting) {}

  // The next source to check; none at the end. Waits while too many reports wait.
  std::optional<std::size_t> next() {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock,
                   [&] { return is_stopped_ || started_ >= sources_.size() || started_ < taken_ + most_waiting_; });
    if (is_stopped_ || started_ >= sources_.size()) return std::nullopt;
    return started_++;
  }
  void give(std::size_t index, Result<CheckReport> report) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.emplace(index, std::move(report));
    }
    has_report_.notify_one();
  }
  Result<CheckReport> take(std::size_t index) {
    std::unique_lock lock(mutex_);
    has_report_.wait(lock, [&] { return waiting_.contains(index); });
    auto report = waiting_.extract(index);
    taken_ = index + 1;
    lock.unlock();
    has_room_.notify_all();
    return std::move(report.mapped());
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
    }
    has_room_.notify_all();
  }

 private:
  const std::vector<std::string>& sources_;
  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable has_room_;
  std::condition_variable has_report_;
  std::map<std::size_t, Result<CheckReport>> waiting_;
  std::size_t started_ = 0;
  std::size_t taken_ = 0;
  bool is_stopped_ = false;
};

}  // namespace

Result<void> check_many(const std::vector<std::string>& sources, const CheckOne& check, const TakeReport& take,
                        const Context& context) {
  const std::size_t processors = context.threads > 0 ? context.threads : os::processor_count();
  const std::size_t threads = std::min(std::max<std::size_t>(processors, 1), sources.size());
  if (threads <= 1) {
    for (const std::string& source : sources) {
      if (context.stopped()) return Context::cancelled();
      take(source, check(source, context));
    }
    return {};
  }
  Context of_one = context;
  of_one.threads = 1;
  of_one.progress = nullptr;  // one bar for all of them
  Queue queue(sources, threads * kWaitingPerThread);
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      while (const auto index = queue.next()) queue.give(*index, check(sources[*index], of_one));
    });
  for (std::size_t i = 0; i < sources.size(); ++i) {
    take(sources[i], queue.take(i));
    context.tell({"check", i + 1, sources.size()});
    if (context.stopped()) {
      queue.stop();
      return Context::cancelled();
    }
  }
  return {};
}

}  // namespace zooport::convert
