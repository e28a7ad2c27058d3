#include "process/statistics/quantiles.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "process/statistics/ordered_key.hpp"
#include "process/statistics/ranks.hpp"

namespace zooport::process {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// What both ways share: results, and the end of the computation from two keys.
template <class T>
class Finder : public QuantileFinder {
 public:
  Finder(const Grouping& grouping, std::vector<QuantileRequest> requests)
      : requests_(std::move(requests)),
        groups_(static_cast<std::size_t>(grouping.groups())),
        values_(requests_.size(), std::vector<double>(groups_, kNan)) {}
  std::vector<std::vector<double>> values() const override { return values_; }

 protected:
  using Key = OrderedKey<T>;
  void set(std::size_t request, std::size_t group, std::uint64_t low, std::uint64_t high, double part) {
    const bool linear = requests_[request].method == Measure::Method::kLinear;
    values_[request][group] =
        linear ? between(Key::value(low), Key::value(high), part, tensor::DtypeOf<T>::value) : Key::value(low);
  }

  std::vector<QuantileRequest> requests_;
  std::size_t groups_;
  std::vector<std::vector<double>> values_;
};

// Holds all keys, one pass.
template <class T>
class Collector final : public Finder<T> {
 public:
  using Key = typename Finder<T>::Key;
  using Stored = typename Key::Bits;
  Collector(const Grouping& grouping, std::vector<QuantileRequest> requests)
      : Finder<T>(grouping, std::move(requests)), group_size_(static_cast<std::size_t>(grouping.group_size())) {}

  bool is_done() const override { return done_; }
  void begin() override {
    keys_.resize(this->groups_ * group_size_);
    counts_.assign(this->groups_, 0);
  }
  void add(const Run& run) override {
    std::size_t& count = counts_[static_cast<std::size_t>(run.group)];
    Stored* to = keys_.data() + static_cast<std::size_t>(run.group) * group_size_;
    for (std::int64_t i = 0; i < run.count; ++i) {
      const Stored bits = Key::bits_at(run.data + i * run.stride);
      if (!Key::is_nan(bits) && count < group_size_) to[count++] = static_cast<Stored>(Key::key(bits));
    }
  }
  void end() override {
    for (std::size_t group = 0; group < this->groups_; ++group) {
      Stored* first = keys_.data() + group * group_size_;
      Stored* last = first + counts_[group];
      if (first == last) continue;
      for (std::size_t i = 0; i < this->requests_.size(); ++i) {
        const Ranks ranks = ranks_of(this->requests_[i], counts_[group]);
        std::nth_element(first, first + ranks.low, last);
        const Stored low = first[ranks.low];
        const Stored high = ranks.high > ranks.low ? *std::min_element(first + ranks.high, last) : low;
        this->set(i, group, low, high, ranks.part);
      }
    }
    keys_ = {};
    done_ = true;
  }

 private:
  std::size_t group_size_;
  std::vector<Stored> keys_;
  std::vector<std::size_t> counts_;
  bool done_ = false;
};

// Counts the keys by 16 bits a pass, from the highest ones down, for some groups at a time.
template <class T>
class Counter final : public Finder<T> {
 public:
  using Key = typename Finder<T>::Key;
  static constexpr int kDigit = Key::kBits < 16 ? Key::kBits : 16;
  static constexpr std::size_t kBins = std::size_t{1} << kDigit;

  Counter(const Grouping& grouping, std::vector<QuantileRequest> requests, std::uint64_t memory)
      : Finder<T>(grouping, std::move(requests)) {
    const std::uint64_t one_group = bytes_of_group(this->requests_.size());
    batch_ = static_cast<std::size_t>(std::clamp<std::uint64_t>(memory / one_group, 1, this->groups_));
    start_batch(0);
  }
  static std::uint64_t bytes_of_group(std::size_t requests) {
    const std::size_t counted_at_once = Key::kBits > kDigit ? 2 * requests : 1;
    return kBins * sizeof(std::uint64_t) * std::max<std::size_t>(counted_at_once, 1);
  }

  bool is_done() const override { return first_ >= this->groups_; }
  void begin() override {
    for (auto& targets : targets_) {
      for (Target& target : targets) target.bins.assign(kBins, 0);
    }
  }
  void add(const Run& run) override {
    const auto group = static_cast<std::size_t>(run.group);
    if (group < first_ || group >= first_ + targets_.size()) return;
    std::vector<Target>& targets = targets_[group - first_];
    if (shift_ + kDigit == Key::kBits) {
      std::uint64_t* bins = targets[0].bins.data();
      count(run, [&](std::uint64_t key) { ++bins[key >> shift_]; });
      return;
    }
    count(run, [&](std::uint64_t key) {
      const std::uint64_t prefix = key >> (shift_ + kDigit);
      for (Target& target : targets) {
        if (target.prefix == prefix) ++target.bins[(key >> shift_) & (kBins - 1)];
      }
    });
  }
  void end() override {
    for (std::size_t i = 0; i < targets_.size(); ++i) narrow(i);
    if (shift_ > 0) {
      shift_ -= kDigit;
      return;
    }
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      for (std::size_t request = 0; request < wanted_[i].size() / 2; ++request) {
        this->set(request, first_ + i, wanted_[i][2 * request].prefix, wanted_[i][2 * request + 1].prefix,
                  wanted_[i][2 * request].part);
      }
    }
    start_batch(first_ + targets_.size());
  }

 private:
  struct Target {  // keys that begin with this prefix are counted by their next digit
    std::uint64_t prefix = 0;
    std::vector<std::uint64_t> bins;
  };
  struct Wanted {  // an element: the rank-th of those whose key begins with the prefix
    std::uint64_t rank = 0;
    std::uint64_t prefix = 0;
    double part = 0;
  };

  template <class F>
  static void count(const Run& run, F&& f) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const auto bits = Key::bits_at(run.data + i * run.stride);
      if (!Key::is_nan(bits)) f(Key::key(bits));
    }
  }

  void start_batch(std::size_t first) {
    first_ = first;
    shift_ = Key::kBits - kDigit;
    const std::size_t count = first < this->groups_ ? std::min(batch_, this->groups_ - first) : 0;
    targets_.clear();
    targets_.resize(count);
    for (auto& targets : targets_) targets.resize(1);
    wanted_.assign(count, {});
  }

  // Ranks are known once the elements have been counted, by the first pass.
  void ask(std::size_t i) {
    std::uint64_t count = 0;
    for (const std::uint64_t bin : targets_[i][0].bins) count += bin;
    if (count == 0) return;
    for (const QuantileRequest& request : this->requests_) {
      const Ranks ranks = ranks_of(request, count);
      wanted_[i].push_back({ranks.low, 0, ranks.part});
      wanted_[i].push_back({ranks.high, 0, ranks.part});
    }
  }

  void narrow(std::size_t i) {
    if (shift_ + kDigit == Key::kBits) ask(i);
    std::vector<Target> next;
    for (Wanted& wanted : wanted_[i]) {
      const auto target = std::find_if(targets_[i].begin(), targets_[i].end(),
                                       [&](const Target& candidate) { return candidate.prefix == wanted.prefix; });
      std::size_t digit = 0;
      while (digit + 1 < kBins && wanted.rank >= target->bins[digit]) wanted.rank -= target->bins[digit++];
      wanted.prefix = (wanted.prefix << kDigit) | digit;
      const bool known = std::any_of(next.begin(), next.end(),
                                     [&](const Target& candidate) { return candidate.prefix == wanted.prefix; });
      if (!known) next.push_back({wanted.prefix, {}});
    }
    targets_[i] = std::move(next);
  }

  std::size_t batch_ = 1;
  std::size_t first_ = 0;  // group of the batch
  int shift_ = 0;          // of the digit that is counted
  std::vector<std::vector<Target>> targets_;
  std::vector<std::vector<Wanted>> wanted_;
};

}  // namespace

std::unique_ptr<QuantileFinder> make_quantile_finder(tensor::Dtype dtype, const Grouping& grouping,
                                                     std::vector<QuantileRequest> requests, std::uint64_t memory) {
  return tensor::visit(dtype, [&](auto type) -> std::unique_ptr<QuantileFinder> {
    using T = typename decltype(type)::type;
    const auto groups = static_cast<std::uint64_t>(grouping.groups());
    const std::uint64_t counting = groups * Counter<T>::bytes_of_group(requests.size());
    const std::uint64_t collecting = groups * static_cast<std::uint64_t>(grouping.group_size()) * sizeof(T);
    const bool counts_in_one_pass = sizeof(T) <= 2 && counting <= memory;
    const bool small = collecting * 4 < counting;
    if (collecting <= memory && (!counts_in_one_pass || small)) {
      return std::make_unique<Collector<T>>(grouping, std::move(requests));
    }
    return std::make_unique<Counter<T>>(grouping, std::move(requests), memory);
  });
}

}  // namespace zooport::process
