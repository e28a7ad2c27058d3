#pragma once

#include "bioimageio/rewrite.hpp"

namespace zooport::bioimageio {

// A model 0.3.0 … 0.3.6 becomes one of 0.4.0; other versions below 0.4 are only made type: model, as far as the
// reference gets with them. False where the reference ends with an exception: the document says which.
bool upgrade_model_0_3(Rewrite& document);

}  // namespace zooport::bioimageio
