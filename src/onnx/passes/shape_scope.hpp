#pragma once

#include "onnx/passes/shape_rules.hpp"
#include "onnx/passes/shape_work.hpp"

namespace zooport::onnx {

// Values of one graph, and of those around it.
struct ShapeScope {
  const ShapeScope* outer = nullptr;
  std::int64_t opset = 0;
  int depth = 0;
  std::size_t* steps_left = nullptr;  // loops in loops end early: what they give is unknown then
  InferredValues values;
  Work* work = nullptr;  // where what running takes is counted

  const Inferred* find(std::string_view name) const;
};

// Nodes of one graph, and the values they read and make, its subgraphs followed once for each round.
constexpr std::size_t kMostSteps = 6'000'000;
// Takes steps from what is left; false: there are not so many.
bool spend(ShapeScope& scope, std::size_t steps);

// Puts the constants of a graph into the scope.
void add_constants(const Graph& graph, ShapeScope& scope);
// As infer_shapes() of a model, with steps that several attempts share; what they do not suffice for is unknown.
Result<InferredValues> infer_shapes(const Model& model, const InputShapes& inputs, std::size_t& steps_left);
// Follows one node whose inputs are in the scope.
Result<void> infer_node(const Node& node, ShapeScope& scope);
// Follows all nodes of a graph whose inputs are in the scope already.
Result<void> infer_nodes(const Graph& graph, ShapeScope& scope);

// If, Loop and Scan, whose outputs come from subgraphs; false: the node is none of them.
Result<bool> infer_control(const Node& node, ShapeScope& scope);

}  // namespace zooport::onnx
