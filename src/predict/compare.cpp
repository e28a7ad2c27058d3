#include "zooport/predict/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "zooport/base/text.hpp"

namespace zooport::predict {
namespace {

tensor::Shape index_of(std::int64_t flat, const tensor::Shape& shape) {
  tensor::Shape index(shape.size());
  for (std::size_t i = shape.size(); i-- > 0;) {
    index[i] = flat % shape[i];
    flat /= shape[i];
  }
  return index;
}

std::string many(std::uint64_t count, std::string_view what) {
  return concat(count, ' ', what, count == 1 ? " is NaN" : "s are NaN");
}

// NaN equals nothing, so whoever promises or computes one has no result there.
std::string nan_reason(const Comparison& result, Nans nans) {
  const std::string at = concat("; the first is at ", shape_text(result.worst));
  if (nans == Nans::kMatchInPlace && result.nan_expected > 0)
    return concat(many(result.nan_expected, "expected value"), ", of the output ", result.nan_found,
                  ", and not at the same places", at);
  if (result.nan_found == 0)
    return concat(many(result.nan_expected, "expected value"), ", which no output can match", at,
                  ": the test tensor has to be made anew");
  if (result.nan_expected == 0) return concat(many(result.nan_found, "value"), " that should be a number", at);
  return concat(many(result.nan_found, "value"), " and ", many(result.nan_expected, "expected value"),
                ": NaN never passes, not even where it is expected", at);
}

// Lowest and highest finite value so far.
struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  // A constant in the middle would not be within tolerance everywhere.
  bool is_beyond(const model::Tolerance& tolerance) const {
    return low <= high && high - (high + low) / 2 > tolerance.absolute + tolerance.relative * std::abs(high);
  }
};

}  // namespace

Comparison compare(const std::string& id, const tensor::View& expected, const tensor::View& found,
                   const model::Tolerance& tolerance, Nans nans) {
  return compare_slices(id, expected, found, Tolerances{{tolerance}, -1}, nans);
}

Comparison compare_slices(const std::string& id, const tensor::View& expected, const tensor::View& found,
                          const Tolerances& tolerances, Nans nans) {
  Comparison result;
  result.id = id;
  result.tolerance = tolerances.of.at(0);
  result.shape = found.shape;
  if (expected.shape != found.shape) {
    result.reason = concat("expected shape ", shape_text(expected.shape), ", found ", shape_text(found.shape));
    return result;
  }
  const auto want = tensor::Array::converted(expected, tensor::Dtype::kFloat64);
  const auto have = tensor::Array::converted(found, tensor::Dtype::kFloat64);
  const auto a = want.as<double>();
  const auto b = have.as<double>();
  result.elements = a.size();
  const std::size_t slices = tolerances.of.size();
  std::size_t inner = 1;  // elements of one slice that lie together
  for (std::size_t i = static_cast<std::size_t>(tolerances.axis + 1); slices > 1 && i < expected.shape.size(); ++i)
    inner *= static_cast<std::size_t>(expected.shape[i]);
  const auto slice_of = [&](std::size_t i) { return slices > 1 ? i / inner % slices : 0; };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Extent whole;
  std::vector<Extent> extents(slices);
  double worst_error = -1;  // by difference; of several slices, by how far it exceeds what is allowed
  std::size_t worst = 0;
  std::optional<std::size_t> first_nan;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const model::Tolerance& tolerance = tolerances.of[slice_of(i)];
    const bool is_nan = std::isnan(a[i]);
    const bool same = a[i] == b[i] ||  // equal infinities, too
                      (nans == Nans::kMatchInPlace && is_nan && std::isnan(b[i]));
    double error = same ? 0 : std::abs(b[i] - a[i]);
    result.nan_expected += is_nan ? 1 : 0;
    result.nan_found += std::isnan(b[i]) ? 1 : 0;
    if (!first_nan && !same && (is_nan || std::isnan(b[i]))) first_nan = i;
    if (std::isnan(error)) error = kInfinity;
    const double allowed = tolerance.absolute + tolerance.relative * std::abs(a[i]);
    if (!(error <= allowed) && !same) ++result.mismatched;
    const double excess = same ? 0 : !(allowed > 0) || std::isinf(error) ? kInfinity : error / allowed;
    result.excess = std::max(result.excess, excess);
    const double badness = slices > 1 ? excess : error;
    if (badness > worst_error) worst_error = badness, worst = i;
    result.max_abs = std::max(result.max_abs, error);
    if (a[i] != 0 && !same) result.max_rel = std::max(result.max_rel, is_nan ? kInfinity : error / std::abs(a[i]));
    whole.take(a[i]);
    extents[slice_of(i)].take(a[i]);
  }
  if (a.empty()) {
    result.reason = "there are no elements to compare";
    result.discriminates = false;
    return result;
  }
  if (first_nan) worst = *first_nan;
  result.worst = index_of(static_cast<std::int64_t>(worst), found.shape);
  result.worst_expected = a[worst];
  result.worst_found = b[worst];
  result.tolerance = tolerances.of[slice_of(worst)];
  result.discriminates = false;
  model::Tolerance widest;
  widest.absolute = widest.relative = 0;
  for (std::size_t i = 0; i < slices; ++i) {
    result.discriminates = result.discriminates || extents[i].is_beyond(tolerances.of[i]);
    widest.absolute = std::max(widest.absolute, tolerances.of[i].absolute);
    widest.relative = std::max(widest.relative, tolerances.of[i].relative);
  }
  result.discriminates = result.discriminates || whole.is_beyond(widest);
  const double share = static_cast<double>(tolerances.of[0].mismatched_per_million);
  result.passed = static_cast<double>(result.mismatched) <= share * static_cast<double>(a.size()) / 1e6 &&
                  std::isfinite(result.max_abs);
  if (first_nan)
    result.reason = nan_reason(result, nans);
  else if (!result.passed)
    result.reason =
        concat(result.mismatched, " of ", result.elements, " elements differ by more than ", result.tolerance.absolute,
               " + ", result.tolerance.relative, " * |expected|; the worst is at ", shape_text(result.worst),
               ": expected ", result.worst_expected, ", found ", result.worst_found);
  return result;
}

Spread spread_of(const tensor::View& values) {
  const auto converted = tensor::Array::converted(values, tensor::Dtype::kFloat64);
  Spread spread;
  double sum = 0;
  for (const double value : converted.as<double>()) {
    if (!std::isfinite(value)) continue;
    spread.low = spread.elements == 0 ? value : std::min(spread.low, value);
    spread.high = spread.elements == 0 ? value : std::max(spread.high, value);
    spread.is_whole = spread.is_whole && value == std::floor(value);
    sum += value;
    ++spread.elements;
  }
  if (spread.elements == 0) return spread;
  spread.mean = sum / static_cast<double>(spread.elements);
  double squares = 0;
  for (const double value : converted.as<double>())
    if (std::isfinite(value)) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = std::sqrt(squares / static_cast<double>(spread.elements));
  return spread;
}

void Spread::add(const Spread& other) {
  if (other.elements == 0) return;
  if (elements == 0) {
    *this = other;
    return;
  }
  const auto own = static_cast<double>(elements);
  const auto more = static_cast<double>(other.elements);
  const double between = other.mean - mean;
  const double squares = own * deviation * deviation + more * other.deviation * other.deviation +
                         between * between * own * more / (own + more);
  deviation = std::sqrt(squares / (own + more));
  mean += between * more / (own + more);
  low = std::min(low, other.low);
  high = std::max(high, other.high);
  elements += other.elements;
  is_whole = is_whole && other.is_whole;
}

}  // namespace zooport::predict
