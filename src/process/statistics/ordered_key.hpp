#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "zooport/tensor/dtype.hpp"

namespace zooport::process {

// Unsigned integers in the order of the elements; never asked for NaN.
template <class T>
struct OrderedKey {
  static constexpr int kBits = static_cast<int>(sizeof(T)) * 8;
  static constexpr std::uint64_t kSign = std::uint64_t{1} << (kBits - 1);
  static constexpr std::uint64_t kMask = kBits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << kBits) - 1;
  using Bits = std::conditional_t<sizeof(T) == 1, std::uint8_t,
                                  std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                                     std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;
  static constexpr bool kIsFloat = std::is_floating_point_v<T> || std::is_same_v<T, tensor::Half>;

  static Bits bits_at(const std::byte* from) {
    Bits bits;
    std::memcpy(&bits, from, sizeof(Bits));
    return bits;
  }
  static bool is_nan(Bits bits) {
    if constexpr (!kIsFloat) {
      return false;
    } else {
      constexpr std::uint64_t kInfinity = sizeof(T) == 2 ? 0x7c00u : sizeof(T) == 4 ? 0x7f800000u : 0x7ff0000000000000u;
      return (bits & (kSign - 1)) > kInfinity;
    }
  }
  static std::uint64_t key(Bits bits) {
    if constexpr (kIsFloat) {
      return (bits & kSign) ? (~std::uint64_t{bits} & kMask) : (std::uint64_t{bits} | kSign);
    } else if constexpr (std::is_signed_v<T>) {
      return std::uint64_t{bits} ^ kSign;
    } else if constexpr (std::is_same_v<T, bool>) {
      return bits != 0;
    } else {
      return bits;
    }
  }
  static double value(std::uint64_t key) {
    if constexpr (kIsFloat) {
      const auto bits = static_cast<Bits>((key & kSign) ? key ^ kSign : ~key & kMask);
      if constexpr (std::is_same_v<T, tensor::Half>) {
        return static_cast<double>(tensor::Half{bits}.to_float());
      } else {
        return static_cast<double>(std::bit_cast<T>(bits));
      }
    } else if constexpr (std::is_signed_v<T>) {
      return static_cast<double>(static_cast<T>(static_cast<Bits>(key ^ kSign)));
    } else {
      return static_cast<double>(key);
    }
  }
};

}  // namespace zooport::process
