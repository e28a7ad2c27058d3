#pragma once

#include <string>
#include <vector>

#include "zooport/czann/check.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::czann::testing {

inline std::vector<std::string> ids(const Diagnostics& findings) {
  std::vector<std::string> all;
  for (const Diagnostic& finding : findings.items()) all.push_back(finding.id);
  return all;
}

inline onnx::ValueInfo value(std::string name, const std::vector<std::int64_t>& shape) {
  onnx::ValueInfo made;
  made.name = std::move(name);
  made.type.element = onnx::ElementType::kFloat;
  made.type.shape.emplace();
  for (const std::int64_t size : shape) {
    made.type.shape->emplace_back();
    if (size > 0) made.type.shape->back().value = size;
  }
  return made;
}

inline onnx::Node node(std::string op, std::vector<std::string> inputs, std::string output) {
  onnx::Node made;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

// x -> Identity -> y, both [1, 16, 16, 1].
inline onnx::Model identity_network() {
  onnx::Model model;
  model.ir_version = 7;
  model.set_opset(12);
  model.graph.name = "g";
  model.graph.inputs = {value("x", {1, 16, 16, 1})};
  model.graph.outputs = {value("y", {1, 16, 16, 1})};
  model.graph.nodes = {node("Identity", {"x"}, "y")};
  return model;
}

// A file without any finding.
inline Package good_package(const onnx::Model& network = identity_network()) {
  Package package;
  package.metadata.id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  package.metadata.type = ModelType::kRegression;
  package.metadata.input_shape = package.metadata.output_shape = {16, 16, 1};
  package.metadata.min_overlap = {4, 4};
  package.network = *onnx::to_bytes(network);
  return package;
}

}  // namespace zooport::czann::testing
