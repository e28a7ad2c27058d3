#pragma once

#include <vector>

#include "convert/trial_sizes.hpp"
#include "zooport/base/result.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::convert {

// An input of a graph, as far as the graph says what it is.
struct GraphInput {
  TrialInput input;
  bool has_rank = false;  // false: four axes are only a guess
  bool has_sure_channel = false;
};

// Axes are told apart by the names and sizes that the graph declares: batch first, the channel where a size is fixed
// and the others are open, or where it is the small one. Error (convert.no-random-input): an input is no dense numeric
// tensor.
Result<std::vector<GraphInput>> graph_inputs(const onnx::Model& model);

// Axis of the channel, as with inputs; -1 if there is none.
int channel_of(const onnx::ValueInfo& value);

// Float16 or bfloat16 is somewhere inside.
bool computes_in_halves(const onnx::Model& model);

}  // namespace zooport::convert
