#include "zooport/onnx/info.hpp"

#include <algorithm>

#include "onnx/element.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

GraphInfo::Value value_of(const ValueInfo& declared) {
  GraphInfo::Value value;
  value.name = declared.name;
  if (declared.type.element != ElementType::kUndefined) value.dtype = name_of(declared.type.element);
  if (declared.type.shape) {
    value.has_shape = true;
    for (const Dimension& extent : *declared.type.shape) {
      value.extents.push_back(extent.value ? concat(*extent.value) : extent.symbol.empty() ? "?" : extent.symbol);
    }
  }
  return value;
}

bool is_floating(ElementType type) {
  return type == ElementType::kFloat || type == ElementType::kDouble || type == ElementType::kFloat16 ||
         type == ElementType::kBfloat16;
}

void count(const Tensor& tensor, GraphInfo& info) {
  const auto elements = static_cast<std::uint64_t>(std::max<std::int64_t>(count_of(tensor.dims), 0));
  info.constant_bytes += tensor.raw.size();
  if (is_floating(tensor.type) && elements > 1) info.parameters += elements;
}

void count(const Graph& graph, GraphInfo& info);

void count(const Node& node, GraphInfo& info) {
  ++info.nodes;
  ++info.operators[node.domain.empty() ? node.op : concat(node.domain, "::", node.op)];
  for (const Attribute& attribute : node.attributes) {
    for (const Tensor& tensor : attribute.tensors) count(tensor, info);
    for (const Graph& graph : attribute.graphs) count(graph, info);
  }
}

void count(const Graph& graph, GraphInfo& info) {
  for (const Node& node : graph.nodes) count(node, info);
  for (const Tensor& tensor : graph.initializers) count(tensor, info);
  for (const SparseTensor& tensor : graph.sparse_initializers) count(tensor.values, info);
}

}  // namespace

GraphInfo info_of(const Model& model) {
  GraphInfo info;
  info.ir_version = model.ir_version;
  info.producer = model.producer_version.empty() ? model.producer : concat(model.producer, ' ', model.producer_version);
  for (const Opset& opset : model.opsets) {
    info.opsets.emplace_back(opset.domain.empty() ? "ai.onnx" : opset.domain, opset.version);
  }
  for (const ValueInfo* input : model.graph.required_inputs()) info.inputs.push_back(value_of(*input));
  for (const ValueInfo& output : model.graph.outputs) info.outputs.push_back(value_of(output));
  count(model.graph, info);
  info.functions = model.functions.size();
  for (const Function& function : model.functions) {
    for (const Node& node : function.nodes) count(node, info);
  }
  return info;
}

}  // namespace zooport::onnx
