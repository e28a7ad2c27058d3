#pragma once

#include "convert/wrap_plan.hpp"
#include "zooport/convert/verify_graph.hpp"

namespace zooport::convert {

// As verify_graph(): runs `after`, and `before` between the kernels of the plan's operations.
Result<GraphVerification> verify_wrap(const onnx::Model& before, const onnx::Model& after, const WrapPlan& plan,
                                      engine::Engine& engine, std::uint64_t seed, const Context& context);

}  // namespace zooport::convert
