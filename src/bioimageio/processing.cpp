#include "zooport/bioimageio/processing.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using schema::Findings;
using schema::object;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;

double number_of(const Percentile& percentile) {
  if (const auto* whole = std::get_if<schema::Integer>(&percentile)) return whole->real();
  return std::get<double>(percentile);
}

namespace {

constexpr std::string_view kNormalizationModes[] = {"fixed", "per_dataset", "per_sample"};
constexpr std::string_view kStatisticsModes[] = {"per_dataset", "per_sample"};

bool are_processing_axes(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::string_view("czyx").find(c) != text.npos && std::count(text.begin(), text.end(), c) == 1;
  });
}

bool is_at_least_0(const Percentile& p) { return number_of(p) >= 0; }
bool is_below_100(const Percentile& p) { return number_of(p) < 100; }
bool is_above_1(const Percentile& p) { return number_of(p) > 1; }
bool is_at_most_100(const Percentile& p) { return number_of(p) <= 100; }

bool are_all(const PerChannel& values, double neutral) {
  if (const auto* one = std::get_if<double>(&values)) return *one == neutral;
  const auto& list = std::get<std::vector<double>>(values);
  return std::all_of(list.begin(), list.end(), [&](double x) { return x == neutral; });
}

void scale_linear_does_something(const ScaleLinearKwargs& kwargs, Findings& at) {
  if (are_all(kwargs.gain, 1) && are_all(kwargs.offset, 0))
    at.fail({"gain"}, "a gain other than 1 or an offset other than 0", "a step that changes nothing");
}

void mean_and_std_if_fixed(const ZeroMeanUnitVarianceKwargs& kwargs, Findings& at) {
  const bool is_fixed = kwargs.mode == NormalizationMode::kFixed;
  if (is_fixed && !(kwargs.mean && kwargs.std)) {
    at.fail({"mode"}, "mean and std with mode 'fixed'", kwargs.mean || kwargs.std ? "one of them" : "neither",
            {{}, {}, "Give both, or set mode to per_sample or per_dataset."});
  } else if (!is_fixed && (kwargs.mean || kwargs.std)) {
    at.fail({kwargs.mean ? "mean" : "std"}, "mean and std only with mode 'fixed'",
            concat("mode '", kNormalizationModes[static_cast<std::size_t>(kwargs.mode)], "'"),
            {{at.related({"mode"}, "the mode")}, Fix{"write 'fixed', or remove mean and std", {}}, ""});
  }
}

void min_below_max(const ScaleRangeKwargs& kwargs, Findings& at) {
  const double min = number_of(kwargs.min_percentile), max = number_of(kwargs.max_percentile);
  if (min >= max)
    at.fail({"min_percentile"}, concat("less than max_percentile (", max, ")"), concat(min),
            {{at.related({"max_percentile"}, "the upper percentile")}, {}, ""});
}

constexpr schema::Problem kLess{"schema.range", "less_than"};
constexpr schema::Problem kLessEqual{"schema.range", "less_than_equal"};
constexpr schema::Problem kGreater{"schema.range", "greater_than"};
constexpr schema::Problem kGreaterEqual{"schema.range", "greater_than_equal"};

}  // namespace

// clang-format off
const Type& describe(type<ProcessingAxes>) {
  static constexpr auto kType = schema::text<ProcessingAxes>("axes that are processed together")
      .that(&are_processing_axes, "different letters of 'czyx'").pattern("^[czyx]*$");
  return kType;
}
const Type& describe(type<Epsilon>) {
  static constexpr auto kType = schema::real<Epsilon>("for numeric stability").above(0).at_most(0.1);
  return kType;
}
const Type& describe(type<NormalizationMode>) {
  static constexpr auto kType = schema::enumeration<NormalizationMode>(kNormalizationModes);
  return kType;
}
const Type& describe(type<StatisticsMode>) {
  static constexpr auto kType = schema::enumeration<StatisticsMode>(kStatisticsModes);
  return kType;
}

const Type& describe(type<BinarizeKwargs>) {
  static constexpr auto kTable = object<BinarizeKwargs>("BinarizeKwargs", "how to binarize",
      required<&BinarizeKwargs::threshold>("threshold", "greater becomes 1, the rest 0"));
  return kTable;
}
const Type& describe(type<ClipKwargs>) {
  static constexpr auto kTable = object<ClipKwargs>("ClipKwargs", "how to clip",
      required<&ClipKwargs::min>("min", "lowest value"),
      required<&ClipKwargs::max>("max", "highest value"));
  return kTable;
}
const Type& describe(type<ScaleLinearKwargs>) {
  static constexpr auto kTable = object<ScaleLinearKwargs>("ScaleLinearKwargs", "value * gain + offset",
      optional<&ScaleLinearKwargs::axes>("axes", "axes to scale together"),
      optional<&ScaleLinearKwargs::gain>("gain", "factor"),
      optional<&ScaleLinearKwargs::offset>("offset", "summand"))
    .rule<&scale_linear_does_something>("bioimageio.scale-linear-without-effect");
  return kTable;
}
const Type& describe(type<ZeroMeanUnitVarianceKwargs>) {
  static constexpr auto kTable = object<ZeroMeanUnitVarianceKwargs>("ZeroMeanUnitVarianceKwargs", "how to normalize",
      optional<&ZeroMeanUnitVarianceKwargs::mode>("mode", "where mean and standard deviation come from"),
      required<&ZeroMeanUnitVarianceKwargs::axes>("axes", "axes to normalize together"),
      optional<&ZeroMeanUnitVarianceKwargs::mean>("mean", "only with mode 'fixed'"),
      optional<&ZeroMeanUnitVarianceKwargs::std>("std", "only with mode 'fixed'"),
      optional<&ZeroMeanUnitVarianceKwargs::eps>("eps", "added to the standard deviation"))
    .rule<&mean_and_std_if_fixed>("bioimageio.normalization-mode");
  return kTable;
}
const Type& describe(type<ScaleRangeKwargs>) {
  static constexpr auto kTable = object<ScaleRangeKwargs>("ScaleRangeKwargs", "how to scale percentiles to 0 and 1",
      required<&ScaleRangeKwargs::mode>("mode", "over what the percentiles are taken"),
      required<&ScaleRangeKwargs::axes>("axes", "axes to scale together"),
      optional<&ScaleRangeKwargs::min_percentile>("min_percentile", "becomes 0")
          .check<&is_at_least_0>("at least 0", kGreaterEqual)
          .check<&is_below_100>("less than 100", kLess),
      optional<&ScaleRangeKwargs::max_percentile>("max_percentile", "becomes 1")
          .check<&is_above_1>("more than 1", kGreater)
          .check<&is_at_most_100>("at most 100", kLessEqual),
      optional<&ScaleRangeKwargs::eps>("eps", "added to the range"),
      optional<&ScaleRangeKwargs::reference_tensor>("reference_tensor", "input that the percentiles are taken of"))
    .rule<&min_below_max>("bioimageio.percentile-order");
  return kTable;
}
const Type& describe(type<ScaleMeanVarianceKwargs>) {
  static constexpr auto kTable = object<ScaleMeanVarianceKwargs>("ScaleMeanVarianceKwargs",
      "how to scale to mean and variance of another tensor",
      required<&ScaleMeanVarianceKwargs::mode>("mode", "over what the statistics are taken"),
      required<&ScaleMeanVarianceKwargs::reference_tensor>("reference_tensor", "input to match"),
      optional<&ScaleMeanVarianceKwargs::axes>("axes", "axes to scale together"),
      optional<&ScaleMeanVarianceKwargs::eps>("eps", "added to the variance"));
  return kTable;
}

const Type& describe(type<Binarize>) {
  static constexpr auto kTable = object<Binarize>("BinarizeDescr", "1 above a threshold, else 0",
      required<&Binarize::kwargs>("kwargs", "its parameters")).tagged_by("name");
  return kTable;
}
const Type& describe(type<Clip>) {
  static constexpr auto kTable = object<Clip>("ClipDescr", "limits values",
      required<&Clip::kwargs>("kwargs", "its parameters")).tagged_by("name");
  return kTable;
}
const Type& describe(type<ScaleLinear>) {
  static constexpr auto kTable = object<ScaleLinear>("ScaleLinearDescr", "value * gain + offset",
      required<&ScaleLinear::kwargs>("kwargs", "its parameters")).tagged_by("name");
  return kTable;
}
const Type& describe(type<Sigmoid>) {
  static constexpr auto kTable = object<Sigmoid>("SigmoidDescr", "1 / (1 + exp(-value))").tagged_by("name");
  return kTable;
}
const Type& describe(type<ZeroMeanUnitVariance>) {
  static constexpr auto kTable = object<ZeroMeanUnitVariance>("ZeroMeanUnitVarianceDescr",
      "subtracts the mean and divides by the standard deviation",
      required<&ZeroMeanUnitVariance::kwargs>("kwargs", "its parameters")).tagged_by("name");
  return kTable;
}
const Type& describe(type<ScaleRange>) {
  static constexpr auto kTable = object<ScaleRange>("ScaleRangeDescr", "scales percentiles to 0 and 1",
      required<&ScaleRange::kwargs>("kwargs", "its parameters")).tagged_by("name");
  return kTable;
}
const Type& describe(type<ScaleMeanVariance>) {
  static constexpr auto kTable = object<ScaleMeanVariance>("ScaleMeanVarianceDescr",
      "scales to mean and variance of another tensor",
      required<&ScaleMeanVariance::kwargs>("kwargs", "its parameters")).tagged_by("name");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
