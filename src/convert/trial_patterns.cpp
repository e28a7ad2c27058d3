#include "convert/trial_patterns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace zooport::convert {
namespace {

using tensor::Dtype;

bool is_small(Dtype dtype) {
  return dtype == Dtype::kUint8 || dtype == Dtype::kInt8 || dtype == Dtype::kUint16 || dtype == Dtype::kInt16;
}
bool is_signed(Dtype dtype) { return tensor::is_floating(dtype) || dtype == Dtype::kInt8 || dtype == Dtype::kInt16; }

// The largest value that the type holds, as far as images go.
double most_of(Dtype dtype) {
  switch (dtype) {
    case Dtype::kBool: return 1;
    case Dtype::kInt8: return 127;
    case Dtype::kUint8: return 255;
    case Dtype::kInt16: return 32767;
    case Dtype::kUint16: return 65535;
    case Dtype::kInt32:
    case Dtype::kUint32:
    case Dtype::kInt64:
    case Dtype::kUint64: return 7;
    case Dtype::kFloat16: return 65000;
    case Dtype::kFloat32:
    case Dtype::kFloat64: break;
  }
  return std::numeric_limits<float>::max();
}

struct Range {
  double low = 0;
  double high = 1;
};

Range range_of(const Filling& filling, Pattern pattern) {
  Range range;
  if (!tensor::is_floating(filling.dtype)) range.high = most_of(filling.dtype);
  // Cameras give twelve bits.
  if (pattern == Pattern::kNatural && range.high > 4095) range.high = 4095;
  if (!filling.range) return range;
  const auto [low, high] = *filling.range;
  const bool has_low = std::isfinite(low);
  const bool has_high = std::isfinite(high);
  if (has_low) range.low = low;
  if (has_high) range.high = high;
  if (range.low < range.high) return range;
  return has_low ? Range{low, low + 1} : Range{high - 1, high};
}

float scaled(const Range& range, double unit) {
  return static_cast<float>(range.low + (range.high - range.low) * unit);
}

bool is_odd_place(std::size_t flat, const tensor::Shape& shape) {
  std::int64_t sum = 0;
  auto rest = static_cast<std::int64_t>(flat);
  for (std::size_t i = shape.size(); i-- > 0;) {
    sum += rest % shape[i];
    rest /= shape[i];
  }
  return sum % 2 != 0;
}

}  // namespace

std::uint64_t Numbers::next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
std::uint64_t Numbers::below(std::uint64_t end) { return ((next() >> 32) * end) >> 32; }
float Numbers::unit() { return static_cast<float>(next() >> 40) / static_cast<float>(1 << 24); }
std::int64_t Numbers::bell() {
  std::int64_t sum = -6 * 65536;
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t four = next();
    for (int k = 0; k < 4; ++k) sum += static_cast<std::int64_t>((four >> (16 * k)) & 0xffff);
  }
  return sum;
}

std::string_view name_of(Pattern pattern) {
  switch (pattern) {
    case Pattern::kUniform: return "uniform";
    case Pattern::kNormal: return "normal";
    case Pattern::kNatural: return "natural";
    case Pattern::kZeros: return "zeros";
    case Pattern::kMaximum: return "maximum";
    case Pattern::kNegative: return "negative";
    case Pattern::kLarge: return "large";
    case Pattern::kHuge: return "huge";
    case Pattern::kAlternating: return "alternating";
    case Pattern::kDenormal: return "denormal";
    case Pattern::kHotPixel: return "hot pixel";
    case Pattern::kNan: return "NaN";
    case Pattern::kInfinite: break;
  }
  return "infinite";
}

Trial::Kind kind_of(Pattern pattern) {
  switch (pattern) {
    case Pattern::kUniform:
    case Pattern::kNormal: return Trial::Kind::kRandom;
    case Pattern::kNatural: return Trial::Kind::kNatural;
    case Pattern::kNan:
    case Pattern::kInfinite: return Trial::Kind::kNotFinite;
    default: return Trial::Kind::kExtreme;
  }
}

bool suits(Pattern pattern, Dtype dtype) {
  switch (pattern) {
    case Pattern::kUniform:
    case Pattern::kZeros:
    case Pattern::kMaximum: return true;
    case Pattern::kNatural:
    case Pattern::kAlternating:
    case Pattern::kHotPixel: return tensor::is_floating(dtype) || is_small(dtype) || dtype == Dtype::kBool;
    case Pattern::kNegative: return is_signed(dtype);
    default: return tensor::is_floating(dtype);
  }
}

tensor::Array filled(const Filling& filling, Pattern pattern, std::uint64_t seed) {
  if (!suits(pattern, filling.dtype)) pattern = Pattern::kUniform;
  tensor::Array array(Dtype::kFloat32, filling.shape);
  const std::span<float> values = array.as<float>();
  Numbers numbers(seed);
  const bool is_floating = tensor::is_floating(filling.dtype);
  const Range range = range_of(filling, pattern);
  const auto most = static_cast<float>(most_of(filling.dtype));
  const float ten_thousand = std::min(10000.0f, most);
  const auto uniform = [&] {
    const float unit = numbers.unit();
    if (is_floating) return scaled(range, unit);
    return std::min(std::floor(scaled({range.low, range.high + 1}, unit)), static_cast<float>(range.high));
  };
  switch (pattern) {
    case Pattern::kNormal:
      for (float& value : values) value = static_cast<float>(numbers.bell()) / 65536;
      break;
    case Pattern::kNatural: {
      const std::vector<std::int32_t> levels = natural_levels(filling.letters, filling.shape, numbers);
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = scaled(range, levels[i] / 65535.0);
        if (!is_floating) values[i] = std::floor(values[i] + 0.5f);
      }
      break;
    }
    case Pattern::kZeros: break;
    case Pattern::kMaximum: std::fill(values.begin(), values.end(), static_cast<float>(range.high)); break;
    case Pattern::kNegative:
      for (float& value : values)
        value = is_floating ? -static_cast<float>(std::max(1.0, range.high - range.low)) * numbers.unit()
                            : -std::floor(numbers.unit() * (most + 1));
      break;
    case Pattern::kLarge:
      for (float& value : values) value = std::min(65535.0f, most) * numbers.unit();
      break;
    case Pattern::kHuge: std::fill(values.begin(), values.end(), ten_thousand); break;
    case Pattern::kAlternating: {
      const float low = is_signed(filling.dtype) ? -ten_thousand : 0;
      const float high = is_floating ? ten_thousand : most;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const bool is_odd = is_odd_place(i, filling.shape);
        // Not of one size: a constant is what normalisation removes.
        const float part = is_floating ? 0.5f + 0.5f * numbers.unit() : 1;
        values[i] = part * (is_odd ? low : high);
      }
      break;
    }
    case Pattern::kDenormal: {
      // Of float16, 6e-8 is the least.
      const float unit = filling.dtype == Dtype::kFloat16 ? 6e-6f : 1e-39f;
      for (float& value : values) value = unit * numbers.unit();
      break;
    }
    case Pattern::kHotPixel:
      if (!values.empty()) values[numbers.below(values.size())] = is_floating ? ten_thousand : most;
      break;
    case Pattern::kNan:
    case Pattern::kInfinite: {
      for (float& value : values) value = uniform();
      constexpr float kInfinity = std::numeric_limits<float>::infinity();
      for (std::size_t i = 0; !values.empty() && i <= values.size() / 1000; ++i)
        values[numbers.below(values.size())] = pattern == Pattern::kNan ? std::numeric_limits<float>::quiet_NaN()
                                               : i % 2 == 0             ? kInfinity
                                                                        : -kInfinity;
      break;
    }
    case Pattern::kUniform:
      for (float& value : values) value = uniform();
      break;
  }
  return filling.dtype == Dtype::kFloat32 ? std::move(array) : tensor::Array::converted(array.view(), filling.dtype);
}

tensor::Array shaken(const tensor::View& input, double part, std::uint64_t seed) {
  tensor::Array array = tensor::Array::converted(input, Dtype::kFloat64);
  const std::span<double> values = array.as<double>();
  Numbers numbers(seed);
  if (!tensor::is_floating(input.dtype)) {
    const bool is_constant =
        std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); });
    if (!is_constant || !is_small(input.dtype)) return tensor::Array::copy_of(input);
    for (double& value : values)
      if (numbers.below(2) == 0) value += value > 0 ? -1 : 1;
    return tensor::Array::converted(array.view(), input.dtype);
  }
  if (input.dtype == Dtype::kFloat16) part = std::max(part, 1.0 / 1024);
  for (double& value : values) value *= numbers.below(2) == 0 ? 1 + part : 1 - part;
  return tensor::Array::converted(array.view(), input.dtype);
}

}  // namespace zooport::convert
