#include "zooport/predict/compare.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace zooport::predict {
namespace {

tensor::Array floats(const std::vector<float>& values) {
  tensor::Array array(tensor::Dtype::kFloat32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), array.as<float>().begin());
  return array;
}

Comparison of(const std::vector<float>& expected, const std::vector<float>& found, std::uint64_t per_million = 0) {
  model::Tolerance tolerance{.absolute = 1e-3, .relative = 1e-3, .mismatched_per_million = per_million};
  return compare("y", floats(expected).view(), floats(found).view(), tolerance);
}

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(Compare, SaysWhereAndByHowMuch) {
  const Comparison result = of({0, 1, 2}, {0, 1.5, 2});
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.mismatched, 1u);
  EXPECT_EQ(result.worst, (tensor::Shape{1}));
  EXPECT_DOUBLE_EQ(result.max_abs, 0.5);
  EXPECT_DOUBLE_EQ(result.max_rel, 0.5);
  EXPECT_TRUE(of({0, 1, 2}, {0.0005f, 1, 2}).passed);
}

TEST(Compare, NanNeverPassesAndInfinitiesMatchTheirSign) {
  EXPECT_FALSE(of({kNan, 1}, {kNan, 1}, 1'000'000).passed);
  EXPECT_FALSE(of({0, 1}, {kNan, 1}, 1'000'000).passed);
  EXPECT_TRUE(of({kInf, 1}, {kInf, 1}).passed);
  EXPECT_FALSE(of({kInf, 1}, {-kInf, 1}).passed);
}

TEST(Compare, AllowsAShareOfMismatches) {
  std::vector<float> expected(1000, 1.0f), found(1000, 1.0f);
  expected[3] = 0;
  found[7] = 3;
  EXPECT_FALSE(of(expected, found, 999).passed);
  found[7] = 1;
  found[3] = 0.5;
  EXPECT_TRUE(of(expected, found, 1000).passed);
}

TEST(Compare, ShapesMustBeEqualAndSomethingMustBeThere) {
  EXPECT_FALSE(of({1, 2}, {1}).passed);
  EXPECT_FALSE(of({}, {}).passed);
}

// A probability beside a distance: what is little for one is much for the other.
TEST(Compare, ChannelsMayHaveTolerancesOfTheirOwn) {
  const tensor::Array expected = tensor::Array::of<float>({2, 2, 2}, {0, 1, 100, 300, 1, 0, 200, 100});
  tensor::Array found = tensor::Array::copy_of(expected.view());
  found.as<float>()[5] = 0.1f;
  found.as<float>()[7] = 100.2f;
  const Tolerances each{{{.absolute = 1e-3, .relative = 0, .mismatched_per_million = 0},
                         {.absolute = 0.3, .relative = 0, .mismatched_per_million = 0}},
                        1};
  const Comparison result = compare_slices("y", expected.view(), found.view(), each);
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.mismatched, 1u);
  EXPECT_EQ(result.worst, (tensor::Shape{1, 0, 1}));
  EXPECT_EQ(result.tolerance.absolute, 1e-3);
  EXPECT_NEAR(result.max_abs, 0.2, 1e-4);
  EXPECT_NEAR(result.excess, 100, 1e-3);
  const model::Tolerance wide{.absolute = 0.3, .relative = 0, .mismatched_per_million = 0};
  EXPECT_TRUE(compare("y", expected.view(), found.view(), wide).passed);
}

TEST(Compare, NanMayMatchInItsPlace) {
  const auto in_place = [](const std::vector<float>& expected, const std::vector<float>& found) {
    return compare("y", floats(expected).view(), floats(found).view(), model::Tolerance{}, Nans::kMatchInPlace);
  };
  EXPECT_TRUE(in_place({kNan, 1}, {kNan, 1}).passed);
  EXPECT_EQ(in_place({kNan, 1}, {kNan, 1}).nan_expected, 1u);
  EXPECT_FALSE(in_place({kNan, 1}, {1, kNan}).passed);
  EXPECT_FALSE(in_place({0, 1}, {kNan, 1}).passed);
  EXPECT_FALSE(in_place({kNan, 1}, {0, 1}).passed);
  EXPECT_FALSE(in_place({kNan, 1}, {kNan, 2}).passed);
}

TEST(Compare, SpreadsAddUp) {
  Spread both = spread_of(floats({1, 2, 6}).view());
  both.add(spread_of(floats({-4, 0.5, kNan, kInf}).view()));
  const Spread whole = spread_of(floats({1, 2, 6, -4, 0.5}).view());
  EXPECT_EQ(both.elements, 5u);
  EXPECT_EQ(both.low, -4);
  EXPECT_EQ(both.high, 6);
  EXPECT_DOUBLE_EQ(both.mean, whole.mean);
  EXPECT_NEAR(both.deviation, whole.deviation, 1e-12);
  EXPECT_FALSE(both.is_whole);
  EXPECT_TRUE(spread_of(floats({1, 2, 6}).view()).is_whole);
}

TEST(Compare, AConstantShowsNothing) {
  EXPECT_FALSE(of({1, 1, 1}, {1, 1, 1}).discriminates);
  EXPECT_TRUE(of({0, 1, 1}, {0, 1, 1}).discriminates);
}

}  // namespace
}  // namespace zooport::predict
