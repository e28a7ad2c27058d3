#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::process {

using BlockSink = std::function<Result<void>(const tensor::View& block, const tensor::Shape& origin)>;
// Hands every element of a tensor to the sink exactly once, in blocks of any shape and order; called once a pass.
using BlockSource = std::function<Result<void>(const BlockSink& sink)>;

// An array as a source of one block. The view has to outlive it.
BlockSource source_of(const tensor::View& whole);

// What is measured: elements as they were given, without padding.
struct Subject {
  tensor::Dtype dtype = tensor::Dtype::kFloat32;
  tensor::Axes axes;
  tensor::Shape shape;
  BlockSource source;
};

struct StatisticsOptions {
  // For quantiles. Tensors that do not fit are read more than once: 8- and 16-bit elements once, 32-bit ones twice,
  // 64-bit ones four times, for as many groups at a time as fit.
  std::uint64_t memory = 256ull << 20;
  Result<void> validate() const;
};

// Measures a tensor. Values do not depend on how it is cut into blocks: quantiles are exact; sums of elements and
// squares are kept to about 106 bits, so that mean and std are those of the elements to the last bits of a double.
// As in the reference, NaN is left out of means and quantiles and makes a standard deviation NaN.
//
// Measures over a dataset are taken as if this was its only sample; `Measure::tensor` is not looked at. Errors:
// process.parameter (an axis that the tensor does not have), process.blocks (a source that gives too much or little).
Result<Measured> measure(const Subject& subject, const std::vector<Measure>& measures, const StatisticsOptions& options,
                         const Context& context);

// Measures over all samples given so far. Means and deviations are those of all samples together; quantiles are the
// samples' quantiles, averaged by the number of elements, as the reference does.
class DatasetStatistics {
 public:
  // Takes one more sample in and gives the values that hold from now on. Sizes of axes that are not reduced must not
  // change: process.dataset-shape.
  Result<Measured> update(const Subject& sample, const std::vector<Measure>& measures, const StatisticsOptions& options,
                          const Context& context);
  // The values so far.
  const Measured& values() const { return values_; }

 private:
  struct Running {
    double count = 0;
    std::vector<double> squares;  // sums of squared differences from the mean, of kMean and kStd
    std::vector<double> means;    // or quantiles
  };
  std::map<Measure, Running> running_;
  Measured values_;
};

}  // namespace zooport::process
