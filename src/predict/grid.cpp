#include "zooport/predict/grid.hpp"

#include <algorithm>
#include <numeric>

#include "zooport/base/text.hpp"

namespace zooport::predict {
namespace {

std::string allowed_text(const AxisRule& rule) {
  if (rule.step == 0) return concat("only ", rule.min);
  return concat(rule.min, ", ", rule.min + rule.step, ", ", rule.min + 2 * rule.step, ", …");
}

Error grid_error(ErrorKind kind, std::string id, std::string message) {
  return make_error(kind, std::move(id), std::move(message));
}

}  // namespace

bool AxisRule::allows(std::int64_t size) const {
  return step == 0 ? size == min : size >= min && (size - min) % step == 0;
}

std::int64_t AxisRule::next(std::int64_t size) const {
  if (size <= min) return min;
  if (step == 0) return -1;
  return min + (size - min + step - 1) / step * step;
}

Result<AxisGrid> make_grid(const std::string& axis, std::int64_t image, std::int64_t tile, const AxisRule& rule) {
  AxisGrid grid{axis, image, 0, 0, rule.halo, rule.stride, {}};
  if (tile != 0 && !rule.allows(tile)) {
    const std::int64_t near = rule.next(tile);
    return grid_error(ErrorKind::kUsage, "predict.tile-size",
                      concat("the network does not take a tile of ", tile, " along ", axis, "; it takes ",
                             allowed_text(rule), near > 0 ? concat(": try ", near) : std::string()));
  }
  grid.padded = rule.next(image);
  if (grid.padded < 0) {
    // The only size is smaller than the image: windows of that size, and padding until they fit.
    if (tile == 0)
      return grid_error(ErrorKind::kUnsupported, "predict.fixed-size",
                        concat("the network takes ", allowed_text(rule), " along ", axis, ", and the image has ", image,
                               ": it cannot be predicted as a whole; give --tile ", rule.min));
    const std::int64_t unit = std::max<std::int64_t>(1, rule.stride);
    grid.padded = std::max(tile, tile + (image - tile + unit - 1) / unit * unit);
  }
  if (tile == 0 || tile >= grid.padded) {
    grid.tile = grid.padded;
    grid.windows = {{0, 0, image}};
    return grid;
  }
  grid.tile = tile;
  const std::int64_t advance = (tile - 2 * rule.halo) / rule.stride * rule.stride;
  if (advance <= 0)
    return grid_error(ErrorKind::kUsage, "predict.halo-too-large",
                      concat("a tile of ", tile, " along ", axis, " keeps nothing of its own with a halo of ",
                             rule.halo, "; give a tile of at least ", rule.next(2 * rule.halo + rule.stride)));
  std::int64_t kept = 0;
  for (std::int64_t origin = 0; kept < image; origin += advance) {
    const bool is_last = origin + tile >= grid.padded;
    if (is_last) origin = grid.padded - tile;
    const std::int64_t end = is_last ? image : std::min(image, origin + advance + rule.halo);
    if (end > kept) grid.windows.push_back({origin, kept, end});
    kept = std::max(kept, end);
  }
  return grid;
}

}  // namespace zooport::predict
