#pragma once

#include <bit>
#include <cstdint>

#include "zooport/tensor/dtype.hpp"

namespace zooport::tensor {

// Inline, and without branches on the value, so that loops over it become vector code. Payloads of NaN are kept, as
// NumPy keeps them. Nothing here computes with subnormal floats: an engine may have told the processor to flush them.

inline float half_to_float(std::uint16_t half) {
  constexpr std::uint32_t kExponent = 0x1fu << 23;
  std::uint32_t bits = (half & 0x7fffu) << 13;
  const std::uint32_t exponent = bits & kExponent;
  const float subnormal = std::bit_cast<float>(bits + (113u << 23)) - std::bit_cast<float>(113u << 23);
  bits += exponent == kExponent ? (224u << 23) : (112u << 23);
  bits = exponent == 0 ? std::bit_cast<std::uint32_t>(subnormal) : bits;
  return std::bit_cast<float>(bits | ((half & 0x8000u) << 16));
}

inline std::uint16_t half_from_float(float value) {
  const std::uint32_t all = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = all & 0x80000000u;
  const std::uint32_t bits = all ^ sign;
  // Adding 0.5 lines the mantissa up so that the addition itself rounds to a multiple of 2^-24.
  const float small = bits < (113u << 23) ? std::bit_cast<float>(bits) : 0.0f;
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(small + 0.5f) - (126u << 23);
  const std::uint32_t odd = (bits >> 13) & 1u;
  const std::uint32_t normal = (bits - (112u << 23) + 0xfffu + odd) >> 13;
  const std::uint32_t payload = (bits >> 13) & 0x3ffu;
  const std::uint32_t nan = 0x7c00u | (payload == 0 ? 1u : payload);
  std::uint32_t result = bits < (113u << 23) ? subnormal : normal;
  result = bits >= (143u << 23) ? 0x7c00u : result;
  result = bits > (255u << 23) ? nan : result;
  return static_cast<std::uint16_t>(result | (sign >> 16));
}

// Rounds to float "to odd" first: a float has enough digits that the second rounding is then the only one that counts.
inline std::uint16_t half_from_double(double value) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t magnitude = bits & 0x7fffffffffffffffu;
  if (magnitude > 0x7ff0000000000000u) {
    const std::uint32_t payload = static_cast<std::uint32_t>(bits >> 42) & 0x3ffu;
    return static_cast<std::uint16_t>((bits >> 48 & 0x8000u) | 0x7c00u | (payload == 0 ? 1u : payload));
  }
  if (magnitude >= std::bit_cast<std::uint64_t>(65536.0))
    return static_cast<std::uint16_t>((bits >> 48 & 0x8000u) | 0x7c00u);
  if (magnitude < std::bit_cast<std::uint64_t>(0x1p-26)) return static_cast<std::uint16_t>(bits >> 48 & 0x8000u);
  std::uint64_t cut = magnitude >> 29;
  if ((magnitude & 0x1fffffffu) != 0) cut |= 1u;
  const std::uint32_t single = static_cast<std::uint32_t>(cut - (std::uint64_t{1023 - 127} << 23));
  return static_cast<std::uint16_t>(half_from_float(std::bit_cast<float>(single)) | (bits >> 48 & 0x8000u));
}

}  // namespace zooport::tensor
