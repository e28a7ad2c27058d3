#include <algorithm>
#include <array>
#include <cmath>

#include "zooport/czann/legacy.hpp"

namespace zooport::czann {
namespace {

constexpr double kSixth = 1.0 / 6.0;
constexpr double kThird = 1.0 / 3.0;
constexpr double kTwoThirds = 2.0 / 3.0;

double fraction(double value) { return value - std::floor(value); }

// Python's colorsys, operation by operation: the truncation to bytes that follows makes errors in the last bit visible
// (254 instead of 255).
struct Hls {
  double hue = 0;
  double lightness = 0;
  double saturation = 0;
};

Hls hls_of(Color color) {
  const double red = color.red / 255.0;
  const double green = color.green / 255.0;
  const double blue = color.blue / 255.0;
  const double most = std::max({red, green, blue});
  const double least = std::min({red, green, blue});
  Hls hls;
  hls.lightness = (least + most) / 2.0;
  if (least == most) return hls;
  const double range = most - least;
  hls.saturation = hls.lightness <= 0.5 ? range / (most + least) : range / (2.0 - most - least);
  const double less_red = (most - red) / range;
  const double less_green = (most - green) / range;
  const double less_blue = (most - blue) / range;
  double sixths = 0;
  if (red == most) {
    sixths = less_blue - less_green;
  } else if (green == most) {
    sixths = 2.0 + less_red - less_blue;
  } else {
    sixths = 4.0 + less_green - less_red;
  }
  hls.hue = fraction(sixths / 6.0);
  return hls;
}

double channel(double low, double high, double hue) {
  hue = fraction(hue);
  if (hue < kSixth) return low + (high - low) * hue * 6.0;
  if (hue < 0.5) return high;
  if (hue < kTwoThirds) return low + (high - low) * (kTwoThirds - hue) * 6.0;
  return low;
}

Color color_of(const Hls& hls) {
  const auto byte = [](double value) { return static_cast<std::uint8_t>(value * 255); };
  if (hls.saturation == 0.0) {
    const std::uint8_t grey = byte(hls.lightness);
    return {grey, grey, grey};
  }
  const double high = hls.lightness <= 0.5 ? hls.lightness * (1.0 + hls.saturation)
                                           : hls.lightness + hls.saturation - hls.lightness * hls.saturation;
  const double low = 2.0 * hls.lightness - high;
  return {byte(channel(low, high, hls.hue + kThird)), byte(channel(low, high, hls.hue)),
          byte(channel(low, high, hls.hue - kThird))};
}

}  // namespace

std::vector<Color> class_colors(std::size_t count, Color first) {
  // The next hue of red, yellow, green, cyan, blue and magenta, in sixths of the circle.
  constexpr std::array<int, 6> kNext{2, 5, 4, 0, 1, 3};
  std::vector<Color> colors;
  Hls hls = hls_of(first);
  std::size_t step = 0;
  while (colors.size() < count) {
    if (!colors.empty()) {
      // So that the hue can be seen.
      hls.saturation = std::max(hls.saturation, 0.5);
      hls.lightness = std::clamp(hls.lightness, 0.3, 0.7);
      if (step == 1) ++step;  // it would be pink right after red
      const auto round = static_cast<double>(step / kNext.size());
      const double sixths = kNext[step % kNext.size()] + round / (round + 1.0);
      hls.hue = fraction(sixths * kSixth + 1.0);
      ++step;
    }
    colors.push_back(color_of(hls));
  }
  return colors;
}

}  // namespace zooport::czann
