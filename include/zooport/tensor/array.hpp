#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"
#include "zooport/tensor/dtype.hpp"

namespace zooport::tensor {

using Shape = std::vector<std::int64_t>;

// Product of the dimensions, or -1 if it does not fit into 63 bits or a dimension is negative.
std::int64_t element_count(const Shape& shape);

// Strides in bytes of contiguous elements in C order.
Shape contiguous_strides(Dtype dtype, const Shape& shape);

// Elements that somebody else owns; need not be aligned. Strides are in bytes and may be 0 or negative.
struct View {
  const std::byte* data = nullptr;
  Dtype dtype = Dtype::kFloat32;
  Shape shape;
  Shape strides;

  View transposed(const std::vector<int>& permutation) const;           // permutation[i] is the old axis
  View cropped(int axis, std::int64_t begin, std::int64_t size) const;  // must lie inside
  View with_axis(int position) const;                                   // inserts an axis of size 1
  View without_axis(int axis) const;                                    // takes index 0 and drops the axis
  bool is_contiguous() const;
};

// Owns its elements, in C order. Moving is cheap; copying is explicit. Shapes given to it are the caller's: they must
// not overflow; allocate() is for those from outside.
class Array {
 public:
  Array() = default;
  Array(Dtype dtype, Shape shape);  // zeros
  // Elements are not set: for callers that write every one of them.
  static Array uninitialized(Dtype dtype, Shape shape);
  // As uninitialized, for shapes from outside: checks them against limits.array_bytes, and reports memory that the
  // machine does not have.
  static Result<Array> allocate(Dtype dtype, Shape shape, const Limits& limits);
  static Array copy_of(const View& view);
  static Array converted(const View& view, Dtype dtype);  // see convert()
  template <class T>
  static Array of(Shape shape, const std::vector<T>& values);

  Array(Array&& other) noexcept;  // leaves the other one without elements
  Array& operator=(Array&& other) noexcept;
  ~Array() = default;

  Dtype dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::int64_t size() const { return size_; }
  std::span<std::byte> bytes() { return {data_.get(), byte_size()}; }
  std::span<const std::byte> bytes() const { return {data_.get(), byte_size()}; }
  template <class T>
  std::span<T> as() {
    return {reinterpret_cast<T*>(data_.get()), static_cast<std::size_t>(size_)};
  }
  template <class T>
  std::span<const T> as() const {
    return {reinterpret_cast<const T*>(data_.get()), static_cast<std::size_t>(size_)};
  }
  View view() const;
  // The same elements under another shape of the same size.
  void reshape(Shape shape);

 private:
  std::size_t byte_size() const { return static_cast<std::size_t>(size_) * size_of(dtype_); }
  struct Free {
    void operator()(std::byte* elements) const;
  };
  std::unique_ptr<std::byte[], Free> data_;  // aligned to 64 bytes
  Dtype dtype_ = Dtype::kFloat32;
  Shape shape_;
  std::int64_t size_ = 0;
};

// Copies elements between equal shapes, converting as NumPy's astype does on x86-64: to integers by truncation towards
// zero, out of range and NaN as the processor does (8 and 16 bits wrap), to bool by `!= 0`. The two may not overlap.
// O(elements); fastest where the innermost axes of both are contiguous.
void convert(const View& from, std::byte* to, Dtype dtype, const Shape& to_strides);

template <class T>
Array Array::of(Shape shape, const std::vector<T>& values) {
  Array array = uninitialized(DtypeOf<T>::value, std::move(shape));
  const std::span<T> elements = array.as<T>();
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = i < values.size() ? values[i] : T{};
  return array;
}

}  // namespace zooport::tensor
