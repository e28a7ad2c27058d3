#include <algorithm>
#include <cmath>

#include "convert/trial_patterns.hpp"

namespace zooport::convert {
namespace {

// Sizes and strides, in elements, of what the letters name; the last two axes are y and x if nothing is called so.
struct Layout {
  struct Axis {
    std::int64_t size = 1;
    std::int64_t stride = 0;
  };
  Axis b, t, c, z, y, x;
};

Layout layout_of(std::string letters, const tensor::Shape& shape) {
  letters.resize(shape.size(), 'n');
  if (letters.find('x') == std::string::npos && !letters.empty()) {
    letters.back() = 'x';
    if (letters.size() > 2 && letters.find('y') == std::string::npos) letters[letters.size() - 2] = 'y';
  }
  Layout layout;
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0; stride *= shape[i]) {
    Layout::Axis* axis = nullptr;
    switch (letters[i]) {
      case 'b': axis = &layout.b; break;
      case 't': axis = &layout.t; break;
      case 'c': axis = &layout.c; break;
      case 'z': axis = &layout.z; break;
      case 'y': axis = &layout.y; break;
      case 'x': axis = &layout.x; break;
      default: break;
    }
    if (axis) *axis = {shape[i], stride};
  }
  return layout;
}

// One ellipsoid with a soft edge.
struct Nucleus {
  std::int64_t z, y, x;
  std::int64_t radius, depth;
  std::int64_t level;
};

void paint(const Nucleus& nucleus, const Layout& layout, std::int64_t origin, std::int64_t gain,
           std::vector<std::int32_t>& levels) {
  const auto begin = [](std::int64_t at, std::int64_t reach) { return std::max<std::int64_t>(0, at - reach); };
  const auto end = [](std::int64_t at, std::int64_t reach, std::int64_t size) {
    return std::min(size, at + reach + 1);
  };
  const std::int64_t plane = nucleus.radius * nucleus.radius;
  const std::int64_t column = nucleus.depth * nucleus.depth;
  for (std::int64_t z = begin(nucleus.z, nucleus.depth); z < end(nucleus.z, nucleus.depth, layout.z.size); ++z) {
    for (std::int64_t y = begin(nucleus.y, nucleus.radius); y < end(nucleus.y, nucleus.radius, layout.y.size); ++y) {
      for (std::int64_t x = begin(nucleus.x, nucleus.radius); x < end(nucleus.x, nucleus.radius, layout.x.size); ++x) {
        const std::int64_t dz = z - nucleus.z;
        const std::int64_t dy = y - nucleus.y;
        const std::int64_t dx = x - nucleus.x;
        const std::int64_t inside = 1024 - 1024 * (dy * dy + dx * dx) / plane - 1024 * dz * dz / column;
        if (inside <= 0) continue;
        const std::int64_t place = origin + z * layout.z.stride + y * layout.y.stride + x * layout.x.stride;
        levels[static_cast<std::size_t>(place)] +=
            static_cast<std::int32_t>(nucleus.level * std::min<std::int64_t>(1024, 3 * inside) / 1024 * gain / 256);
      }
    }
  }
}

}  // namespace

// Whole numbers throughout: floating-point sums would differ between processors.
std::vector<std::int32_t> natural_levels(const std::string& letters, const tensor::Shape& shape, Numbers& numbers) {
  const std::int64_t count = tensor::element_count(shape);
  const Layout layout = layout_of(letters, shape);
  std::vector<std::int32_t> levels(static_cast<std::size_t>(std::max<std::int64_t>(0, count)), 4000);
  if (levels.empty()) return levels;

  // Light that comes from one side.
  const auto along = [&](std::int64_t flat, const Layout::Axis& axis) {
    return axis.stride == 0 ? std::int64_t{0} : flat / axis.stride % axis.size;
  };
  for (std::int64_t flat = 0; flat < count; ++flat) {
    const std::int64_t light = 4000 * along(flat, layout.y) / layout.y.size +
                               3000 * along(flat, layout.x) / layout.x.size + 1500 * (along(flat, layout.c) % 4) +
                               1000 * along(flat, layout.z) / layout.z.size;
    levels[static_cast<std::size_t>(flat)] += static_cast<std::int32_t>(light);
  }

  const auto below = [&](std::int64_t end) {
    return static_cast<std::int64_t>(numbers.below(static_cast<std::uint64_t>(std::max<std::int64_t>(1, end))));
  };
  const std::int64_t narrow = layout.y.size == 1 ? layout.x.size : std::min(layout.y.size, layout.x.size);
  const std::int64_t widest = std::clamp<std::int64_t>(narrow / 6, 1, 16);
  const std::int64_t how_many =
      std::clamp<std::int64_t>(layout.y.size * layout.x.size * layout.z.size / (4 * widest * widest * widest), 3, 120);
  for (std::int64_t b = 0; b < layout.b.size; ++b) {
    for (std::int64_t i = 0; i < how_many; ++i) {
      Nucleus nucleus{below(layout.z.size), below(layout.y.size), below(layout.x.size), 1 + below(widest), 1, 0};
      nucleus.radius = std::max(nucleus.radius, (widest + 1) / 2);
      nucleus.depth = std::max<std::int64_t>(1, std::min(nucleus.radius, layout.z.size / 2));
      nucleus.level = 12000 + below(30000);
      for (std::int64_t t = 0; t < layout.t.size; ++t) {
        // They drift, and every channel sees them in its own brightness.
        nucleus.x = std::clamp<std::int64_t>(nucleus.x + below(3) - 1, 0, layout.x.size - 1);
        for (std::int64_t c = 0; c < layout.c.size; ++c) {
          const std::int64_t gain = c == 0 ? 256 : 32 + below(224);
          paint(nucleus, layout, b * layout.b.stride + t * layout.t.stride + c * layout.c.stride, gain, levels);
        }
      }
    }
  }
  // Photons: the deviation is the root of their number.
  for (std::int32_t& level : levels) {
    const auto deviation = static_cast<std::int64_t>(8 * std::sqrt(static_cast<double>(level)));
    const std::int64_t noisy = level + deviation * numbers.bell() / 65536;
    level = static_cast<std::int32_t>(std::clamp<std::int64_t>(noisy, 0, 65535));
  }
  return levels;
}

}  // namespace zooport::convert
