#pragma once

#include <string>
#include <vector>

#include "zooport/onnx/builder.hpp"
#include "zooport/predict/predictor.hpp"

// Small networks for the tests of this module.
namespace zooport::predict::for_test {

inline onnx::ValueInfo image_value(const std::string& name) {
  onnx::ValueInfo value;
  value.name = name;
  value.type.element = onnx::ElementType::kFloat;
  value.type.shape = std::vector<onnx::Dimension>{{1}, {1}, {std::nullopt, "y"}, {std::nullopt, "x"}};
  return value;
}

// A network of the given nodes from "a" (and "b") to "y", and a model around it.
inline model::Model model_of(const std::vector<onnx::Node>& nodes, const std::vector<std::string>& inputs,
                             std::vector<onnx::Tensor> constants = {}) {
  onnx::Model network;
  network.ir_version = 8;
  network.set_opset(17);
  network.graph.name = "g";
  network.graph.nodes = nodes;
  network.graph.initializers = std::move(constants);
  for (const std::string& input : inputs) network.graph.inputs.push_back(image_value(input));
  network.graph.outputs.push_back(image_value("y"));
  model::Model model;
  const auto spec = [](const std::string& id) {
    model::TensorSpec tensor;
    tensor.id = id;
    for (const tensor::Axis& axis : tensor::axes_from_letters("bcyx"))
      tensor.axes.push_back({.axis = axis, .size = model::ParametrizedSize{4, 4}});
    return tensor;
  };
  for (const std::string& input : inputs) model.inputs.push_back(spec(input));
  model.outputs.push_back(spec("y"));
  model::Network candidate;
  candidate.weights = "onnx";
  candidate.load = [network](const Context&) -> Result<onnx::Model> { return network; };
  model.networks.push_back(std::move(candidate));
  return model;
}

inline onnx::Node node(std::string op, std::vector<std::string> inputs, std::string output) {
  onnx::Node made;
  made.name = op + "_" + output;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

inline model::Model sum_of_two() { return model_of({node("Add", {"a", "b"}, "y")}, {"a", "b"}); }

inline tensor::Array ramp(std::int64_t size) {
  tensor::Array array(tensor::Dtype::kFloat32, {size, size});
  float value = 0;
  for (float& pixel : array.as<float>()) pixel = value++;
  return array;
}

}  // namespace zooport::predict::for_test
