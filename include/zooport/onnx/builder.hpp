#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// Adds operators to a model, before or after the network that is there. Everything is emitted in the form of the
// model's opset (7 and later), and names are fresh. Values are known by their names.
//
//   Builder build(model);
//   auto x = build.open_input("image");            // from here nodes go before the network; *x is the graph input
//   build.close_input("image", build.add("Mul", {*x, build.scalar(2.0f)}));
//
//   auto y = build.open_output("mask");            // from here nodes go after the network
//   build.close_output("mask", build.add("Sigmoid", {*y}));
//
// The names of graph inputs and outputs stay as they are; values inside are renamed, subgraphs included. Several inputs
// may be open at once, or several outputs, but not both kinds; what was opened must be closed before the model is used,
// and may be opened again: then the new nodes lie outside the earlier ones. Types that the graph declares for inputs
// and outputs are the caller's to change (graph.inputs, graph.outputs). Keeps a reference to the model, which must not
// gain or lose nodes by other means while a Builder lives. Without open_input nodes go to the end of the graph.
class Builder {
 public:
  explicit Builder(Model& model);

  // Nodes that follow go before the network, in order, and start from the graph input.
  Result<std::string> open_input(std::string_view input);
  // What read the graph input reads `value` from now on, except the nodes added here since open_input.
  void close_input(std::string_view input, std::string_view value);

  // Nodes that follow go after the network, and start from the value that the graph output had, whose new name this is.
  Result<std::string> open_output(std::string_view output);
  // The graph output is `value` from now on.
  void close_output(std::string_view output, std::string_view value);

  // A name that no value, node or subgraph has: `stem`, or `stem` with a number.
  std::string fresh(std::string_view stem);

  // One operator with one output, whose name is returned. The stem of fresh names is the operator's name.
  std::string add(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes = {});
  std::vector<std::string> add_many(std::string_view op, std::vector<std::string> inputs, std::size_t outputs,
                                    std::vector<Attribute> attributes = {});

  // Constants; the name of the tensor is replaced by a fresh one. Equal scalars and lists are not shared.
  std::string constant(Tensor tensor);
  std::string scalar(float value);                                                  // float32, no axes
  std::string scalar(double value, ElementType type);                               // of any numeric type, no axes
  std::string floats(const tensor::Shape& dims, const std::vector<float>& values);  // float32
  std::string integers(const std::vector<std::int64_t>& values);                    // int64, one axis

  // Operators whose form depends on the opset.
  std::string cast(std::string_view x, ElementType to);
  std::string transpose(std::string_view x, const std::vector<std::int64_t>& permutation);
  std::string reshape(std::string_view x, const std::vector<std::int64_t>& shape);
  enum class Keep : std::uint8_t { kAxes, kNothing };
  // op: "ReduceMean", "ReduceSum", "ReduceMin", "ReduceMax", "ReduceProd", "ReduceL2", "ReduceSumSquare", …
  std::string reduce(std::string_view op, std::string_view x, const std::vector<std::int64_t>& axes,
                     Keep keep = Keep::kAxes);
  // A bound that is absent does not limit. `type` is the element type of x, a floating one.
  std::string clip(std::string_view x, std::optional<double> least, std::optional<double> most,
                   ElementType type = ElementType::kFloat);
  std::string squeeze(std::string_view x, const std::vector<std::int64_t>& axes);
  std::string unsqueeze(std::string_view x, const std::vector<std::int64_t>& axes);  // not negative
  std::string slice(std::string_view x, const std::vector<std::int64_t>& starts, const std::vector<std::int64_t>& ends,
                    const std::vector<std::int64_t>& axes);
  std::vector<std::string> split(std::string_view x, const std::vector<std::int64_t>& sizes, std::int64_t axis);
  std::string gather(std::string_view x, const std::vector<std::int64_t>& indices, std::int64_t axis);
  std::string concat(const std::vector<std::string>& values, std::int64_t axis);
  // pads: begins, then ends, one each axis of x.
  std::string pad(std::string_view x, const std::vector<std::int64_t>& pads, std::string_view mode = "constant",
                  float value = 0);
  // Along one axis, 0 <= axis < rank, whatever the opset.
  std::string softmax(std::string_view x, std::int64_t axis, std::int64_t rank);

  Model& model() { return model_; }

 private:
  void place(Node node);

  Model& model_;
  std::set<std::string, std::less<>> used_;
  bool front_ = false;
  std::size_t open_inputs_ = 0;
  std::size_t front_nodes_ = 0;  // nodes at the front of the graph that were added since the first open_input
};

}  // namespace zooport::onnx
