#pragma once

#include "zooport/image/image.hpp"

namespace zooport::image {

// Against limits.image_extent and limits.image_elements; also that the bytes fit into 63 bits.
Result<void> check_extent(const Info& info, const Limits& limits);

// That the region lies inside the image.
Result<void> check_region(const Info& info, const Region& region);

// As check_region, and that `elements` has the region's shape and the image's type.
Result<void> check_write(const Info& info, const Region& region, const tensor::View& elements);

}  // namespace zooport::image
