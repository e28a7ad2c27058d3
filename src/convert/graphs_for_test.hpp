#pragma once

#include <string>
#include <utility>
#include <vector>

#include "zooport/onnx/model.hpp"

// Small graphs "x" to "y" for tests of comparing.
namespace zooport::convert::testing {

inline onnx::ValueInfo value(const std::string& name, const std::vector<std::int64_t>& dims,
                             onnx::ElementType type = onnx::ElementType::kFloat) {
  onnx::ValueInfo info;
  info.name = name;
  info.type.element = type;
  info.type.shape.emplace();
  // Negative sizes are open: -1 is axis "a0", -2 …
  for (const std::int64_t size : dims) {
    onnx::Dimension dim;
    if (size >= 0) dim.value = size;
    if (size < 0) dim.symbol = "a" + std::to_string(-size);
    info.type.shape->push_back(dim);
  }
  return info;
}

inline onnx::Node node(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
                       std::vector<onnx::Attribute> attributes = {}) {
  onnx::Node made;
  made.op = op;
  made.inputs = inputs;
  made.outputs = {output};
  made.attributes = std::move(attributes);
  return made;
}

struct GraphParts {
  std::vector<onnx::Node> nodes;
  std::vector<onnx::Tensor> constants;
  std::vector<std::int64_t> input = {-1, 2, -2, -3};
  std::vector<std::int64_t> output = {-1, -4, -5, -6};
  onnx::ElementType type = onnx::ElementType::kFloat;
};

inline onnx::Model graph(GraphParts parts) {
  onnx::Model model;
  model.ir_version = 8;
  model.set_opset(17);
  model.graph.name = "g";
  model.graph.nodes = std::move(parts.nodes);
  model.graph.initializers = std::move(parts.constants);
  model.graph.inputs = {value("x", parts.input, parts.type)};
  model.graph.outputs = {value("y", parts.output, parts.type)};
  return model;
}

inline onnx::Tensor scalar(const std::string& name, float number) { return onnx::make_floats(name, {}, {number}); }

}  // namespace zooport::convert::testing
