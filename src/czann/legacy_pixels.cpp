#include <array>

#include "zooport/czann/legacy.hpp"

namespace zooport::czann {
namespace {

struct PixelType {
  std::string_view name;
  std::int64_t channels;
  double maximum;
};
constexpr std::array<PixelType, 9> kPixelTypes{{
    {"Gray8", 1, 255},
    {"Gray16", 1, 65535},
    {"Gray32Float", 1, 1},
    {"Bgr24", 3, 255},
    {"Bgr48", 3, 65535},
    {"Bgr96Float", 3, 1},
    {"Bgra32", 4, 255},
    // Real and imaginary part of each.
    {"Gray64ComplexFloat", 2, 1},
    {"Bgr192ComplexFloat", 6, 1},
}};

const PixelType* find(std::string_view name) {
  for (const PixelType& type : kPixelTypes)
    if (type.name == name) return &type;
  return nullptr;
}

}  // namespace

std::optional<std::int64_t> channels_of(std::string_view pixel_type) {
  const PixelType* type = find(pixel_type);
  return type ? std::optional(type->channels) : std::nullopt;
}

std::optional<double> maximum_of(std::string_view pixel_type) {
  const PixelType* type = find(pixel_type);
  return type ? std::optional(type->maximum) : std::nullopt;
}

}  // namespace zooport::czann
