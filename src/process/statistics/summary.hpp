#pragma once

#include <map>
#include <vector>

#include "process/statistics/moments.hpp"
#include "zooport/process/statistics.hpp"

namespace zooport::process {

// What one tensor gives for one measure, one entry a group.
struct Summary {
  tensor::Shape kept;
  double count = 0;              // elements of a group, NaN included
  std::vector<Moments> moments;  // of kMean and kStd
  std::vector<double> quantiles;
};

Result<std::map<Measure, Summary>> summarize(const Subject& subject, const std::vector<Measure>& measures,
                                             const StatisticsOptions& options, const Context& context);

}  // namespace zooport::process
