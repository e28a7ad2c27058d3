#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zooport/base/result.hpp"

namespace zooport::predict {

// What a network accepts and needs along one axis, in pixels of its input.
struct AxisRule {
  std::int64_t min = 1;     // sizes are min, min + step, min + 2 step, …
  std::int64_t step = 1;    // 0: min is the only size
  std::int64_t stride = 1;  // windows that start at multiples of it see the image alike
  std::int64_t halo = 0;    // pixels on either side of a window that are thrown away

  bool allows(std::int64_t size) const;
  // The smallest allowed size that is not below `size`; -1 if there is none.
  std::int64_t next(std::int64_t size) const;
};

// The network sees [origin, origin + tile) of the padded axis; [begin, end) of its result is kept.
struct Window {
  std::int64_t origin = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  friend bool operator==(const Window&, const Window&) = default;
};

// How one axis is cut. The kept parts cover [0, image) once; every window lies inside [0, padded).
struct AxisGrid {
  std::string axis;
  std::int64_t image = 0;
  std::int64_t padded = 0;  // the image and what is added at its end to reach an allowed size
  std::int64_t tile = 0;    // size of every window
  std::int64_t halo = 0;
  std::int64_t stride = 1;
  std::vector<Window> windows;
};

// A pure function of its arguments. `tile` 0 asks for one window over the whole axis. Windows start at multiples of the
// stride and overlap by at least twice the halo; the last one is moved back so that it ends with the padded axis.
Result<AxisGrid> make_grid(const std::string& axis, std::int64_t image, std::int64_t tile, const AxisRule& rule);

}  // namespace zooport::predict
