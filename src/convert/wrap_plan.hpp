#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zooport/convert/graph_wrap.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::convert {

// A text of the command line and what errors call it.
struct OptionText {
  std::string label;  // "--pre 2"
  std::string text;
};
std::vector<OptionText> label_options(const char* option, const std::vector<std::string>& texts);

// Axes without a name, of which nothing can be asked.
tensor::Axes unnamed_axes(std::size_t rank);
bool is_unnamed(const tensor::Axis& axis);

// One operation and the text that asked for it.
struct WrapStep {
  process::OperationPtr operation;
  std::string label;
  Span span;
  tensor::Axes axes;  // of the tensor that it takes
};

// What happens to one input or output of the graph.
struct WrappedTensor {
  enum class Side : std::uint8_t { kInput, kOutput };
  Side side = Side::kInput;
  std::string name;
  tensor::Axes inner;  // of the network; unnamed axes have ids of no letter
  tensor::Axes outer;  // of the caller: before the operations of an input, before those of an output
  std::vector<WrapStep> steps;
  tensor::Axes after;  // axes behind the steps: of an input these meet `inner`, of an output the caller gets them
  std::optional<tensor::Dtype> inner_dtype;  // none: a type that operations do not compute with
  std::optional<tensor::Dtype> outer_dtype;  // of an input
  bool has_shape = false;
  std::vector<onnx::Dimension> declared;  // what the caller sees, one each axis of `outer` (input) or `after` (output)

  bool is_changed() const { return !steps.empty() || inner != outer || inner_dtype != outer_dtype; }
};

struct WrapPlan {
  std::vector<WrappedTensor> tensors;    // inputs that the caller gives, then outputs; in the order of the graph
  std::vector<std::string> fixed_names;  // symbols of axes that are 1 from now on
  bool fixes_sizes = false;              // an open axis is 1 from now on, which the network may not take
};

// Reads the options against the graph. Errors as of wrap_graph().
Result<WrapPlan> plan_wrap(const onnx::Model& model, const WrapOptions& options, const Limits& limits);

}  // namespace zooport::convert
