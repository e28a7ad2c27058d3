#include "zooport/predict/sample.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace zooport::predict {
namespace {

tensor::Array counting(tensor::Shape shape) {
  tensor::Array array(tensor::Dtype::kUint16, std::move(shape));
  std::iota(array.as<std::uint16_t>().begin(), array.as<std::uint16_t>().end(), std::uint16_t{0});
  return array;
}

std::vector<std::uint16_t> values(const tensor::Array& array) {
  const auto span = array.as<std::uint16_t>();
  return {span.begin(), span.end()};
}

TEST(SampleView, MirrorsAsNumpysSymmetricDoes) {
  std::vector<std::int64_t> at;
  for (std::int64_t i = -4; i < 8; ++i) at.push_back(mirrored(i, 3));
  EXPECT_EQ(at, (std::vector<std::int64_t>{2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1}));
  EXPECT_EQ(mirrored(5, 1), 0);
}

TEST(SampleView, BringsAxesIntoTheModelsOrder) {
  const auto reader = array_reader(counting({2, 3, 2}), "yxc");
  const auto view = SampleView::make(*reader, "yxc", tensor::axes_from_letters("bcyx"));
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->shape(), (tensor::Shape{1, 2, 2, 3}));
  EXPECT_EQ(view->samples(), 1);
  EXPECT_EQ(values(*view->read(0, {0, 0, 0, 0}, {1, 2, 2, 3})),
            (std::vector<std::uint16_t>{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11}));
  EXPECT_EQ(values(*view->read(0, {0, 1, 1, 2}, {1, 1, 2, 2})), (std::vector<std::uint16_t>{11, 11, 11, 11}));
}

TEST(SampleView, WalksOverAxesThatTheModelLacks) {
  const auto reader = array_reader(counting({2, 3, 1, 2}), "tzyx");
  const auto view = SampleView::make(*reader, "tzyx", tensor::axes_from_letters("bcyx"));
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->samples(), 6);
  EXPECT_EQ(view->walked_axes(), "tz");
  EXPECT_EQ(view->walked_index(5), (tensor::Shape{1, 2}));
  EXPECT_EQ(values(*view->read(5, {0, 0, 0, 0}, {1, 1, 1, 2})), (std::vector<std::uint16_t>{10, 11}));
}

TEST(SampleView, RefusesAxesThatDoNotFit) {
  const auto reader = array_reader(counting({2, 3, 2}), "yxc");
  EXPECT_EQ(SampleView::make(*reader, "yx", tensor::axes_from_letters("bcyx")).error().what.id, "predict.axes-count");
  EXPECT_EQ(SampleView::make(*reader, "tyc", tensor::axes_from_letters("bcyx")).error().what.id,
            "predict.axis-missing");
  EXPECT_EQ(SampleView::make(*reader, "yxc", tensor::axes_from_letters("byx")).error().what.id, "predict.channels");
}

}  // namespace
}  // namespace zooport::predict
