#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "convert/trial_patterns.hpp"
#include "convert/trial_sizes.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/predict/compare.hpp"

namespace zooport::convert {
namespace {

using tensor::Dtype;
using Purpose = TrialSizes::Purpose;

constexpr Pattern kPatterns[] = {Pattern::kUniform,     Pattern::kNormal,   Pattern::kNatural,  Pattern::kZeros,
                                 Pattern::kMaximum,     Pattern::kNegative, Pattern::kLarge,    Pattern::kHuge,
                                 Pattern::kAlternating, Pattern::kDenormal, Pattern::kHotPixel, Pattern::kNan,
                                 Pattern::kInfinite};

tensor::Array made(Dtype dtype, Pattern pattern, std::uint64_t seed = 1) {
  return filled({dtype, std::nullopt, "bcyx", {2, 2, 24, 32}}, pattern, seed);
}

std::vector<double> values_of(const tensor::Array& array) {
  const tensor::Array converted = tensor::Array::converted(array.view(), Dtype::kFloat64);
  return {converted.as<double>().begin(), converted.as<double>().end()};
}

bool are_equal(const tensor::Array& a, const tensor::Array& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         std::memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0;
}

TEST(TrialPatterns, TheSeedDecides) {
  for (const Pattern pattern : kPatterns) {
    EXPECT_TRUE(are_equal(made(Dtype::kFloat32, pattern, 7), made(Dtype::kFloat32, pattern, 7))) << name_of(pattern);
    const bool is_constant = pattern == Pattern::kZeros || pattern == Pattern::kMaximum || pattern == Pattern::kHuge;
    EXPECT_EQ(are_equal(made(Dtype::kFloat32, pattern, 7), made(Dtype::kFloat32, pattern, 8)), is_constant)
        << name_of(pattern);
  }
}

// Whatever the compiler, the library and the processor: a report names a seed so that others can repeat it.
TEST(TrialPatterns, AreTheSameEverywhere) {
  Sha256 hash;
  for (const Pattern pattern : kPatterns)
    for (const Dtype dtype : {Dtype::kFloat32, Dtype::kUint8, Dtype::kUint16, Dtype::kInt64})
      if (pattern != Pattern::kNan) hash.update(made(dtype, pattern).bytes());
  EXPECT_EQ(hash.hex(), "85e4c1609dc231e0c6e6a0b283007b6f84bfd0be859e14a9775dbc2da2930171");
}

TEST(TrialPatterns, StayInWhatTheTypeHolds) {
  for (const auto& [dtype, low, high] : {std::tuple{Dtype::kUint8, 0.0, 255.0},
                                         {Dtype::kInt8, -128.0, 127.0},
                                         {Dtype::kUint16, 0.0, 65535.0},
                                         {Dtype::kInt16, -32768.0, 32767.0},
                                         {Dtype::kBool, 0.0, 1.0},
                                         {Dtype::kInt32, 0.0, 7.0},
                                         {Dtype::kUint64, 0.0, 7.0}}) {
    double least = 0;
    double most = 0;
    for (const Pattern pattern : kPatterns) {
      for (const double value : values_of(made(dtype, pattern))) {
        EXPECT_GE(value, low) << name_of(pattern);
        EXPECT_LE(value, high) << name_of(pattern);
        least = std::min(least, value);
        most = std::max(most, value);
      }
    }
    EXPECT_EQ(most, high) << tensor::name_of(dtype);
    EXPECT_LE(least, low * 0.9) << tensor::name_of(dtype);
  }
}

TEST(TrialPatterns, RealsAreOfEveryKind) {
  const auto spread = [](Pattern pattern) { return predict::spread_of(made(Dtype::kFloat32, pattern).view()); };
  EXPECT_NEAR(spread(Pattern::kUniform).mean, 0.5, 0.02);
  EXPECT_NEAR(spread(Pattern::kNormal).mean, 0, 0.05);
  EXPECT_NEAR(spread(Pattern::kNormal).deviation, 1, 0.05);
  EXPECT_EQ(spread(Pattern::kZeros).size(), 0);
  EXPECT_EQ(spread(Pattern::kMaximum).low, 1);
  EXPECT_LE(spread(Pattern::kNegative).high, 0);
  EXPECT_GT(spread(Pattern::kLarge).high, 60000);
  EXPECT_EQ(spread(Pattern::kHuge).low, 10000);
  EXPECT_LT(spread(Pattern::kAlternating).low, -9000);
  EXPECT_GT(spread(Pattern::kAlternating).high, 9000);
  EXPECT_NEAR(spread(Pattern::kAlternating).mean, 0, 500);
  EXPECT_LT(spread(Pattern::kDenormal).high, 1.2e-38);
  EXPECT_GT(spread(Pattern::kDenormal).high, 0);
  const std::vector<double> hot = values_of(made(Dtype::kFloat32, Pattern::kHotPixel));
  EXPECT_EQ(std::count(hot.begin(), hot.end(), 10000), 1);
  EXPECT_EQ(std::count(hot.begin(), hot.end(), 0), static_cast<std::ptrdiff_t>(hot.size()) - 1);
  const std::vector<double> nan = values_of(made(Dtype::kFloat32, Pattern::kNan));
  EXPECT_TRUE(std::any_of(nan.begin(), nan.end(), [](double value) { return std::isnan(value); }));
  const std::vector<double> infinite = values_of(made(Dtype::kFloat32, Pattern::kInfinite));
  EXPECT_TRUE(std::any_of(infinite.begin(), infinite.end(), [](double value) { return std::isinf(value); }));
}

TEST(TrialPatterns, ADeclaredRangeHolds) {
  for (const Pattern pattern : {Pattern::kUniform, Pattern::kNatural, Pattern::kMaximum}) {
    const tensor::Array array = filled({Dtype::kFloat32, std::pair{-2.0, 5.0}, "yx", {32, 32}}, pattern, 1);
    const predict::Spread spread = predict::spread_of(array.view());
    EXPECT_GE(spread.low, -2);
    EXPECT_LE(spread.high, 5);
    if (pattern != Pattern::kMaximum) {
      EXPECT_GT(spread.size(), 2) << name_of(pattern);
    }
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const tensor::Array open = filled({Dtype::kFloat32, std::pair{0.0, kInfinity}, "yx", {32, 32}}, Pattern::kUniform, 1);
  EXPECT_LE(predict::spread_of(open.view()).high, 1);
}

// Neighbours are alike, as in an image, with objects on a background; channels and times are related.
TEST(TrialPatterns, NaturalImagesAreSmoothAndHaveObjects) {
  Numbers numbers(3);
  const std::vector<std::int32_t> levels = natural_levels("tcyx", {2, 2, 64, 64}, numbers);
  const auto at = [&](std::size_t t, std::size_t c, std::size_t y, std::size_t x) {
    return static_cast<double>(levels[((t * 2 + c) * 64 + y) * 64 + x]);
  };
  double mean = 0;
  for (std::size_t y = 0; y < 64; ++y)
    for (std::size_t x = 0; x < 64; ++x) mean += at(0, 0, y, x) / 4096;
  double variance = 0, beside = 0, channel = 0, time = 0;
  for (std::size_t y = 0; y < 64; ++y) {
    for (std::size_t x = 0; x + 1 < 64; ++x) {
      const double own = at(0, 0, y, x) - mean;
      variance += own * own;
      beside += own * (at(0, 0, y, x + 1) - mean);
      channel += own * at(0, 1, y, x);
      time += own * at(1, 0, y, x);
    }
  }
  EXPECT_GT(beside / variance, 0.7);
  EXPECT_GT(channel / variance, 0.2);
  EXPECT_GT(time / variance, 0.5);
  EXPECT_GT(*std::max_element(levels.begin(), levels.end()), 2 * *std::min_element(levels.begin(), levels.end()));
}

TEST(TrialPatterns, TakeAnyShape) {
  for (const tensor::Shape& shape : {tensor::Shape{}, {1}, {3, 1}, {1, 1, 1, 1}, {0, 4}, {2, 3, 4, 5, 6, 2}})
    for (const Pattern pattern : kPatterns)
      EXPECT_EQ(filled({Dtype::kFloat32, std::nullopt, std::string(shape.size(), 'n'), shape}, pattern, 1).shape(),
                shape);
}

TEST(TrialPatterns, ShakingChangesAMillionth) {
  const tensor::Array array = made(Dtype::kFloat32, Pattern::kUniform);
  const tensor::Array other = shaken(array.view(), 1.0 / (1 << 20), 5);
  const predict::Comparison compared =
      predict::compare("x", array.view(), other.view(), {.absolute = 0, .relative = 0, .mismatched_per_million = 0});
  EXPECT_GT(compared.mismatched, compared.elements * 9 / 10);
  EXPECT_LT(compared.max_rel, 2e-6);
}

TrialAxis axis(char letter, std::int64_t min, std::int64_t step) {
  return {letter, std::string(1, letter), min, step, true};
}

TEST(TrialSizes, AreThoseThatBothTake) {
  EXPECT_EQ(common(axis('x', 1, 1), axis('x', 64, 16))->min, 64);
  EXPECT_EQ(common(axis('x', 60, 4), axis('x', 64, 16))->step, 16);
  EXPECT_EQ(common(axis('x', 2, 4), axis('x', 3, 5))->min, 18);
  EXPECT_EQ(common(axis('x', 2, 4), axis('x', 3, 5))->step, 20);
  EXPECT_EQ(common(axis('x', 256, 0), axis('x', 64, 16))->step, 0);
  EXPECT_EQ(common(axis('x', 64, 16), axis('x', 256, 0))->min, 256);
  EXPECT_FALSE(common(axis('x', 64, 16), axis('x', 250, 0)).has_value());
  EXPECT_FALSE(common(axis('x', 64, 0), axis('x', 128, 0)).has_value());
  EXPECT_FALSE(common(axis('x', 1, 2), axis('x', 2, 2)).has_value());
}

TEST(TrialSizes, ThereAreSmallOnesOddOnesAndBatches) {
  const std::vector<TrialInput> inputs = {
      {"a", Dtype::kFloat32, {}, {axis('b', 1, 1), axis('c', 3, 0), axis('y', 16, 16), axis('x', 16, 16)}},
      {"b", Dtype::kFloat32, {}, {axis('b', 1, 1), axis('y', 8, 8), axis('x', 8, 8)}}};
  std::set<Purpose> purposes;
  for (const TrialSizes& sizes : sizes_to_try(inputs, 64)) {
    purposes.insert(sizes.purpose);
    const tensor::Shape& a = sizes.shapes.at(0);
    const tensor::Shape& b = sizes.shapes.at(1);
    EXPECT_EQ((tensor::Shape{a[0], a[2], a[3]}), b);
    EXPECT_EQ(a[0], sizes.purpose == Purpose::kTwo ? 2 : 1);
    if (sizes.purpose == Purpose::kMiddle) {
      EXPECT_EQ(a, (tensor::Shape{1, 3, 64, 64}));
    }
    if (sizes.purpose == Purpose::kSmallest) {
      EXPECT_EQ(a, (tensor::Shape{1, 3, 16, 16}));
    }
    if (sizes.purpose == Purpose::kNotSquare) {
      EXPECT_NE(a[2], a[3]);
    }
    if (sizes.purpose != Purpose::kOdd) {
      EXPECT_EQ(a[2] % 16 + a[3] % 16, 0);
    }
    if (sizes.purpose == Purpose::kOdd) {
      EXPECT_EQ(a[2] % 2 + a[3] % 2, 2);
    }
  }
  EXPECT_EQ(purposes.size(), 5u);
  EXPECT_EQ(sizes_to_try({{"a", Dtype::kFloat32, {}, {axis('y', 64, 0), axis('x', 32, 0)}}}, 64).size(), 1u);
}

}  // namespace
}  // namespace zooport::convert
