#pragma once

#include <string>
#include <vector>

#include "convert/wrap_plan.hpp"
#include "zooport/convert/spec_source.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::convert {

// What a conversion asks of a network beside the network itself.
struct NetworkRequest {
  std::string axes;                        // letters of its input and output: "byxc", "bzyxc"
  std::vector<std::int64_t> spatial_dims;  // of its input, (D,) H, W; empty: as they are
  std::vector<std::string> pre;            // docs/processing.md, on what the caller gives
  std::vector<std::string> post;           // on what the network gives

  bool is_empty() const { return spatial_dims.empty() && pre.empty() && post.empty(); }
};

struct ProcessedNetwork {
  onnx::Model before;   // as it was
  onnx::Model resized;  // open where a size changed: as `before` at its size
  onnx::Model sized;    // of the size that is asked for
  onnx::Model after;    // with its operations
  WrapPlan plan;        // from `sized` to `after`
  bool is_resized = false;
  std::vector<std::string> steps;
};

// Opens and fixes sizes first, then puts the operations around. Errors: onnx.fixed-size (kUnsupported) names the node
// that fixes a size; convert.options (kUsage) for sizes that do not fit the network; those of wrap_graph(), whose
// `file` is "--pre" or "--pre 2".
Result<ProcessedNetwork> process_network(const onnx::Model& network, const NetworkRequest& request,
                                         const Context& context);

// Runs both sides of each step: the network at its old size, and the operations against their kernels.
Result<SpecPackage::Verification> verify_processed(const ProcessedNetwork& processed, engine::Engine& engine,
                                                   const Context& context);

// Sizes behind the batch axis, where the graph has them, else those that are known `otherwise`.
std::vector<std::int64_t> shape_behind_batch(const onnx::ValueInfo& value, std::vector<std::int64_t> otherwise);

}  // namespace zooport::convert
