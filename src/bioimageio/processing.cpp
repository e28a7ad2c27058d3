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
      .that(&are_processing_axes, "different letters of 'czyx'").pattern("^(?!.*(.).*\\1)[czyx]*$");
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
  static constexpr auto kTable = object<BinarizeKwargs>("BinarizeKwargs", "parameters of binarize",
      required<&BinarizeKwargs::threshold>("threshold", "greater becomes 1, the rest 0")
          .about("In the unit of the values that come into the step.")
          .example("0.5"));
  return kTable;
}
const Type& describe(type<ClipKwargs>) {
  static constexpr auto kTable = object<ClipKwargs>("ClipKwargs", "parameters of clip",
      required<&ClipKwargs::min>("min", "lowest value")
          .about("What is below becomes this.")
          .example("0.0"),
      required<&ClipKwargs::max>("max", "highest value")
          .about("What is above becomes this. Nothing asks whether it is more than 'min'.")
          .example("1.0"));
  return kTable;
}
const Type& describe(type<ScaleLinearKwargs>) {
  static constexpr auto kTable = object<ScaleLinearKwargs>("ScaleLinearKwargs",
      "parameters of scale_linear: value * gain + offset",
      optional<&ScaleLinearKwargs::axes>("axes", "axes to scale together")
          .about("Letters of 'czyx' that the tensor has. The axes that are left out, such as c in 'yx', are those "
                 "along which 'gain' and 'offset' have one number each. After the network it has to be given.")
          .example("yx"),
      optional<&ScaleLinearKwargs::gain>("gain", "factor")
          .about("One number for all, or one for each entry along the axis that 'axes' leaves out.")
          .example("[0.5, 2.0]"),
      optional<&ScaleLinearKwargs::offset>("offset", "summand")
          .about("Added after the multiplication: one number for all, or one for each entry along the axis that "
                 "'axes' leaves out.")
          .example("-1.0"))
    .rule<&scale_linear_does_something>("bioimageio.scale-linear-without-effect", "",
        "some gain is not 1, or some offset not 0");
  return kTable;
}
const Type& describe(type<ZeroMeanUnitVarianceKwargs>) {
  static constexpr auto kTable = object<ZeroMeanUnitVarianceKwargs>("ZeroMeanUnitVarianceKwargs",
      "parameters of zero_mean_unit_variance: (value - mean) / (std + eps)",
      optional<&ZeroMeanUnitVarianceKwargs::mode>("mode", "where mean and standard deviation come from")
          .about("fixed: 'mean' and 'std' stand beside it. per_sample: of each image on its own. per_dataset: of all "
                 "images together that are processed in one go.")
          .example("per_sample").since("optional since 0.4.9"),
      required<&ZeroMeanUnitVarianceKwargs::axes>("axes", "axes to normalize together")
          .about("Letters of 'czyx' that the tensor has. Mean and standard deviation are taken over these axes at "
                 "once: 'yx' treats each channel on its own, 'cyx' all together.")
          .example("yx"),
      optional<&ZeroMeanUnitVarianceKwargs::mean>("mean", "only with mode 'fixed'")
          .about("One number for all, or one for each entry along the axis that 'axes' leaves out.")
          .example("[103.5, 116.3, 123.7]"),
      optional<&ZeroMeanUnitVarianceKwargs::std>("std", "only with mode 'fixed'")
          .about("Standard deviation: one number for all, or one for each entry along the axis that 'axes' leaves "
                 "out. As many as in 'mean'.")
          .example("[57.4, 57.1, 58.4]"),
      optional<&ZeroMeanUnitVarianceKwargs::eps>("eps", "added to the standard deviation")
          .about("A small number that is added to the divisor, so that a constant image does not divide by zero.")
          .example("1.0e-06"))
    .rule<&mean_and_std_if_fixed>("bioimageio.normalization-mode", "",
        "'mean' and 'std' are both given with mode fixed, and neither with another")
    .in_schema(R"("if": {"properties": {"mode": {"const": "fixed"}}}, )"
               R"("then": {"required": ["mean", "std"], "properties": {"mean": {"not": {"type": "null"}}, )"
               R"("std": {"not": {"type": "null"}}}}, )"
               R"("else": {"properties": {"mean": {"type": "null"}, "std": {"type": "null"}}})");
  return kTable;
}
const Type& describe(type<ScaleRangeKwargs>) {
  static constexpr auto kTable = object<ScaleRangeKwargs>("ScaleRangeKwargs",
      "parameters of scale_range: (value - low) / (high - low + eps), low and high being percentiles",
      required<&ScaleRangeKwargs::mode>("mode", "over what the percentiles are taken")
          .about("per_sample: over each image on its own. per_dataset: over all images together that are processed "
                 "in one go.")
          .example("per_sample"),
      required<&ScaleRangeKwargs::axes>("axes", "axes to scale together")
          .about("Letters of 'czyx' that the tensor has. The percentiles are taken over these axes at once: 'yx' "
                 "treats each channel on its own, 'cyx' all together.")
          .example("yx"),
      optional<&ScaleRangeKwargs::min_percentile>("min_percentile", "becomes 0")
          .about("In percent: 1 means that one value in a hundred is below. Less than max_percentile.")
          .example("1")
          .check<&is_at_least_0>("at least 0", kGreaterEqual)
          .check<&is_below_100>("less than 100", kLess)
          .in_schema(R"("minimum": 0, "exclusiveMaximum": 100)"),
      optional<&ScaleRangeKwargs::max_percentile>("max_percentile", "becomes 1")
          .about("In percent, so more than 1: 99.8, not 0.998. Values beyond become more than 1; clip follows where "
                 "that matters.")
          .example("99.8")
          .check<&is_above_1>("more than 1", kGreater)
          .check<&is_at_most_100>("at most 100", kLessEqual)
          .in_schema(R"("exclusiveMinimum": 1, "maximum": 100, "not": {"type": "boolean"})"),
      optional<&ScaleRangeKwargs::eps>("eps", "added to the range")
          .about("A small number that is added to the divisor, so that a constant image does not divide by zero.")
          .example("1.0e-06"),
      optional<&ScaleRangeKwargs::reference_tensor>("reference_tensor", "input that the percentiles are taken of")
          .about("Name of an input, and not of the tensor itself; where it is left out, the percentiles are those of "
                 "the tensor itself.")
          .example("raw"))
    .rule<&min_below_max>("bioimageio.percentile-order", "", "min_percentile is less than max_percentile");
  return kTable;
}
const Type& describe(type<ScaleMeanVarianceKwargs>) {
  static constexpr auto kTable = object<ScaleMeanVarianceKwargs>("ScaleMeanVarianceKwargs",
      "parameters of scale_mean_variance: the tensor gets the mean and the variance of another one",
      required<&ScaleMeanVarianceKwargs::mode>("mode", "over what the statistics are taken")
          .about("per_sample: over each image on its own. per_dataset: over all images together that are processed "
                 "in one go.")
          .example("per_sample"),
      required<&ScaleMeanVarianceKwargs::reference_tensor>("reference_tensor", "input to match")
          .about("Name of the input whose mean and variance the output gets.")
          .example("raw"),
      optional<&ScaleMeanVarianceKwargs::axes>("axes", "axes to scale together")
          .about("Letters of 'czyx' that the tensor has; mean and variance are taken over these axes at once. After "
                 "the network, the only place of this step, it has to be given.")
          .example("yx").since("0.4.8"),
      optional<&ScaleMeanVarianceKwargs::eps>("eps", "added to the standard deviations")
          .about("A small number that is added to the divisor, so that a constant image does not divide by zero.")
          .example("1.0e-06").since("0.4.8"));
  return kTable;
}

const Type& describe(type<Binarize>) {
  static constexpr auto kTable = object<Binarize>("BinarizeDescr", "1 where a value is above a threshold, else 0",
      required<&Binarize::kwargs>("kwargs", "its parameters").example("{threshold: 0.5}")).tagged_by("name");
  return kTable;
}
const Type& describe(type<Clip>) {
  static constexpr auto kTable = object<Clip>("ClipDescr", "values below a lowest and above a highest one become these",
      required<&Clip::kwargs>("kwargs", "its parameters").example("{min: 0.0, max: 1.0}")).tagged_by("name");
  return kTable;
}
const Type& describe(type<ScaleLinear>) {
  static constexpr auto kTable = object<ScaleLinear>("ScaleLinearDescr",
      "value * gain + offset, with numbers that are known beforehand",
      required<&ScaleLinear::kwargs>("kwargs", "its parameters")
          .example("{axes: yx, gain: 0.00392156862745098}"))
    .tagged_by("name");
  return kTable;
}
const Type& describe(type<Sigmoid>) {
  static constexpr auto kTable = object<Sigmoid>("SigmoidDescr",
      "1 / (1 + exp(-value)): any number becomes one between 0 and 1; has no parameters and no kwargs")
    .tagged_by("name");
  return kTable;
}
const Type& describe(type<ZeroMeanUnitVariance>) {
  static constexpr auto kTable = object<ZeroMeanUnitVariance>("ZeroMeanUnitVarianceDescr",
      "subtracts the mean and divides by the standard deviation, which are fixed or measured",
      required<&ZeroMeanUnitVariance::kwargs>("kwargs", "its parameters")
          .example("{mode: per_sample, axes: yx}"))
    .tagged_by("name");
  return kTable;
}
const Type& describe(type<ScaleRange>) {
  static constexpr auto kTable = object<ScaleRange>("ScaleRangeDescr",
      "scales so that a low percentile becomes 0 and a high one 1",
      required<&ScaleRange::kwargs>("kwargs", "its parameters")
          .example("{mode: per_sample, axes: yx, min_percentile: 1, max_percentile: 99.8}"))
    .tagged_by("name");
  return kTable;
}
const Type& describe(type<ScaleMeanVariance>) {
  static constexpr auto kTable = object<ScaleMeanVariance>("ScaleMeanVarianceDescr",
      "scales so that mean and variance become those of an input; only after the network",
      required<&ScaleMeanVariance::kwargs>("kwargs", "its parameters")
          .example("{mode: per_sample, axes: yx, reference_tensor: raw}"))
    .tagged_by("name");
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
