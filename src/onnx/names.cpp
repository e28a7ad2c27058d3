#include "onnx/names.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

void replace(std::string& name, std::string_view from, std::string_view to) {
  if (name == from) name = to;
}

bool defines(const Graph& graph, std::string_view name) {
  const auto is = [&](const auto& item) { return item.name == name; };
  const auto writes = [&](const Node& node) {
    return std::find(node.outputs.begin(), node.outputs.end(), name) != node.outputs.end();
  };
  return std::any_of(graph.inputs.begin(), graph.inputs.end(), is) ||
         std::any_of(graph.initializers.begin(), graph.initializers.end(), is) ||
         std::any_of(graph.nodes.begin(), graph.nodes.end(), writes);
}

}  // namespace

void collect_names(const Graph& graph, Names& names) {
  for (const ValueInfo& item : graph.inputs) names.insert(item.name);
  for (const ValueInfo& item : graph.outputs) names.insert(item.name);
  for (const ValueInfo& item : graph.values) names.insert(item.name);
  for (const Tensor& item : graph.initializers) names.insert(item.name);
  for (const SparseTensor& item : graph.sparse_initializers) names.insert(item.values.name);
  for (const Node& node : graph.nodes) {
    names.insert(node.name);
    names.insert(node.inputs.begin(), node.inputs.end());
    names.insert(node.outputs.begin(), node.outputs.end());
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) collect_names(inner, names);
    }
  }
}

std::string fresh_name(Names& names, std::string_view stem) {
  std::string name(stem);
  // Small numbers look better; beyond a few of them one that is sure to be near the end saves the search.
  constexpr std::size_t kSmall = 8;
  for (std::size_t number = 1; name.empty() || names.count(name); ++number) {
    if (number == kSmall) number = std::max(kSmall, names.size());
    name = concat(stem, '_', number);
  }
  names.insert(name);
  return name;
}

void redirect_reads(Node& node, std::string_view from, std::string_view to) {
  for (std::string& input : node.inputs) replace(input, from, to);
  for (Attribute& attribute : node.attributes) {
    for (Graph& graph : attribute.graphs) {
      if (defines(graph, from)) continue;
      for (Node& inner : graph.nodes) redirect_reads(inner, from, to);
      // A subgraph may hand a value of the outer graph through.
      for (ValueInfo& output : graph.outputs) replace(output.name, from, to);
    }
  }
}

void for_each_node(Graph& graph, const std::function<void(Node&)>& visit) {
  for (Node& node : graph.nodes) {
    visit(node);
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) for_each_node(inner, visit);
    }
  }
}

void for_each_node(const Graph& graph, const std::function<void(const Node&)>& visit) {
  for (const Node& node : graph.nodes) {
    visit(node);
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) for_each_node(inner, visit);
    }
  }
}

void rename_value(Graph& graph, const std::string& from, const std::string& to) {
  for (ValueInfo& item : graph.inputs) replace(item.name, from, to);
  for (ValueInfo& item : graph.outputs) replace(item.name, from, to);
  for (ValueInfo& item : graph.values) replace(item.name, from, to);
  for (Tensor& item : graph.initializers) replace(item.name, from, to);
  for (SparseTensor& item : graph.sparse_initializers) replace(item.values.name, from, to);
  for (Node& node : graph.nodes) {
    for (std::string& output : node.outputs) replace(output, from, to);
    redirect_reads(node, from, to);
  }
}

}  // namespace zooport::onnx
