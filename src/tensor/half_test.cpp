#include "tensor/half.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace zooport::tensor {
namespace {

// The definition of binary16, in double precision.
double value_of(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const int mantissa = bits & 0x3ff;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return mantissa == 0 ? sign * HUGE_VAL : std::numeric_limits<double>::quiet_NaN();
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

TEST(Half, EveryValueToFloatAndBack) {
  for (unsigned i = 0; i < 65536; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const double expected = value_of(bits);
    const float found = Half{bits}.to_float();
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(found)) << i;
    } else {
      EXPECT_EQ(static_cast<double>(found), expected) << i;
      EXPECT_EQ(std::signbit(found), std::signbit(expected)) << i;
    }
    EXPECT_EQ(Half::from(found).bits, bits);
    // The processor makes signalling NaNs quiet when it widens them.
    EXPECT_EQ(Half::from_double(static_cast<double>(found)).bits, std::isnan(expected) ? bits | 0x200 : bits) << i;
  }
}

TEST(Half, RoundsToNearestEven) {
  for (unsigned i = 0; i < 0x7bffu; ++i) {
    const double low = value_of(static_cast<std::uint16_t>(i));
    const double high = value_of(static_cast<std::uint16_t>(i + 1));
    const double middle = (low + high) / 2;
    const unsigned even = i % 2 == 0 ? i : i + 1;
    const auto tie = static_cast<float>(middle);
    ASSERT_EQ(Half::from(tie).bits, even);
    ASSERT_EQ(Half::from(std::nextafter(tie, 0.0f)).bits, i);
    ASSERT_EQ(Half::from(std::nextafter(tie, HUGE_VALF)).bits, i + 1);
    ASSERT_EQ(Half::from(-tie).bits, even | 0x8000u);
    ASSERT_EQ(Half::from_double(middle).bits, even);
    ASSERT_EQ(Half::from_double(std::nextafter(middle, 0.0)).bits, i);
    ASSERT_EQ(Half::from_double(std::nextafter(middle, HUGE_VAL)).bits, i + 1);
  }
}

TEST(Half, Extremes) {
  EXPECT_EQ(Half::from(65504.0f).bits, 0x7bff);
  EXPECT_EQ(Half::from(65519.996f).bits, 0x7bff);
  EXPECT_EQ(Half::from(65520.0f).bits, 0x7c00);
  EXPECT_EQ(Half::from_double(65519.999999).bits, 0x7bff);
  EXPECT_EQ(Half::from_double(65520.0).bits, 0x7c00);
  EXPECT_EQ(Half::from(1e30f).bits, 0x7c00);
  EXPECT_EQ(Half::from_double(-1e300).bits, 0xfc00);
  EXPECT_EQ(Half::from(1e-40f).bits, 0);
  EXPECT_EQ(Half::from_double(-5e-324).bits, 0x8000);
  EXPECT_EQ(Half::from_double(0x1p-25).bits, 0);
  EXPECT_EQ(Half::from_double(std::nextafter(0x1p-25, 1.0)).bits, 1);
}

}  // namespace
}  // namespace zooport::tensor
