#pragma once

#include <string>
#include <vector>

#include "convert/wrap_plan.hpp"

namespace zooport::convert {

// Puts the operators of the plan around the network, and declares what the caller sees. Returns what was done, for
// people. Errors (kUnsupported, process.not-in-graph) name the option to blame.
Result<std::vector<std::string>> build_wrap(onnx::Model& model, const WrapPlan& plan);

}  // namespace zooport::convert
