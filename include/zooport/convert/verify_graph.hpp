#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/convert/trial.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/predict/compare.hpp"

namespace zooport::convert {

// How two graphs that should compute the same compare.
struct GraphVerification {
  bool has_run = false;
  std::string reason;                        // why it has not, or what differs
  onnx::InputShapes shapes;                  // of the inputs that were tried first
  std::vector<predict::Comparison> outputs;  // of each the worst over all trials that count
  std::vector<Trial> trials;
  Diagnostics findings;  // outputs that hardly vary, sizes that were refused, NaN

  bool passed() const;
  double max_abs() const;    // over all outputs
  std::size_t runs() const;  // trials that have run
};

// Runs both on random, natural and extreme inputs (the trials of `compare`), of several sizes where both leave axes
// open; each graph is loaded once. The same seed gives the same inputs. Outputs may differ by a thousandth of their
// spread, by a hundredth where halves are computed with. Where `before` takes none of the sizes, or the engine does not
// load it, the result says why and is no error; cancellation is one. Takes about half a minute at most, unless a single
// run takes longer: that is ended after a minute, and is the last one. Where values are quantised, neither graph is
// optimized by the engine.
Result<GraphVerification> verify_graph(const onnx::Model& before, const onnx::Model& after, engine::Engine& engine,
                                       std::uint64_t seed, const Context& context);

}  // namespace zooport::convert
