#include "process/statistics/moments.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace zooport::process {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kChunk = 1024;
constexpr std::size_t kLanes = 4;  // independent sums, so that additions need not wait for each other

// a + b is sum + error, exactly.
inline void two_sum(double a, double b, double& sum, double& error) {
  sum = a + b;
  const double part = sum - a;
  error = (a - (sum - part)) + (b - part);
}

// a * b is product + error, exactly, unless it overflows.
inline void two_product(double a, double b, double& product, double& error) {
  constexpr double kSplit = 134217729;  // 2^27 + 1
  product = a * b;
  const double a_part = kSplit * a;
  const double a_high = a_part - (a_part - a);
  const double b_part = kSplit * b;
  const double b_high = b_part - (b_part - b);
  const double a_low = a - a_high;
  const double b_low = b - b_high;
  error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
}

Sum square(const Sum& value) {
  Sum out;
  double error = 0;
  two_product(value.high, value.high, out.high, error);
  out.low = error + 2 * value.high * value.low;
  return out;
}

Sum divided(const Sum& value, double by) {
  Sum out;
  out.high = value.high / by;
  double product = 0;
  double error = 0;
  two_product(out.high, by, product, error);
  out.low = (value.high - product - error + value.low) / by;
  return out;
}

enum class Squares : std::uint8_t { kExact, kRounded };  // whether a square fits into a double

template <Squares kSquares>
void add_finite(const double* x, std::size_t count, Moments& to) {
  std::array<Sum, kLanes> sums{};
  std::array<Sum, kLanes> squares{};
  const auto add = [&](std::size_t lane, double value) {
    double error = 0;
    two_sum(sums[lane].high, value, sums[lane].high, error);
    sums[lane].low += error;
    double product = value * value;
    if constexpr (kSquares == Squares::kRounded) {
      double rest = 0;
      two_product(value, value, product, rest);
      squares[lane].low += rest;
    }
    two_sum(squares[lane].high, product, squares[lane].high, error);
    squares[lane].low += error;
  };
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane, x[i + lane]);
  }
  for (; i < count; ++i) add(0, x[i]);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    to.sum.add(sums[lane]);
    to.squares.add(squares[lane]);
  }
  to.finite += count;
}

template <Squares kSquares>
void add_chunk(double* x, std::size_t count, Moments& to) {
  double check = 0;  // stays 0 unless something is not finite
  for (std::size_t i = 0; i < count; ++i) check += x[i] - x[i];
  if (check != 0 || std::isnan(check)) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (std::isfinite(x[i])) {
        x[kept++] = x[i];
      } else if (std::isnan(x[i])) {
        ++to.nans;
      } else {
        ++(x[i] > 0 ? to.above : to.below);
      }
    }
    count = kept;
  }
  add_finite<kSquares>(x, count, to);
}

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

// A chunk of small integers has sums that are exact as integers.
template <class T>
void add_small_integers(const std::byte* data, std::int64_t stride, std::size_t count, Moments& to) {
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  const auto add = [&](std::int64_t value) {
    sum += value;
    squares += value * value;
  };
  if (stride == sizeof(T)) {
    for (std::size_t i = 0; i < count; ++i) add(load<T>(data + i * sizeof(T)));
  } else {
    for (std::size_t i = 0; i < count; ++i) add(load<T>(data + static_cast<std::int64_t>(i) * stride));
  }
  to.sum.add(static_cast<double>(sum));
  to.squares.add(static_cast<double>(squares));
  to.finite += count;
}

template <class T>
void add_elements(const std::byte* data, std::int64_t stride, std::size_t count, Moments& to) {
  if constexpr (std::is_same_v<T, bool>) {
    add_small_integers<std::uint8_t>(data, stride, count, to);
  } else if constexpr (std::is_integral_v<T> && sizeof(T) <= 2) {
    add_small_integers<T>(data, stride, count, to);
  } else {
    std::array<double, kChunk> chunk;
    for (std::size_t i = 0; i < count; ++i) {
      const T value = load<T>(data + static_cast<std::int64_t>(i) * stride);
      if constexpr (std::is_same_v<T, tensor::Half>) {
        chunk[i] = static_cast<double>(value.to_float());
      } else {
        chunk[i] = static_cast<double>(value);
      }
    }
    constexpr bool kFits = std::is_same_v<T, tensor::Half> || std::is_same_v<T, float>;
    add_chunk<kFits ? Squares::kExact : Squares::kRounded>(chunk.data(), count, to);
  }
}

}  // namespace

void Sum::add(double value) {
  double error = 0;
  two_sum(high, value, high, error);
  low += error;
}

void Sum::add(const Sum& other) {
  add(other.high);
  low += other.low;
}

double Moments::mean() const {
  if (above > 0 && below > 0) return kNan;
  if (above > 0) return std::numeric_limits<double>::infinity();
  if (below > 0) return -std::numeric_limits<double>::infinity();
  if (finite == 0) return kNan;
  const Sum mean = divided(sum, static_cast<double>(finite));
  return mean.high + mean.low;
}

double Moments::squared_differences() const {
  if (finite == 0 || (above > 0 && below > 0)) return 0;  // every difference is NaN
  if (above > 0 || below > 0) return std::numeric_limits<double>::infinity();
  const Sum common = divided(square(sum), static_cast<double>(finite));
  Sum rest = squares;
  rest.add(-common.high);
  rest.low -= common.low;
  return std::max(rest.high + rest.low, 0.0);
}

double Moments::deviation() const {
  if (nans > 0 || above > 0 || below > 0 || finite == 0) return kNan;
  return std::sqrt(squared_differences() / static_cast<double>(finite));
}

void add_run(const Run& run, tensor::Dtype dtype, Moments& to) {
  tensor::visit(dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    for (std::int64_t done = 0; done < run.count;) {
      const auto count = std::min<std::int64_t>(run.count - done, kChunk);
      add_elements<T>(run.data + done * run.stride, run.stride, static_cast<std::size_t>(count), to);
      done += count;
    }
  });
}

}  // namespace zooport::process
