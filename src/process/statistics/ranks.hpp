#pragma once

#include <cstdint>
#include <vector>

#include "process/statistics/quantiles.hpp"

namespace zooport::process {

// Which elements, counted from the least, a quantile of `count` elements is made of, and how. `count` is not 0.
struct Ranks {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  double part = 0;  // of the way from low to high
};
Ranks ranks_of(const QuantileRequest& request, std::uint64_t count);

// Between two elements, as NumPy's linear method: their difference is rounded to the elements' own type.
double between(double low, double high, double part, tensor::Dtype dtype);

}  // namespace zooport::process
