#include "onnx/passes/defaults.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "onnx/names.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

void collect_constants(const Graph& graph, NameSet& constants) {
  for (const Tensor& tensor : graph.initializers) constants.insert(tensor.name);
  for (const Node& node : graph.nodes) {
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) collect_constants(inner, constants);
    }
  }
}

bool tells_shape(const Node& node) { return node.domain.empty() && (node.op == "Shape" || node.op == "Size"); }

}  // namespace

NameSet inputs_with_defaults(const Model& model) {
  constexpr std::int64_t kFirstIr = 4;
  NameSet names;
  if (model.ir_version < kFirstIr) return names;
  NameSet constants;
  for (const Tensor& tensor : model.graph.initializers) constants.insert(tensor.name);
  for (const ValueInfo& input : model.graph.inputs) {
    if (constants.count(input.name)) names.insert(input.name);
  }
  return names;
}

NameSet defaults_behind(const Graph& graph, const NameSet& wanted, const NameSet& defaults) {
  if (defaults.empty()) return {};
  NameSet constants;
  collect_constants(graph, constants);
  // What hangs on nothing but constants and defaults, and which operator makes it.
  std::map<std::string_view, const Node*> makers;
  const auto is_known = [&](std::string_view name) {
    return name.empty() || constants.count(name) || makers.count(name);
  };
  // Nodes stand behind those that they read, so one walk tells.
  for_each_node(graph, [&](const Node& node) {
    const bool holds_graphs = std::any_of(node.attributes.begin(), node.attributes.end(),
                                          [](const Attribute& attribute) { return !attribute.graphs.empty(); });
    if (holds_graphs || (!tells_shape(node) && !std::all_of(node.inputs.begin(), node.inputs.end(), is_known))) return;
    for (const std::string& output : node.outputs) makers.emplace(output, &node);
  });
  NameSet found;
  std::vector<std::string_view> open(wanted.begin(), wanted.end());
  std::set<std::string_view> seen(wanted.begin(), wanted.end());
  while (!open.empty()) {
    const std::string_view name = open.back();
    open.pop_back();
    if (defaults.count(name)) found.emplace(name);
    const auto maker = makers.find(name);
    if (maker == makers.end() || tells_shape(*maker->second)) continue;
    for (const std::string& input : maker->second->inputs) {
      if (seen.insert(input).second) open.push_back(input);
    }
  }
  return found;
}

std::vector<std::string> make_constant(Model& model, const NameSet& inputs) {
  std::erase_if(model.graph.inputs, [&](const ValueInfo& input) { return inputs.count(input.name) > 0; });
  std::vector<std::string> steps;
  for (const std::string& name : inputs) {
    steps.push_back(concat("input '", printable(name), "' is no input any more: it always has its default"));
  }
  return steps;
}

NameSet names_read(const Graph& graph) {
  NameSet names;
  const auto note = [&](const Graph& one) {
    for (const ValueInfo& output : one.outputs) names.insert(output.name);
  };
  note(graph);
  for_each_node(graph, [&](const Node& node) {
    names.insert(node.inputs.begin(), node.inputs.end());
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) note(inner);
    }
  });
  return names;
}

}  // namespace zooport::onnx
