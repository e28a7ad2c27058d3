#pragma once

#include <gtest/gtest.h>

#include "onnx/passes/graph_for_test.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

// Graphs of one operator for the tests of rules.
namespace zooport::onnx::for_test {

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
