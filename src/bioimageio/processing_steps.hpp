#pragma once

#include "zooport/bioimageio/tensors.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::bioimageio {

using Steps = std::vector<process::OperationPtr>;

// What the reference runs for inputs, or for outputs, one list a tensor: a cast to the described type, the described
// steps, a cast to float32. It leaves out the first cast of a tensor without steps, but only while no tensor before it
// had any.
Result<std::vector<Steps>> steps_of(const std::vector<InputTensor>& inputs);
Result<std::vector<Steps>> steps_of(const std::vector<OutputTensor>& outputs);

// Axes of a tensor; letters become ids.
tensor::Axes axes_of(const TensorDescription& tensor);

}  // namespace zooport::bioimageio
