#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "tensor/half.hpp"
#include "zooport/tensor/dtype.hpp"

namespace zooport::tensor {

// What the processor's truncating conversion gives: the smallest integer for NaN and for everything out of range.
template <std::signed_integral Wide, std::floating_point From>
inline Wide truncated(From value) {
  constexpr From kLow = static_cast<From>(std::numeric_limits<Wide>::min());
  const From safe = value >= kLow && value < -kLow ? value : kLow;
  return static_cast<Wide>(safe);
}

template <class To, std::floating_point From>
inline To float_to_integer(From value) {
  if constexpr (sizeof(To) < 4) {
    return static_cast<To>(truncated<std::int32_t>(value));
  } else if constexpr (std::is_signed_v<To>) {
    return truncated<To>(value);
  } else {
    // The upper half of the range is moved into that of the signed type, and back.
    using Signed = std::make_signed_t<To>;
    constexpr To kTop = To{1} << (sizeof(To) * 8 - 1);
    constexpr From kHalf = static_cast<From>(kTop);
    const bool upper = value >= kHalf;
    const To low = static_cast<To>(truncated<Signed>(upper ? value - kHalf : value));
    return upper ? low ^ kTop : low;
  }
}

// One element as NumPy's astype converts it on x86-64. Bool elements are passed as their byte, since bytes from outside
// may hold more than 0 and 1.
template <class To, class From>
inline To cast(From value) {
  if constexpr (std::is_same_v<From, Half>) {
    if constexpr (std::is_same_v<To, Half>) {
      return value;
    } else if constexpr (std::is_same_v<To, bool>) {
      return (value.bits & 0x7fffu) != 0;
    } else if constexpr (std::is_same_v<To, std::uint32_t>) {
      return static_cast<To>(truncated<std::int64_t>(half_to_float(value.bits)));  // unlike float: infinities give 0
    } else {
      return cast<To>(half_to_float(value.bits));
    }
  } else if constexpr (std::is_same_v<To, Half>) {
    if constexpr (std::is_same_v<From, double>) {
      return {half_from_double(value)};
    } else {
      return {half_from_float(static_cast<float>(value))};
    }
  } else if constexpr (std::is_same_v<To, bool>) {
    return value != From{};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    return float_to_integer<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace zooport::tensor
