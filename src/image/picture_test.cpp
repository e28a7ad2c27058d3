#include "zooport/image/picture.hpp"

#include <limits>

#include "image/support_test.hpp"

namespace zooport::image {
namespace {

using tensor::Array;

TEST(Picture, ScalesEachPlaneOnItsOwn) {
  std::vector<float> ramp(1000);
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = static_cast<float>(i) * 3 - 100;
  ramp[7] = std::numeric_limits<float>::quiet_NaN();
  const Array left = Array::of<float>({10, 100}, ramp);
  const Array right = Array::of<std::uint8_t>({2, 3}, {0, 1, 0, 0, 0, 1});
  const Array picture = side_by_side(left.view(), right.view(), {});
  ASSERT_EQ(picture.shape(), (tensor::Shape{10, 107}));
  const auto pixels = picture.as<std::uint8_t>();
  EXPECT_EQ(pixels[0], 0);
  EXPECT_EQ(pixels[3], 0);  // below the percentile
  EXPECT_EQ(pixels[7], 0);  // NaN
  EXPECT_NEAR(pixels[5 * 107], 128, 1);
  EXPECT_EQ(pixels[9 * 107 + 99], 255);
  EXPECT_EQ(pixels[100], 128);  // the gap
  EXPECT_EQ(pixels[103], 128);
  EXPECT_EQ(pixels[104], 0);
  EXPECT_EQ(pixels[105], 255);
  EXPECT_EQ(pixels[2 * 107 + 104], 128);  // below the smaller plane
}

TEST(Picture, RareAndConstantValues) {
  std::vector<std::uint8_t> rare(10000, 0);
  rare[5000] = 1;
  const Array mask = Array::of<std::uint8_t>({100, 100}, rare);
  const Array ones = Array::of<float>({100, 1}, std::vector<float>(100, 7.0f));
  const Array picture = side_by_side(mask.view(), ones.view(), {.gap = 0});
  EXPECT_EQ(picture.as<std::uint8_t>()[50 * 101], 255);
  EXPECT_EQ(picture.as<std::uint8_t>()[0], 0);
  EXPECT_EQ(picture.as<std::uint8_t>()[100], 255);
}

TEST(Picture, BecomesAFile) {
  const std::string path = scratch("picture_test.png");
  const Array plane = noise(tensor::Dtype::kUint16, {6, 5});
  ASSERT_TRUE(
      write_side_by_side(path, plane.view(), plane.view().transposed({1, 0}), {}, {.may_replace = true}, {}).ok());
  const auto reader = open_reader(path, {});
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->info().shape, (tensor::Shape{6, 15}));
  ASSERT_TRUE(os::remove_file(path).ok());
}

}  // namespace
}  // namespace zooport::image
