#include "process/statistics/ranks.hpp"

#include <cmath>

namespace zooport::process {

Ranks ranks_of(const QuantileRequest& request, std::uint64_t count) {
  const auto n = static_cast<double>(count);
  if (request.method == Measure::Method::kInvertedCdf) {
    const double at = std::max(std::ceil(n * request.q - 1), 0.0);
    const auto rank = std::min(static_cast<std::uint64_t>(at), count - 1);
    return {rank, rank, 0};
  }
  const double at = (n - 1) * request.q;
  if (at >= n - 1) return {count - 1, count - 1, 0};
  if (at < 0) return {0, 0, 0};
  const double whole = std::floor(at);
  const auto low = static_cast<std::uint64_t>(whole);
  return {low, std::min(low + 1, count - 1), at - whole};
}

double between(double low, double high, double part, tensor::Dtype dtype) {
  double step = high - low;
  if (dtype == tensor::Dtype::kFloat32) {
    step = static_cast<double>(static_cast<float>(high) - static_cast<float>(low));
  } else if (dtype == tensor::Dtype::kFloat16) {
    step = static_cast<double>(tensor::Half::from_double(step).to_float());
  }
  return part < 0.5 ? low + step * part : high - step * (1 - part);
}

}  // namespace zooport::process
