#include "zooport/tensor/axes.hpp"

#include <gtest/gtest.h>

namespace zooport::tensor {
namespace {

TEST(Axes, LettersThereAndBack) {
  const Axes axes = axes_from_letters("bticzyx");
  ASSERT_EQ(axes.size(), 7u);
  EXPECT_EQ(axes[0], (Axis{"batch", AxisKind::kBatch}));
  EXPECT_EQ(axes[1], (Axis{"time", AxisKind::kTime}));
  EXPECT_EQ(axes[2], (Axis{"index", AxisKind::kIndex}));
  EXPECT_EQ(axes[3], (Axis{"channel", AxisKind::kChannel}));
  EXPECT_EQ(axes[6], (Axis{"x", AxisKind::kSpace}));
  EXPECT_EQ(letters_of(axes), "bticzyx");
  EXPECT_EQ(letters_of({{"wavelength", AxisKind::kChannel}, {"x", AxisKind::kSpace}}), "wx");
}

TEST(Axes, UnknownLetters) {
  EXPECT_TRUE(axes_from_letters("byxq").empty());
  EXPECT_TRUE(axes_from_letters("").empty());
}

TEST(Axes, Find) {
  const Axes axes = axes_from_letters("bcyx");
  EXPECT_EQ(find_axis(axes, "y"), 2);
  EXPECT_EQ(find_axis(axes, "z"), -1);
}

}  // namespace
}  // namespace zooport::tensor
