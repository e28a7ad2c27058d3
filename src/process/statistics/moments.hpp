#pragma once

#include <cstddef>
#include <cstdint>

#include "process/statistics/grouping.hpp"

namespace zooport::process {

// A sum that is kept as two doubles: about 106 bits.
struct Sum {
  double high = 0;
  double low = 0;
  void add(double value);
  void add(const Sum& other);
};

// Counts, sum and sum of squares of the elements of one group.
struct Moments {
  Sum sum;
  Sum squares;
  std::uint64_t finite = 0;
  std::uint64_t nans = 0;
  std::uint64_t above = 0;  // +infinity
  std::uint64_t below = 0;  // -infinity

  std::uint64_t count() const { return finite + nans + above + below; }
  double mean() const;
  // Sum of squared differences from the mean; differences that are NaN are left out.
  double squared_differences() const;
  double deviation() const;
};

void add_run(const Run& run, tensor::Dtype dtype, Moments& to);

}  // namespace zooport::process
