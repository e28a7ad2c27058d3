#pragma once

#include "zooport/bioimageio/description.hpp"
#include "zooport/model/model.hpp"

namespace zooport::bioimageio {

// How the outputs of a model 0.4 are compared with its test tensors. The format has no field for it: by default every
// element has to be within 1e-3 + 1e-3 of the expected value, as the reference has it. What authors write into `config`
// counts, too, and is called the description's own:
//
//   config.bioimageio.test_kwargs.<weights format>           decimal, or absolute_tolerance and relative_tolerance
//   config.bioimageio.reproducibility_tolerance[]            as in format 0.5: the first that fits wins, over the
//   former
//
// Numbers that are negative or no numbers are passed over.
void set_tolerances(const ModelDescription& from, model::TensorSpec& output);

}  // namespace zooport::bioimageio
