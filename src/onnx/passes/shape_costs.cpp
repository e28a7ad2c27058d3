#include <algorithm>

#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

std::uint64_t bytes_of(const Inferred& value) {
  const auto dtype = dtype_of(value.element);
  const std::int64_t count = value.shape ? tensor::element_count(*value.shape) : 0;
  return count > 0 ? static_cast<std::uint64_t>(count) * (dtype ? tensor::size_of(*dtype) : 4) : 0;
}

}  // namespace

std::uint64_t peak_bytes(const Model& model, const InputShapes& inputs) {
  const Result<InferredValues> values = infer_shapes(model, inputs);
  if (!values) return 0;
  std::map<std::string, std::size_t, std::less<>> last_use;
  for (std::size_t i = 0; i < model.graph.nodes.size(); ++i)
    for (const std::string& name : model.graph.nodes[i].inputs) last_use[name] = i;
  for (const ValueInfo& output : model.graph.outputs) last_use[output.name] = model.graph.nodes.size();
  std::uint64_t alive = 0;
  for (const ValueInfo* input : model.graph.required_inputs()) {
    const auto value = values->find(input->name);
    if (value != values->end()) alive += bytes_of(value->second);
  }
  std::uint64_t peak = alive;
  for (std::size_t i = 0; i < model.graph.nodes.size(); ++i) {
    const Node& node = model.graph.nodes[i];
    if (node.op == "Constant") continue;
    for (const std::string& name : node.outputs) {
      const auto value = values->find(name);
      if (name.empty()) continue;
      if (value == values->end() || !value->second.shape) return 0;
      alive += bytes_of(value->second);
    }
    peak = std::max(peak, alive);
    std::vector<std::string_view> ended(node.inputs.begin(), node.inputs.end());
    std::sort(ended.begin(), ended.end());
    ended.erase(std::unique(ended.begin(), ended.end()), ended.end());
    for (const std::string_view name : ended) {
      const auto value = values->find(name);
      if (value == values->end() || last_use.find(name)->second != i || model.graph.find_initializer(name)) continue;
      alive -= std::min(alive, bytes_of(value->second));
    }
  }
  return peak;
}

std::uint64_t multiply_adds(const Model& model, const InputShapes& inputs) {
  const Result<InferredValues> values = infer_shapes(model, inputs);
  if (!values) return 0;
  const auto shape = [&](const std::string& name) -> const tensor::Shape* {
    const auto value = values->find(name);
    return value == values->end() || !value->second.shape ? nullptr : &*value->second.shape;
  };
  std::uint64_t total = 0;
  for (const Node& node : model.graph.nodes) {
    const tensor::Shape* y = node.outputs.empty() ? nullptr : shape(node.outputs[0]);
    const tensor::Shape* x = shape(node.input(0));
    const tensor::Shape* w = shape(node.input(1));
    if (!x || !y || !w) continue;
    // Convolutions: for each output, the weights of one output channel; transposed ones: for each input.
    if (node.op == "Conv" && !w->empty() && (*w)[0] > 0)
      total += static_cast<std::uint64_t>(tensor::element_count(*y) * (tensor::element_count(*w) / (*w)[0]));
    if (node.op == "ConvTranspose" && !w->empty() && (*w)[0] > 0)
      total += static_cast<std::uint64_t>(tensor::element_count(*x) * (tensor::element_count(*w) / (*w)[0]));
    if ((node.op == "MatMul" || node.op == "Gemm") && !x->empty())
      total += static_cast<std::uint64_t>(tensor::element_count(*y) * x->back());
  }
  return total;
}

}  // namespace zooport::onnx
