#include "zooport/image/axes.hpp"

#include <gtest/gtest.h>

namespace zooport::image {
namespace {

TEST(ImageAxes, Guesses) {
  EXPECT_EQ(guess_axes({}), "");
  EXPECT_EQ(guess_axes({7}), "x");
  EXPECT_EQ(guess_axes({512, 512}), "yx");
  EXPECT_EQ(guess_axes({512, 512, 3}), "yxc");
  EXPECT_EQ(guess_axes({3, 512, 512}), "cyx");
  EXPECT_EQ(guess_axes({30, 512, 512}), "zyx");
  EXPECT_EQ(guess_axes({30, 512, 512, 3}), "zyxc");
  EXPECT_EQ(guess_axes({30, 2, 512, 512}), "zcyx");
  EXPECT_EQ(guess_axes({5, 30, 512, 512}), "tzyx");
  EXPECT_EQ(guess_axes({5, 2, 30, 512, 512}), "tczyx");
  EXPECT_EQ(guess_axes({1, 5, 2, 30, 512, 512}), "itczyx");
  EXPECT_EQ(guess_axes({1, 1, 5, 2, 30, 512, 512}), "bitczyx");
  EXPECT_EQ(guess_axes({1, 1, 1, 5, 2, 30, 512, 512}), "");
  for (std::size_t rank = 0; rank <= 7; ++rank)
    for (const std::int64_t last : {1, 3, 9}) {
      tensor::Shape shape(rank, 8);
      if (rank > 0) shape.back() = last;
      EXPECT_EQ(guess_axes(shape).size(), rank);
    }
}

TEST(ImageAxes, AskedForAxesAreChecked) {
  const Info info{"npy", tensor::Dtype::kUint8, {4, 5, 6}, "cyx", false};
  EXPECT_EQ(resolve_axes(info, "").value(), "cyx");
  EXPECT_EQ(resolve_axes(info, "yxc").value(), "yxc");
  EXPECT_EQ(resolve_axes(info, "byx").value(), "byx");
  for (const char* wrong : {"yx", "yxcz", "yxs", "yyx", "YXC", "y x"}) {
    const auto axes = resolve_axes(info, wrong);
    ASSERT_FALSE(axes.ok()) << wrong;
    EXPECT_EQ(axes.error().what.id, "image.axes");
    EXPECT_EQ(axes.error().kind, ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace zooport::image
