#pragma once

#include <string>

#include "zooport/image/image.hpp"
#include "zooport/model/model.hpp"

namespace zooport::convert {

// A letter for each axis of an image that is to be the input `spec`: those that are asked for, or those that the file
// is certain of, or else what suits the input. An array with as many axes as the input has is in the input's own; one
// with fewer may lack the batch, and the channel where the input has one channel; channels may stand last where their
// number says so. Where nothing of that fits, they are guessed from the shape alone. Errors: image.axes.
Result<std::string> axes_of_image(const image::Info& info, const model::TensorSpec& spec, const std::string& asked);

}  // namespace zooport::convert
