#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// What is known of one value when the graph is given inputs of certain sizes.
struct Inferred {
  ElementType element = ElementType::kUndefined;
  std::optional<tensor::Shape> shape;          // none: unknown
  std::optional<std::vector<double>> content;  // of small numeric tensors: sizes and scales on their way to a Reshape
};
using InferredValues = std::map<std::string, Inferred, std::less<>>;

// Shapes of the graph's inputs, by name.
using InputShapes = std::map<std::string, tensor::Shape, std::less<>>;

// Follows the shapes through the graph. What an operator does that is not known here makes its outputs unknown, not an
// error. The error (onnx.shape-conflict, kInvalid) is a size that an operator cannot take; it names the node and says
// why. Linear in the graph.
Result<InferredValues> infer_shapes(const Model& model, const InputShapes& inputs);

// Opens axes of graph inputs: names of axes by input, "" keeps what stands there; axes of one name grow together.
// Constants that hold sizes follow the input from then on, where that is certain: sizes of Resize become scales,
// targets of Reshape and Expand, ends of Slice and output_shape of ConvTranspose what they were made from. Outputs get
// open axes where they change with the inputs. Returns what was rewritten, a line each. Errors (kUnsupported,
// onnx.fixed-size): the graph cannot take another size; names the node that fixes it, and why. Then the model is as it
// was.
struct OpenAxes {
  std::string input;
  std::vector<std::string> names;  // one each axis
};
Result<std::vector<std::string>> open_axes(Model& model, const std::vector<OpenAxes>& axes);
Result<void> make_symbolic(Model& model, const std::vector<OpenAxes>& axes);

// Fixes all axes of inputs to the given sizes, and those of outputs to what follows from them.
Result<void> make_fixed(Model& model, const InputShapes& inputs);

// The same for some axes, by input: 0 keeps what stands there. Axes of outputs get a number where no open axis has a
// part in it.
Result<void> fix_axes(Model& model, const std::map<std::string, std::vector<std::int64_t>, std::less<>>& axes);

// The sizes that the graph declares for its inputs; open axes get `otherwise`.
InputShapes declared_shapes(const Model& model, std::int64_t otherwise);

// What running a graph takes. Multiply-adds are counted in convolutions (transposed ones: each element of the input by
// the weights of its channel), matrix products, Einsum (one product less than operands for each combination of
// letters), attention and recurrent layers; nothing else counts. Bodies of Loop and Scan count as often as they run, of
// the branches of If the one that takes more, unless the condition is known. Functions count where they are inlined.
struct Costs {
  std::uint64_t multiply_adds = 0;
  std::map<std::string, std::uint64_t> by_operator;
  std::string uncounted;         // "node X (Loop): why": the first node that multiply_adds leaves out
  std::uint64_t peak_bytes = 0;  // as peak_bytes() below
  std::string unknown;           // a value without a shape, because of which there is no peak
};
Costs costs_of(const Model& model, const InferredValues& values);

// Bytes of the largest set of values that are alive at one time, for these inputs: what an engine needs at least,
// beside the weights. 0 if a shape is unknown.
std::uint64_t peak_bytes(const Model& model, const InputShapes& inputs);

// Multiply-adds for these inputs; 0 if none or unknown.
std::uint64_t multiply_adds(const Model& model, const InputShapes& inputs);

}  // namespace zooport::onnx
