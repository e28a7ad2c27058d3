#pragma once

#include <string>
#include <utility>
#include <vector>

#include "zooport/onnx/model.hpp"

// Pieces of graphs for the tests of passes.
namespace zooport::onnx::for_test {

using Names = std::vector<std::string>;

inline ValueInfo value(std::string name, const tensor::Shape& extents, ElementType type = ElementType::kFloat) {
  ValueInfo made;
  made.name = std::move(name);
  made.type.element = type;
  made.type.shape.emplace();
  for (const std::int64_t extent : extents) made.type.shape->emplace_back().value = extent;
  return made;
}

// Named after its operator.
inline Node node(std::string op, Names inputs, Names outputs) {
  Node made;
  made.name = op;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = std::move(outputs);
  return made;
}

}  // namespace zooport::onnx::for_test
