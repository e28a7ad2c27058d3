#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "tensor/cast.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::tensor {
namespace {

// n elements, at strides in bytes.
using Kernel = void (*)(const std::byte* from, std::int64_t from_stride, std::byte* to, std::int64_t to_stride,
                        std::int64_t n);

template <class T>
inline T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class From>
inline auto load_element(const std::byte* at) {
  if constexpr (std::is_same_v<From, bool>) {
    return static_cast<std::uint8_t>(load<std::uint8_t>(at) != 0);
  } else {
    return load<From>(at);
  }
}

template <class From, class To>
void convert_row(const std::byte* from, std::int64_t from_stride, std::byte* to, std::int64_t to_stride,
                 std::int64_t n) {
  if (from_stride == sizeof(From) && to_stride == sizeof(To)) {
    for (std::int64_t i = 0; i < n; ++i) {
      const To value = cast<To>(load_element<From>(from + i * static_cast<std::int64_t>(sizeof(From))));
      std::memcpy(to + i * static_cast<std::int64_t>(sizeof(To)), &value, sizeof(To));
    }
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    const To value = cast<To>(load_element<From>(from + i * from_stride));
    std::memcpy(to + i * to_stride, &value, sizeof(To));
  }
}

template <class T>
void copy_row(const std::byte* from, std::int64_t from_stride, std::byte* to, std::int64_t to_stride, std::int64_t n) {
  if (from_stride == sizeof(T) && to_stride == sizeof(T)) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) std::memcpy(to + i * to_stride, from + i * from_stride, sizeof(T));
}

Kernel kernel_for(Dtype from, Dtype to) {
  if (from == to) {
    switch (size_of(from)) {
      case 1: return copy_row<std::uint8_t>;
      case 2: return copy_row<std::uint16_t>;
      case 4: return copy_row<std::uint32_t>;
      default: return copy_row<std::uint64_t>;
    }
  }
  return visit(from, [to](auto f) {
    return visit(to,
                 [](auto t) -> Kernel { return convert_row<typename decltype(f)::type, typename decltype(t)::type>; });
  });
}

struct Dimension {
  std::int64_t size;
  std::int64_t from;
  std::int64_t to;
};

// The same elements in the order that suits the destination, with as few dimensions as possible.
std::vector<Dimension> simplified(const View& from, const Shape& to_strides) {
  std::vector<Dimension> dimensions;
  for (std::size_t i = 0; i < from.shape.size(); ++i)
    if (from.shape[i] != 1) dimensions.push_back({from.shape[i], from.strides[i], to_strides[i]});
  std::stable_sort(dimensions.begin(), dimensions.end(),
                   [](const Dimension& a, const Dimension& b) { return std::abs(a.to) > std::abs(b.to); });
  std::vector<Dimension> merged;
  for (const Dimension& next : dimensions) {
    if (!merged.empty() && merged.back().from == next.from * next.size && merged.back().to == next.to * next.size) {
      merged.back() = {merged.back().size * next.size, next.from, next.to};
    } else {
      merged.push_back(next);
    }
  }
  return merged;
}

void run(Kernel kernel, const Dimension* dimensions, std::size_t count, const std::byte* from, std::byte* to) {
  if (count == 1) {
    kernel(from, dimensions->from, to, dimensions->to, dimensions->size);
    return;
  }
  for (std::int64_t i = 0; i < dimensions->size; ++i)
    run(kernel, dimensions + 1, count - 1, from + i * dimensions->from, to + i * dimensions->to);
}

}  // namespace

void convert(const View& from, std::byte* to, Dtype dtype, const Shape& to_strides) {
  for (const std::int64_t size : from.shape)
    if (size == 0) return;
  std::vector<Dimension> dimensions = simplified(from, to_strides);
  if (dimensions.empty()) dimensions.push_back({1, 0, 0});
  run(kernel_for(from.dtype, dtype), dimensions.data(), dimensions.size(), from.data, to);
}

}  // namespace zooport::tensor
