#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zooport::tensor {

enum class Dtype : std::uint8_t {
  kBool,
  kInt8,
  kUint8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kUint64,
  kFloat16,
  kFloat32,
  kFloat64
};

std::size_t size_of(Dtype dtype);                    // bytes of one element
std::string_view name_of(Dtype dtype);               // NumPy's name: "float32"
std::optional<Dtype> dtype_named(std::string_view);  // the inverse
bool is_floating(Dtype dtype);

// IEEE 754 binary16 as two bytes; arithmetic happens in float.
struct Half {
  std::uint16_t bits = 0;
  static Half from(float value);          // round to nearest even
  static Half from_double(double value);  // one rounding, not two
  float to_float() const;
  friend bool operator==(Half, Half) = default;  // of the bits
};

template <class T>
struct DtypeOf;
template <>
struct DtypeOf<bool> {
  static constexpr Dtype value = Dtype::kBool;
};
template <>
struct DtypeOf<std::int8_t> {
  static constexpr Dtype value = Dtype::kInt8;
};
template <>
struct DtypeOf<std::uint8_t> {
  static constexpr Dtype value = Dtype::kUint8;
};
template <>
struct DtypeOf<std::int16_t> {
  static constexpr Dtype value = Dtype::kInt16;
};
template <>
struct DtypeOf<std::uint16_t> {
  static constexpr Dtype value = Dtype::kUint16;
};
template <>
struct DtypeOf<std::int32_t> {
  static constexpr Dtype value = Dtype::kInt32;
};
template <>
struct DtypeOf<std::uint32_t> {
  static constexpr Dtype value = Dtype::kUint32;
};
template <>
struct DtypeOf<std::int64_t> {
  static constexpr Dtype value = Dtype::kInt64;
};
template <>
struct DtypeOf<std::uint64_t> {
  static constexpr Dtype value = Dtype::kUint64;
};
template <>
struct DtypeOf<Half> {
  static constexpr Dtype value = Dtype::kFloat16;
};
template <>
struct DtypeOf<float> {
  static constexpr Dtype value = Dtype::kFloat32;
};
template <>
struct DtypeOf<double> {
  static constexpr Dtype value = Dtype::kFloat64;
};

// Calls f(std::type_identity<T>{}) with the element type of `dtype`.
template <class F>
decltype(auto) visit(Dtype dtype, F&& f);

}  // namespace zooport::tensor

#include "zooport/tensor/dtype_visit.hpp"
