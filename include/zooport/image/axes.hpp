#pragma once

#include <string>

#include "zooport/image/image.hpp"

namespace zooport::image {

// What the axes of an array of that shape most likely are: the last two are "yx", or the last three "yxc" where the
// last is 2 to 4 long and the others are longer; a leading axis of at most 4 before "yx" is "c"; the rest is z, then t.
// Empty for more than 7 axes.
std::string guess_axes(const tensor::Shape& shape);

// The axes to use: `asked` if it is not empty, else those of the image. Errors (kUsage): image.axes where `asked` has
// not one letter of "bticzyx" for each axis, each at most once.
Result<std::string> resolve_axes(const Info& info, const std::string& asked);

}  // namespace zooport::image
