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
  tensor::Shape tile;                             // in axes of space
  double pixel_maximum = 1;                       // what ZEN divided integer pixels by; 1: nothing
  const process::Measured* statistics = nullptr;  // frozen; null: per tile
  enum class Classes : std::uint8_t { kAsTheyAre, kBackgroundAndForeground };
  Classes classes = Classes::kAsTheyAre;  // one foreground channel becomes two that add up to 1
  enum class Colours : std::uint8_t { kAsTheyAre, kReversed };
  Colours colours = Colours::kAsTheyAre;  // ZEN delivers blue first
};

// Lowers the network to opset 12, puts processing inside, fixes the tile and turns the axes to N(Z)HWC. `steps` tells
// what was done. Errors: an operator that opset 12 cannot say (all of them in `findings`), an axis that cannot take the
// tile's size, an operation that has no ONNX form.
Result<void> make_czann_graph(onnx::Model& network, const GraphRequest& request, std::vector<std::string>& steps,
                              Diagnostics& findings);

}  // namespace zooport::convert
