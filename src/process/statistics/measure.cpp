#include <cmath>

#include "process/statistics/summary.hpp"
#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

std::vector<std::string> ids_of(const tensor::Axes& axes) {
  std::vector<std::string> ids;
  for (const tensor::Axis& axis : axes) ids.push_back(axis.id);
  return ids;
}

}  // namespace

Result<void> StatisticsOptions::validate() const {
  if (memory > 0) return {};
  return make_error(ErrorKind::kUsage, "process.memory", "quantiles need some memory, found 0 bytes");
}

BlockSource source_of(const tensor::View& whole) {
  return [whole](const BlockSink& sink) { return sink(whole, tensor::Shape(whole.shape.size(), 0)); };
}

Result<Measured> measure(const Subject& subject, const std::vector<Measure>& measures, const StatisticsOptions& options,
                         const Context& context) {
  ZOOPORT_TRY_ASSIGN(const auto summaries, summarize(subject, measures, options, context));
  Measured measured;
  for (const auto& [key, summary] : summaries) {
    MeasuredValue value{summary.kept, summary.quantiles, ids_of(subject.axes)};
    for (const Moments& moments : summary.moments) {
      if (key.kind == Measure::Kind::kMean) {
        value.values.push_back(moments.mean());
      } else if (key.over_dataset) {
        value.values.push_back(std::sqrt(moments.squared_differences() / summary.count));
      } else {
        value.values.push_back(moments.deviation());
      }
    }
    measured.emplace(key, std::move(value));
  }
  return measured;
}

Result<Measured> DatasetStatistics::update(const Subject& sample, const std::vector<Measure>& measures,
                                           const StatisticsOptions& options, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const auto summaries, summarize(sample, measures, options, context));
  for (const auto& [key, summary] : summaries) {
    const auto known = values_.find(key);
    if (known != values_.end() && known->second.shape != summary.kept) {
      return make_error(ErrorKind::kInvalid, "process.dataset-shape",
                        concat("statistics over a dataset: expected samples that keep ",
                               shape_text(known->second.shape), ", found ", shape_text(summary.kept)));
    }
  }
  for (const auto& [key, summary] : summaries) {
    const bool is_quantile = key.kind == Measure::Kind::kQuantile;
    const std::size_t groups = is_quantile ? summary.quantiles.size() : summary.moments.size();
    Running& running = running_[key];
    MeasuredValue value{summary.kept, std::vector<double>(groups), ids_of(sample.axes)};
    running.means.resize(groups);
    running.squares.resize(groups);
    const double before = running.count;
    const double total = before + summary.count;
    for (std::size_t i = 0; i < groups; ++i) {
      const double mean = is_quantile ? summary.quantiles[i] : summary.moments[i].mean();
      if (before == 0) {
        running.squares[i] = is_quantile ? 0 : summary.moments[i].squared_differences();
        running.means[i] = mean;
      } else {
        const double apart = mean - running.means[i];
        if (!is_quantile) {
          running.squares[i] +=
              summary.moments[i].squared_differences() + apart * apart * before * summary.count / total;
        }
        running.means[i] = (before * running.means[i] + summary.count * mean) / total;
      }
      value.values[i] = key.kind == Measure::Kind::kStd ? std::sqrt(running.squares[i] / total) : running.means[i];
    }
    running.count = total;
    values_.insert_or_assign(key, std::move(value));
  }
  return values_;
}

}  // namespace zooport::process
