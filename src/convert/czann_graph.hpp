#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zooport/convert/to_czann.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::convert {

// What the graph of a CZANN has to do beside its network.
struct GraphRequest {
  const model::TensorSpec& input;
  const model::TensorSpec& output;
  tensor::Shape tile = {};  // in axes of space
  // What the network needs done to what ZEN delivers: ZEN's division undone, or done.
  enum class Pixels : std::uint8_t { kNone, kMultiply, kDivide };
  Pixels pixels = Pixels::kNone;
  double pixel_maximum = 1;
  const process::Measured* statistics = nullptr;  // frozen; null: per tile
  enum class Classes : std::uint8_t { kAsTheyAre, kBackgroundAndForeground };
  Classes classes = Classes::kAsTheyAre;  // one foreground channel becomes two that add up to 1
  enum class Colours : std::uint8_t { kAsTheyAre, kReversed };
  Colours colours = Colours::kAsTheyAre;  // ZEN delivers blue first
};

// The newest opset and IR version that the graph may have.
struct GraphCeiling {
  std::int64_t opset = 12;
  std::int64_t ir_version = 7;
};

// Inner axis of each outer one: batch, (z,) y, x, channel. Error (kUnsupported, convert.axes): there are others.
Result<std::vector<int>> zen_permutation(const model::TensorSpec& spec);

// Fixes the input to batch 1 and that tile, and takes care that nothing inside has other sizes.
Result<void> fix_tile(onnx::Model& network, const GraphRequest& request, std::vector<std::string>& steps);

// Lowers the network to the ceiling, puts processing inside, fixes the tile and turns the axes to N(Z)HWC. `steps`
// tells what was done. Errors: an operator that its opset cannot say (all of them in `findings`), an axis that cannot
// take the tile's size, an operation that has no ONNX form.
Result<void> make_czann_graph(onnx::Model& network, const GraphRequest& request, const GraphCeiling& ceiling,
                              std::vector<std::string>& steps, Diagnostics& findings);

}  // namespace zooport::convert
