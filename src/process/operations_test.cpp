#include <gtest/gtest.h>

#include "zooport/process/registry.hpp"
#include "zooport/process/statistics.hpp"

namespace zooport::process {

namespace {

using List = std::vector<double>;

OperationPtr make(std::string_view name, std::map<std::string, Value, std::less<>> values,
                  std::string_view axes = "bcyx") {
  auto made = make_operation(name, Parameters{std::move(values)}, tensor::axes_from_letters(axes));
  EXPECT_TRUE(made.ok()) << made.error().what.message;
  return made ? *made : nullptr;
}

Block block_of(tensor::Array data, std::string_view axes = "bcyx") {
  Block block{tensor::axes_from_letters(axes), std::move(data), {}};
  block.origin.assign(block.axes.size(), 0);
  return block;
}

std::vector<double> values_of(const Block& block) {
  const tensor::Array converted = tensor::Array::converted(block.data.view(), tensor::Dtype::kFloat64);
  return {converted.as<double>().begin(), converted.as<double>().end()};
}

Measured measured_of(const Operation& operation, const Block& block) {
  const Subject subject{block.data.dtype(), block.axes, block.data.shape(), source_of(block.data.view())};
  auto measured = measure(subject, operation.measures(), {}, Context{});
  EXPECT_TRUE(measured.ok()) << measured.error().what.message;
  return measured ? *measured : Measured{};
}

tensor::Array counting(tensor::Shape shape) {
  tensor::Array array(tensor::Dtype::kFloat32, std::move(shape));
  for (std::size_t i = 0; i < array.as<float>().size(); ++i) array.as<float>()[i] = static_cast<float>(i % 23) - 4;
  return array;
}

}  // namespace

TEST(Operations, ListsRunAlongTheirAxis) {
  Block block = block_of(tensor::Array::of<float>({1, 2, 1, 2}, {1, 2, 3, 4}));
  const auto scale = make("scale_linear", {{"gain", List{10, 100}}, {"offset", 1.0}, {"axes", std::string("yx")}});
  ASSERT_TRUE(scale->apply(block, {}).ok());
  EXPECT_EQ(values_of(block), (List{11, 21, 301, 401}));
  Block mask = block_of(tensor::Array::of<float>({1, 2, 1, 2}, {1, 2, 3, 4}));
  const auto binarize = make("binarize", {{"threshold", List{1, 3}}, {"axis", std::string("channel")}});
  ASSERT_TRUE(binarize->apply(mask, {}).ok());
  EXPECT_EQ(mask.data.dtype(), tensor::Dtype::kBool);
  EXPECT_EQ(values_of(mask), (List{0, 1, 0, 1}));
}

TEST(Operations, ValuesAlongTheLastAxis) {
  Block block = block_of(tensor::Array::of<float>({1, 2, 1, 2}, {1, 2, 3, 4}), "byxc");
  const auto scale = make("scale_linear", {{"gain", List{10, 100}}, {"axis", std::string("channel")}}, "byxc");
  ASSERT_TRUE(scale->apply(block, {}).ok());
  EXPECT_EQ(values_of(block), (List{10, 200, 30, 400}));
}

TEST(Operations, ListOfAnotherLengthIsAnError) {
  for (const List& gain : {List{10, 100}, List{1, 2, 3, 4}}) {
    Block block = block_of(tensor::Array(tensor::Dtype::kFloat32, {1, 3, 2, 2}));
    const auto applied = make("scale_linear", {{"gain", gain}, {"axis", std::string("channel")}})->apply(block, {});
    ASSERT_FALSE(applied.ok());
    EXPECT_EQ(applied.error().what.id, "process.values-mismatch");
  }
}

TEST(Operations, MissingStatisticIsAnError) {
  Block block = block_of(tensor::Array(tensor::Dtype::kFloat32, {1, 1, 2, 2}));
  const auto applied = make("zero_mean_unit_variance", {})->apply(block, {});
  ASSERT_FALSE(applied.ok());
  EXPECT_EQ(applied.error().what.id, "process.not-measured");
}

TEST(Operations, BlocksGiveWhatTheWholeGives) {
  const tensor::Shape shape = {2, 3, 5, 7};
  const std::vector<OperationPtr> operations = {
      make("zero_mean_unit_variance", {{"axes", std::string("yx")}}),
      make("zero_mean_unit_variance", {{"axes", std::string("x")}}),
      make("zero_mean_unit_variance", {{"axes", std::string("cy")}}),
      make("scale_range", {{"axes", std::string("cyx")}, {"min_percentile", 5.0}, {"max_percentile", 90.0}}),
      make("clip", {{"min_percentile", 20.0}, {"max_percentile", 90.0}, {"axes", std::string("c")}}),
      make("scale_linear", {{"gain", List{1, 2, 3, 4, 5, 6, 7}}, {"axis", std::string("x")}}),
      make("fixed_zero_mean_unit_variance",
           {{"mean", List{1, 2, 3}}, {"std", List{3, 2, 1}}, {"axis", std::string("channel")}}),
      make("sigmoid", {}),
      make("softmax", {}),
      make("binarize", {{"threshold", List{1, 2, 3}}, {"axis", std::string("channel")}})};
  for (const OperationPtr& operation : operations) {
    Block whole = block_of(counting(shape));
    const Measured measured = measured_of(*operation, whole);
    const tensor::Array input = tensor::Array::copy_of(whole.data.view());
    ASSERT_TRUE(operation->apply(whole, measured).ok()) << operation->describe();
    const tensor::Array expected = tensor::Array::copy_of(whole.data.view());
    for (std::int64_t y = 0; y < shape[2]; y += 2) {
      for (std::int64_t x = 0; x < shape[3]; x += 3) {
        const std::int64_t height = std::min<std::int64_t>(2, shape[2] - y);
        const std::int64_t width = std::min<std::int64_t>(3, shape[3] - x);
        Block part = block_of(tensor::Array::copy_of(input.view().cropped(2, y, height).cropped(3, x, width)));
        part.origin = {0, 0, y, x};
        ASSERT_TRUE(operation->apply(part, measured).ok()) << operation->describe();
        const tensor::Array there = tensor::Array::copy_of(expected.view().cropped(2, y, height).cropped(3, x, width));
        EXPECT_EQ(part.data.dtype(), there.dtype());
        EXPECT_TRUE(std::equal(there.bytes().begin(), there.bytes().end(), part.data.bytes().begin()))
            << operation->describe() << " at " << y << ", " << x;
      }
    }
  }
}

TEST(Operations, EmptyBlocksAndScalarsPass) {
  Block empty = block_of(tensor::Array(tensor::Dtype::kFloat32, {1, 2, 0, 3}));
  EXPECT_TRUE(make("scale_linear", {{"gain", 2.0}})->apply(empty, {}).ok());
  EXPECT_TRUE(make("softmax", {})->apply(empty, {}).ok());
  Block scalar{{}, tensor::Array::of<float>({}, {3}), {}};
  EXPECT_TRUE(make_operation("scale_linear", Parameters{{{"gain", 2.0}}}, {}).value()->apply(scalar, {}).ok());
  EXPECT_EQ(values_of(scalar), (List{6}));
}

TEST(Operations, FloatsStayFloatsWhereNumbersAreGiven) {
  for (const auto& operation : {make("scale_linear", {{"gain", 2.0}}), make("clip", {{"min", 0.0}}),
                                make("sigmoid", {}), make("softmax", {})}) {
    Block block = block_of(counting({1, 2, 2, 2}));
    ASSERT_TRUE(operation->apply(block, {}).ok());
    EXPECT_EQ(block.data.dtype(), tensor::Dtype::kFloat32) << operation->describe();
  }
}

}  // namespace zooport::process
