#pragma once

#include <memory>

#include "zooport/bioimageio/description.hpp"
#include "zooport/model/model.hpp"

namespace zooport::bioimageio {

// Translates a valid description. Axes b, t, i, c become batch, time, index, channel. The steps of each tensor are
// those that the reference runs: described ones between casts to the described type and to float32. The model keeps the
// root alive. Errors: a description that is not valid (kUsage), shapes that do not have one size per axis, and steps
// that are not known (kUnsupported).
Result<model::Model> to_model(const Description& description, std::shared_ptr<const resource::Root> root);

}  // namespace zooport::bioimageio
