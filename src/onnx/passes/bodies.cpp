#include "onnx/passes/bodies.hpp"

#include "zooport/base/text.hpp"

namespace zooport::onnx {

void name_outputs(const std::vector<Node>& nodes, std::string_view stem, Names& names, Renames& renames) {
  const auto give = [&](const std::string& name) {
    if (!name.empty() && !renames.count(name)) renames[name] = fresh_name(names, concat(stem, '_', name));
  };
  for (const Node& node : nodes) {
    for (const std::string& output : node.outputs) give(output);
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) {
        for (const ValueInfo& input : inner.inputs) give(input.name);
        for (const Tensor& tensor : inner.initializers) give(tensor.name);
        for (const SparseTensor& tensor : inner.sparse_initializers) give(tensor.values.name);
        name_outputs(inner.nodes, stem, names, renames);
      }
    }
  }
}

void rename_values(std::vector<Node>& nodes, const Renames& renames) {
  const auto apply = [&](std::string& name) {
    const auto found = renames.find(name);
    if (found != renames.end()) name = found->second;
  };
  for (Node& node : nodes) {
    for (std::string& input : node.inputs) apply(input);
    for (std::string& output : node.outputs) apply(output);
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) {
        for (ValueInfo& value : inner.inputs) apply(value.name);
        for (ValueInfo& value : inner.outputs) apply(value.name);
        for (Tensor& tensor : inner.initializers) apply(tensor.name);
        for (SparseTensor& tensor : inner.sparse_initializers) apply(tensor.values.name);
        inner.values.clear();
        rename_values(inner.nodes, renames);
      }
    }
  }
}

}  // namespace zooport::onnx
