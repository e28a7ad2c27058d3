#include "zooport/convert/check_many.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"

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

// What models that were checked before have in common with the next one. A text or two for each is all that is kept.
class Relations {
 public:
  void look(CheckReport& report) {
    if (!report.identity) return;
    const Identity& identity = *report.identity;
    const Known* of_id = find(ids_, identity.id);
    const Known* of_network = find(networks_, identity.network);
    if (of_id && (of_id->identity.network != identity.network || of_id->identity.rest != identity.rest)) {
      const bool is_same_network = of_id->identity.network == identity.network;
      add(report, "convert.same-id", Severity::kWarning, {Step::key("Id")}, identity.id,
          concat("the Id is that of ", printable(of_id->source), ", ",
                 is_same_network ? "which has the same network and another description" : "which has another network"),
          "ZEN tells models apart by their Id; give each model one of its own.");
      if (of_network && of_network->source == of_id->source) of_network = nullptr;  // said already
    }
    if (of_network)
      add(report, "convert.same-network", Severity::kInfo, {}, of_network->source,
          concat("the network is that of ", printable(of_network->source),
                 of_network->identity.id == identity.id || identity.id.empty() ? "" : ", under another Id"),
          {});
    const Known known{report.source, identity};
    ids_.emplace(identity.id, known);
    networks_.emplace(identity.network, known);
  }

 private:
  struct Known {
    std::string source;
    Identity identity;
  };
  using Map = std::map<std::string, Known, std::less<>>;

  static const Known* find(const Map& map, const std::string& key) {
    const auto found = key.empty() ? map.end() : map.find(key);
    return found == map.end() ? nullptr : &found->second;
  }

  static void add(CheckReport& report, std::string id, Severity severity, Path path, std::string found,
                  std::string message, std::string help) {
    Diagnostic finding;
    finding.id = std::move(id);
    finding.severity = severity;
    finding.file = report.source;
    finding.path = std::move(path);
    finding.found = std::move(found);
    finding.message = std::move(message);
    finding.help = std::move(help);
    report.findings.add(std::move(finding));
  }

  Map ids_;
  Map networks_;
};

}  // namespace

Result<void> check_many(const std::vector<std::string>& sources, const CheckOne& check, const TakeReport& take,
                        const Context& context) {
  const std::size_t processors = context.threads > 0 ? context.threads : os::processor_count();
  const std::size_t threads = std::min(std::max<std::size_t>(processors, 1), sources.size());
  Relations relations;
  const auto give = [&](const std::string& source, Result<CheckReport> report) {
    if (report) relations.look(*report);
    take(source, std::move(report));
  };
  if (threads <= 1) {
    for (const std::string& source : sources) {
      if (context.stopped()) return Context::cancelled();
      give(source, check(source, context));
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
    give(sources[i], queue.take(i));
    context.tell({"check", i + 1, sources.size()});
    if (context.stopped()) {
      queue.stop();
      return Context::cancelled();
    }
  }
  return {};
}

}  // namespace zooport::convert
