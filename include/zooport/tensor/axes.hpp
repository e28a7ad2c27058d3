#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zooport::tensor {

enum class AxisKind : std::uint8_t { kBatch, kTime, kIndex, kChannel, kSpace };

// The meaning of one axis. `id` is "batch", "time", "index", "channel", "x", "y", "z", or a name that the model gives.
struct Axis {
  std::string id;
  AxisKind kind = AxisKind::kSpace;
  friend bool operator==(const Axis&, const Axis&) = default;
};
using Axes = std::vector<Axis>;

// "bcyx" to axes: letters b t i c z y x. Any other letter gives an empty result.
Axes axes_from_letters(std::string_view letters);
// One letter an axis; the first letter of an id that has none.
std::string letters_of(const Axes& axes);
// Index of the axis with that id, or -1.
int find_axis(const Axes& axes, std::string_view id);

}  // namespace zooport::tensor
