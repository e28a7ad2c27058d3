#pragma once

#include <cstdint>
#include <vector>

#include "zooport/base/result.hpp"

namespace zooport::predict {

// One tile of ZEN's grid along one axis: `start` and `length` of the part that is kept, and how much the window that
// the network sees reaches beyond it on either side. Where the image is smaller than the tile, the window leaves it.
struct ZenTile {
  std::int64_t start = 0;
  std::int64_t length = 0;
  std::int64_t left = 0;
  std::int64_t right = 0;
  friend bool operator==(const ZenTile&, const ZenTile&) = default;
};

// The grid of cztile's AlmostEqualBorderFixedTotalLength strategy, whose arithmetic ZEN shares, in IEEE doubles and in
// its order: exact integers would place about 5 % of the grids differently.
// `tile` > 2 * `border` >= 0; an empty image gives one tile that keeps nothing.
Result<std::vector<ZenTile>> zen_tiles(std::int64_t image, std::int64_t tile, std::int64_t border);

}  // namespace zooport::predict
