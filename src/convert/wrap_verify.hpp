#pragma once

#include "convert/wrap_plan.hpp"
#include "zooport/convert/verify_graph.hpp"

namespace zooport::convert {

// Runs `after` on random input, and `before` between the kernels of the plan's operations. Elements of integers and
// truth values may differ in 1 of 1000 places, where rounding meets a threshold. As verify_graph() otherwise.
Result<GraphVerification> verify_wrap(const onnx::Model& before, const onnx::Model& after, const WrapPlan& plan,
                                      engine::Engine& engine, std::uint64_t seed, const Context& context);

}  // namespace zooport::convert
