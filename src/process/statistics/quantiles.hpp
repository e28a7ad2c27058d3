#pragma once

#include <memory>
#include <vector>

#include "process/statistics/grouping.hpp"

namespace zooport::process {

struct QuantileRequest {
  double q = 0;
  Measure::Method method = Measure::Method::kLinear;
};

// Finds exact quantiles of every group of a tensor that is handed over in blocks, in one or more passes.
class QuantileFinder {
 public:
  virtual ~QuantileFinder() = default;
  virtual bool is_done() const = 0;
  // One pass: every element of the tensor, in any order.
  virtual void begin() = 0;
  virtual void add(const Run& run) = 0;
  virtual void end() = 0;
  // values[request][group]
  virtual std::vector<std::vector<double>> values() const = 0;
};

// `memory` is what it may hold beside the results, in bytes; less than what one group needs is taken as that much.
std::unique_ptr<QuantileFinder> make_quantile_finder(tensor::Dtype dtype, const Grouping& grouping,
                                                     std::vector<QuantileRequest> requests, std::uint64_t memory);

}  // namespace zooport::process
