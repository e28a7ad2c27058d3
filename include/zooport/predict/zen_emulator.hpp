#pragma once

#include <functional>

#include "zooport/predict/zen_tiles.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::predict {

// Runs one tile: an array [h, w, c] (or [z, h, w, c]) of the image's type gives one of the same extent in space.
using ZenTileRunner = std::function<Result<tensor::Array>(tensor::Array tile)>;

// What ZEN makes of an image: windows of `tile` pixels on its grid, one at a time, of each of which the inner part is
// kept. The image is [h, w, c] or [z, h, w, c]; tile and border have one entry each axis of space. Images smaller than
// the tile are continued by mirroring (what ZEN does there is not known).
Result<tensor::Array> zen_emulate(const tensor::View& image, const tensor::Shape& tile, const tensor::Shape& border,
                                  const ZenTileRunner& run);

}  // namespace zooport::predict
