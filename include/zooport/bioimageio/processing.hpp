#pragma once

#include "zooport/bioimageio/strings.hpp"
#include "zooport/schema/object.hpp"

// Pre- and postprocessing steps of model 0.4. Axes are letters of "czyx".
namespace zooport::bioimageio {

// Different letters of "czyx"; may be empty.
struct ProcessingAxes {
  std::string value;
};
// 0 < value <= 0.1
struct Epsilon {
  double value = 1e-6;
};
// One number, or one for each entry along the axis that `axes` leaves.
using PerChannel = std::variant<double, std::vector<double>>;
using PerChannelNonEmpty = std::variant<double, schema::NonEmpty<double>>;
using Percentile = std::variant<schema::Integer, double>;

enum class NormalizationMode : std::uint8_t { kFixed, kPerDataset, kPerSample };
enum class StatisticsMode : std::uint8_t { kPerDataset, kPerSample };

struct BinarizeKwargs {
  double threshold = 0;
  schema::Given given;
};
struct ClipKwargs {
  double min = 0;
  double max = 0;
  schema::Given given;
};
struct ScaleLinearKwargs {
  std::optional<ProcessingAxes> axes;
  PerChannel gain = 1.0;
  PerChannel offset = 0.0;
  schema::Given given;
};
struct ZeroMeanUnitVarianceKwargs {
  NormalizationMode mode = NormalizationMode::kFixed;
  ProcessingAxes axes;
  std::optional<PerChannelNonEmpty> mean;
  std::optional<PerChannelNonEmpty> std;
  Epsilon eps;
  schema::Given given;
};
struct ScaleRangeKwargs {
  StatisticsMode mode = StatisticsMode::kPerDataset;
  ProcessingAxes axes;
  Percentile min_percentile = 0.0;
  Percentile max_percentile = 100.0;
  Epsilon eps;
  std::optional<TensorName> reference_tensor;
  schema::Given given;
};
struct ScaleMeanVarianceKwargs {
  StatisticsMode mode = StatisticsMode::kPerDataset;
  TensorName reference_tensor;
  std::optional<ProcessingAxes> axes;
  Epsilon eps;
  schema::Given given;
};

struct Binarize {
  static constexpr std::string_view kTag = "binarize";
  BinarizeKwargs kwargs;
  schema::Given given;
};
struct Clip {
  static constexpr std::string_view kTag = "clip";
  ClipKwargs kwargs;
  schema::Given given;
};
struct ScaleLinear {
  static constexpr std::string_view kTag = "scale_linear";
  ScaleLinearKwargs kwargs;
  schema::Given given;
};
struct Sigmoid {
  static constexpr std::string_view kTag = "sigmoid";
  schema::Given given;
};
struct ZeroMeanUnitVariance {
  static constexpr std::string_view kTag = "zero_mean_unit_variance";
  ZeroMeanUnitVarianceKwargs kwargs;
  schema::Given given;
};
struct ScaleRange {
  static constexpr std::string_view kTag = "scale_range";
  ScaleRangeKwargs kwargs;
  schema::Given given;
};
struct ScaleMeanVariance {
  static constexpr std::string_view kTag = "scale_mean_variance";
  ScaleMeanVarianceKwargs kwargs;
  schema::Given given;
};

using Preprocessing = std::variant<Binarize, Clip, ScaleLinear, Sigmoid, ZeroMeanUnitVariance, ScaleRange>;
using Postprocessing =
    std::variant<Binarize, Clip, ScaleLinear, Sigmoid, ZeroMeanUnitVariance, ScaleRange, ScaleMeanVariance>;

double number_of(const Percentile& percentile);

const schema::Type& describe(schema::type<ProcessingAxes>);
const schema::Type& describe(schema::type<Epsilon>);
const schema::Type& describe(schema::type<NormalizationMode>);
const schema::Type& describe(schema::type<StatisticsMode>);
const schema::Type& describe(schema::type<BinarizeKwargs>);
const schema::Type& describe(schema::type<ClipKwargs>);
const schema::Type& describe(schema::type<ScaleLinearKwargs>);
const schema::Type& describe(schema::type<ZeroMeanUnitVarianceKwargs>);
const schema::Type& describe(schema::type<ScaleRangeKwargs>);
const schema::Type& describe(schema::type<ScaleMeanVarianceKwargs>);
const schema::Type& describe(schema::type<Binarize>);
const schema::Type& describe(schema::type<Clip>);
const schema::Type& describe(schema::type<ScaleLinear>);
const schema::Type& describe(schema::type<Sigmoid>);
const schema::Type& describe(schema::type<ZeroMeanUnitVariance>);
const schema::Type& describe(schema::type<ScaleRange>);
const schema::Type& describe(schema::type<ScaleMeanVariance>);

}  // namespace zooport::bioimageio
