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
std::string nan_reason(const Comparison& result) {
  const std::string at = concat("; the first is at ", shape_text(result.worst));
  if (result.nan_found == 0)
    return concat(many(result.nan_expected, "expected value"), ", which no output can match", at,
                  ": the test tensor has to be made anew");
  if (result.nan_expected == 0) return concat(many(result.nan_found, "value"), " that should be a number", at);
  return concat(many(result.nan_found, "value"), " and ", many(result.nan_expected, "expected value"),
                ": NaN never passes, not even where it is expected", at);
}

}  // namespace

Comparison compare(const std::string& id, const tensor::View& expected, const tensor::View& found,
                   const model::Tolerance& tolerance) {
  Comparison result;
  result.id = id;
  result.tolerance = tolerance;
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
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double lowest = kInfinity;
  double highest = -kInfinity;
  double worst_error = -1;
  std::size_t worst = 0;
  std::optional<std::size_t> first_nan;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == b[i];  // equal infinities, too
    double error = same ? 0 : std::abs(b[i] - a[i]);
    result.nan_expected += std::isnan(a[i]) ? 1 : 0;
    result.nan_found += std::isnan(b[i]) ? 1 : 0;
    if (!first_nan && (std::isnan(a[i]) || std::isnan(b[i]))) first_nan = i;
    if (std::isnan(error)) error = kInfinity;
    if (!(error <= tolerance.absolute + tolerance.relative * std::abs(a[i])) && !same) ++result.mismatched;
    if (error > worst_error) worst_error = error, worst = i;
    if (a[i] != 0 && !same) result.max_rel = std::max(result.max_rel, error / std::abs(a[i]));
    lowest = std::min(lowest, a[i]);
    highest = std::max(highest, a[i]);
  }
  if (a.empty()) {
    result.reason = "there are no elements to compare";
    result.discriminates = false;
    return result;
  }
  if (first_nan) worst = *first_nan;
  result.max_abs = worst_error;
  result.worst = index_of(static_cast<std::int64_t>(worst), found.shape);
  result.worst_expected = a[worst];
  result.worst_found = b[worst];
  // A constant in the middle of the range would be within tolerance everywhere.
  const double middle = (highest + lowest) / 2;
  result.discriminates = highest - middle > tolerance.absolute + tolerance.relative * std::abs(highest);
  const double allowed = static_cast<double>(tolerance.mismatched_per_million) * static_cast<double>(a.size()) / 1e6;
  result.passed = static_cast<double>(result.mismatched) <= allowed && std::isfinite(worst_error);
  if (result.nan_expected + result.nan_found > 0)
    result.reason = nan_reason(result);
  else if (!result.passed)
    result.reason =
        concat(result.mismatched, " of ", result.elements, " elements differ by more than ", tolerance.absolute, " + ",
               tolerance.relative, " * |expected|; the worst is at ", shape_text(result.worst), ": expected ",
               result.worst_expected, ", found ", result.worst_found);
  return result;
}

}  // namespace zooport::predict
