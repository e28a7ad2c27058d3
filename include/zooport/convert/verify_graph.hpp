#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/predict/compare.hpp"

namespace zooport::convert {

// How two graphs that should compute the same compare on random input.
struct GraphVerification {
  bool has_run = false;
  std::string reason;        // why it has not, or what differs
  onnx::InputShapes shapes;  // of the inputs that were tried
  std::vector<predict::Comparison> outputs;

  bool passed() const;
  double max_abs() const;  // over all outputs
};

// Runs both on inputs of the sizes that `before` declares; open axes get 64, then 128 and 256 until `before` runs. The
// same seed gives the same input: reals uniform in [0, 1), integers in [0, 8). Where the engine takes neither, the
// result says why and is no error; cancellation is one.
Result<GraphVerification> verify_graph(const onnx::Model& before, const onnx::Model& after, engine::Engine& engine,
                                       std::uint64_t seed, const Context& context);

}  // namespace zooport::convert
