#include "zooport/predict/zen_tiles.hpp"

#include <algorithm>
#include <cmath>

#include "zooport/base/text.hpp"

namespace zooport::predict {

Result<std::vector<ZenTile>> zen_tiles(std::int64_t image, std::int64_t tile, std::int64_t border) {
  if (tile <= 0 || border < 0 || border >= tile - border)
    return make_error(ErrorKind::kUsage, "predict.zen-tile",
                      concat("a tile of ", tile, " pixels cannot have borders of ", border,
                             ": twice the border must be less than the tile"));
  if (image < 0) return make_error(ErrorKind::kUsage, "predict.zen-tile", "an image cannot have a negative size");
  if (image <= tile) {
    const std::int64_t missing = tile - image;
    return std::vector<ZenTile>{{0, image, missing / 2, missing - missing / 2}};
  }
  const std::int64_t edge = tile - border;
  const std::int64_t interior = tile - 2 * border;
  const std::int64_t rest = std::max<std::int64_t>(0, image - 2 * edge);
  const std::int64_t count = (rest + interior - 1) / interior + 2;
  const std::int64_t borders = 2 * count - 2;
  const auto surplus = static_cast<double>(2 * edge + (count - 2) * interior - image);
  const double mean_border = surplus / static_cast<double>(borders) + static_cast<double>(border);
  const auto cumulative = [&](std::int64_t j) {
    return static_cast<std::int64_t>(std::floor(static_cast<double>(j) * mean_border));
  };
  std::vector<ZenTile> tiles;
  tiles.reserve(static_cast<std::size_t>(count));
  std::int64_t start = 0;
  for (std::int64_t k = 0; k < count; ++k) {
    const std::int64_t end = k + 1 == count ? image : (k + 1) * tile - cumulative(2 * k + 1);
    const std::int64_t total = tile - (end - start);
    const std::int64_t left = k == 0 ? 0 : k + 1 == count ? total : cumulative(2 * k) - cumulative(2 * k - 1);
    tiles.push_back({start, end - start, left, total - left});
    start = end;
  }
  return tiles;
}

}  // namespace zooport::predict
