#include <cassert>

#include "zooport/tensor/array.hpp"

namespace zooport::tensor {

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t size : shape) {
    if (size < 0) return -1;
    if (size == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(count, size, &count)) {
      return -1;
    }
  }
  return empty ? 0 : count;
}

Shape contiguous_strides(Dtype dtype, const Shape& shape) {
  auto stride = static_cast<std::int64_t>(size_of(dtype));
  Shape strides(shape.size(), stride);
  if (element_count(shape) == 0) return strides;  // the other dimensions may be too large to multiply
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

View View::transposed(const std::vector<int>& permutation) const {
  assert(permutation.size() == shape.size());
  View result{data, dtype, {}, {}};
  for (const int axis : permutation) {
    result.shape.push_back(shape[static_cast<std::size_t>(axis)]);
    result.strides.push_back(strides[static_cast<std::size_t>(axis)]);
  }
  return result;
}

View View::cropped(int axis, std::int64_t begin, std::int64_t size) const {
  const auto at = static_cast<std::size_t>(axis);
  assert(at < shape.size() && begin >= 0 && size >= 0 && begin + size <= shape[at]);
  View result = *this;
  if (result.data != nullptr && size > 0) result.data += begin * strides[at];
  result.shape[at] = size;
  return result;
}

View View::with_axis(int position) const {
  assert(position >= 0 && static_cast<std::size_t>(position) <= shape.size());
  View result = *this;
  result.shape.insert(result.shape.begin() + position, 1);
  result.strides.insert(result.strides.begin() + position, 0);
  return result;
}

View View::without_axis(int axis) const {
  assert(static_cast<std::size_t>(axis) < shape.size() && shape[static_cast<std::size_t>(axis)] > 0);
  View result = *this;
  result.shape.erase(result.shape.begin() + axis);
  result.strides.erase(result.strides.begin() + axis);
  return result;
}

bool View::is_contiguous() const {
  auto expected = static_cast<std::int64_t>(size_of(dtype));
  for (const std::int64_t size : shape)
    if (size == 0) return true;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1) continue;
    if (strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

}  // namespace zooport::tensor
