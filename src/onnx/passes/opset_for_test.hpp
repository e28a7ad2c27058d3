#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

// Graphs of one operator for the tests of rules.
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

// The operators that a model then has, without constants; or why it was refused.
inline Names changed(Model& model, std::int64_t target) {
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = target}, diagnostics);
  if (!steps) return {steps.error().what.message};
  Diagnostics found;
  check_model(model, found);
  for (const Diagnostic& item : found.items()) ADD_FAILURE() << item.message;
  Names ops;
  for (const Node& node : model.graph.nodes) {
    if (node.op != "Constant") ops.push_back(node.op);
  }
  return ops;
}

}  // namespace zooport::onnx::for_test
