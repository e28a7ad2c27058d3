#pragma once

#include <cstdint>
#include <vector>

#include "zooport/tensor/axes.hpp"

namespace zooport::convert {

// How a tensor with the axes `from` becomes one with the axes `to`: axes are taken away, what is left is turned, axes
// of size 1 are added.
struct AxesChange {
  std::vector<std::int64_t> removed;  // of `from`, ascending
  std::vector<std::int64_t> order;    // of what is left: place i gets place order[i]
  std::vector<std::int64_t> added;    // of `to`, ascending

  bool turns() const;
};
AxesChange axes_change(const tensor::Axes& from, const tensor::Axes& to);

}  // namespace zooport::convert
