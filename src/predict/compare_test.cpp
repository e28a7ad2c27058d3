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

TEST(Compare, AConstantShowsNothing) {
  EXPECT_FALSE(of({1, 1, 1}, {1, 1, 1}).discriminates);
  EXPECT_TRUE(of({0, 1, 1}, {0, 1, 1}).discriminates);
}

}  // namespace
}  // namespace zooport::predict
