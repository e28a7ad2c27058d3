#include "zooport/tensor/array.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <numeric>

namespace zooport::tensor {
namespace {

template <class T>
std::vector<T> values(const Array& array) {
  return {array.as<T>().begin(), array.as<T>().end()};
}

Array counting(Shape shape) {
  std::vector<std::int32_t> numbers(static_cast<std::size_t>(element_count(shape)));
  std::iota(numbers.begin(), numbers.end(), 0);
  return Array::of(std::move(shape), numbers);
}

TEST(Dtype, NamesAndSizes) {
  std::size_t bytes = 0;
  for (int i = 0; i <= static_cast<int>(Dtype::kFloat64); ++i) {
    const auto dtype = static_cast<Dtype>(i);
    EXPECT_EQ(dtype_named(name_of(dtype)), dtype);
    EXPECT_EQ(visit(dtype, [](auto t) { return sizeof(typename decltype(t)::type); }), size_of(dtype));
    EXPECT_EQ(visit(dtype, [](auto t) { return DtypeOf<typename decltype(t)::type>::value; }), dtype);
    bytes += size_of(dtype);
  }
  EXPECT_EQ(bytes, 45u);
  EXPECT_EQ(dtype_named("complex64"), std::nullopt);
  EXPECT_TRUE(is_floating(Dtype::kFloat16));
  EXPECT_FALSE(is_floating(Dtype::kUint64));
}

TEST(Array, ElementCount) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({2, 3, 4}), 24);
  EXPECT_EQ(element_count({2, 0, 4}), 0);
  EXPECT_EQ(element_count({2, -1}), -1);
  EXPECT_EQ(element_count({0, -1}), -1);
  EXPECT_EQ(element_count({1ll << 32, 1ll << 31}), -1);
  EXPECT_EQ(element_count({(1ll << 32) - 1, 1ll << 31}), ((1ll << 32) - 1) << 31);
}

TEST(Array, ZerosAlignedAndMoved) {
  Array array(Dtype::kFloat64, {3, 5});
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.bytes().data()) % 64, 0u);
  for (const double value : array.as<double>()) EXPECT_EQ(value, 0.0);
  const Array other = std::move(array);
  EXPECT_EQ(other.size(), 15);
  EXPECT_TRUE(array.bytes().empty());  // NOLINT: a moved-from array has no elements
  EXPECT_TRUE(Array().bytes().empty());
}

TEST(Array, AllocateNamesTheLimit) {
  Limits limits;
  limits.array_bytes = 1000;
  EXPECT_TRUE(Array::allocate(Dtype::kFloat32, {250}, limits).ok());
  const auto more = Array::allocate(Dtype::kFloat32, {251}, limits);
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.error().what.id, "tensor.too-large");
  EXPECT_NE(more.error().what.message.find("limits.array_bytes"), std::string::npos);
  EXPECT_FALSE(Array::allocate(Dtype::kUint8, {-1}, limits).ok());
  EXPECT_FALSE(Array::allocate(Dtype::kUint8, {1ll << 62, 4}, Limits{}).ok());
}

TEST(Array, AllocateReportsMissingMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers end the program instead of returning null";
#endif
  Limits limits;
  limits.array_bytes = ~std::uint64_t{0};
  const auto huge = Array::allocate(Dtype::kUint8, {(1ll << 62) + 1}, limits);
  ASSERT_FALSE(huge.ok());
  EXPECT_EQ(huge.error().what.id, "tensor.out-of-memory");
}

TEST(View, TransposeCropAxes) {
  const Array array = counting({2, 3, 4});
  const View view = array.view();
  EXPECT_EQ(view.strides, (Shape{48, 16, 4}));
  EXPECT_TRUE(view.is_contiguous());

  const View turned = view.transposed({2, 0, 1});
  EXPECT_EQ(turned.shape, (Shape{4, 2, 3}));
  EXPECT_FALSE(turned.is_contiguous());
  EXPECT_EQ(values<std::int32_t>(Array::copy_of(turned)),
            (std::vector<std::int32_t>{0, 4, 8,  12, 16, 20, 1, 5, 9,  13, 17, 21,
                                       2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23}));

  const View part = view.cropped(1, 1, 2).cropped(2, 2, 2);
  EXPECT_EQ(values<std::int32_t>(Array::copy_of(part)), (std::vector<std::int32_t>{6, 7, 10, 11, 18, 19, 22, 23}));
  EXPECT_EQ(view.cropped(0, 1, 1).without_axis(0).shape, (Shape{3, 4}));
  EXPECT_EQ(view.with_axis(3).shape, (Shape{2, 3, 4, 1}));
  EXPECT_TRUE(view.with_axis(1).is_contiguous());
  EXPECT_EQ(values<std::int32_t>(Array::copy_of(view.with_axis(0).with_axis(4))), values<std::int32_t>(array));
}

TEST(View, BroadcastAndReversed) {
  const std::vector<std::int16_t> row{1, 2, 3};
  const auto* bytes = reinterpret_cast<const std::byte*>(row.data());
  const View repeated{bytes, Dtype::kInt16, {2, 3}, {0, 2}};
  EXPECT_EQ(values<std::int16_t>(Array::copy_of(repeated)), (std::vector<std::int16_t>{1, 2, 3, 1, 2, 3}));
  const View reversed{bytes + 4, Dtype::kInt16, {3}, {-2}};
  EXPECT_EQ(values<float>(Array::converted(reversed, Dtype::kFloat32)), (std::vector<float>{3, 2, 1}));
}

TEST(View, EmptyAndScalar) {
  EXPECT_EQ(Array::copy_of(counting({2, 0, 3}).view()).shape(), (Shape{2, 0, 3}));
  const Shape wide{0, 1ll << 61, 3};
  EXPECT_EQ(contiguous_strides(Dtype::kFloat64, wide), (Shape{8, 8, 8}));
  EXPECT_TRUE(Array::allocate(Dtype::kFloat64, wide, {}).ok());
  const Array scalar = Array::of<float>({}, {1.5f});
  EXPECT_EQ(values<std::uint8_t>(Array::converted(scalar.view(), Dtype::kUint8)), (std::vector<std::uint8_t>{1}));
  const Array ten = counting({10});
  const View none = ten.view().cropped(0, 10, 0);
  EXPECT_EQ(Array::copy_of(none).size(), 0);
}

TEST(View, ConvertIntoStrides) {
  const Array array = counting({2, 3});
  std::vector<std::uint8_t> out(12, 255);
  convert(array.view(), reinterpret_cast<std::byte*>(out.data()), Dtype::kUint8, {2, 4});
  EXPECT_EQ(out, (std::vector<std::uint8_t>{0, 255, 3, 255, 1, 255, 4, 255, 2, 255, 5, 255}));
}

TEST(View, ConvertUnalignedElements) {
  const std::vector<float> numbers{1.5f, -2.5f, 300.0f};
  std::vector<std::byte> shifted(13);
  std::memcpy(shifted.data() + 1, numbers.data(), 12);
  const View view{shifted.data() + 1, Dtype::kFloat32, {3}, {4}};
  EXPECT_EQ(values<std::int16_t>(Array::converted(view, Dtype::kInt16)), (std::vector<std::int16_t>{1, -2, 300}));
}

}  // namespace
}  // namespace zooport::tensor
