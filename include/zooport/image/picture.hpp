#pragma once

#include "zooport/image/image.hpp"

namespace zooport::image {

struct PictureOptions {
  double low = 0.5;  // percentiles of each plane that become black and white
  double high = 99.5;
  std::int64_t gap = 4;  // columns of mid-grey between the planes
};

// Two planes (rows, columns; any type, any strides) beside each other as uint8, for people to look at: each is scaled
// on its own, NaN is black, a plane of one value is black if that is 0 and white otherwise. The shorter one is filled
// up with the grey of the gap.
tensor::Array side_by_side(const tensor::View& left, const tensor::View& right, const PictureOptions& options);

// The same as a PNG file.
Result<void> write_side_by_side(const std::string& path, const tensor::View& left, const tensor::View& right,
                                const PictureOptions& picture, const WriteOptions& options, const Context& context);

}  // namespace zooport::image
