#include <algorithm>
#include <unordered_set>

#include "onnx/passes/shape_rules.hpp"
#include "onnx/passes/transposes.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

void names_used(const Graph& graph, std::unordered_set<std::string>& names) {
  for (const ValueInfo& output : graph.outputs) names.insert(output.name);
  for (const Node& node : graph.nodes) {
    names.insert(node.inputs.begin(), node.inputs.end());
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) names_used(inner, names);
    }
  }
}

}  // namespace

std::optional<std::vector<std::int64_t>> Surroundings::integers(std::size_t i) const {
  const Tensor* tensor = constant(i);
  return tensor ? integers_of(*tensor) : std::nullopt;
}

std::string Additions::constant(Tensor tensor, std::string_view stem) {
  tensor.name = fresh(stem);
  if (model_.ir_version < 4) {
    ValueInfo& input = model_.graph.inputs.emplace_back();
    input.name = tensor.name;
    input.type.element = tensor.type;
    input.type.shape.emplace();
    for (const std::int64_t extent : tensor.dims) input.type.shape->emplace_back().value = extent;
  }
  model_.graph.initializers.push_back(std::move(tensor));
  return model_.graph.initializers.back().name;
}

std::string Additions::integers(const std::vector<std::int64_t>& values) {
  return constant(make_integers("", values), "zooport_order");
}

Node& Additions::node(std::string op, std::vector<std::string> inputs, std::string output) {
  Node& made = nodes.emplace_back();
  made.name = fresh(concat("zooport_", op));
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

std::int64_t Turning::moved(std::int64_t axis) const {
  return place[static_cast<std::size_t>(axis_in(axis, place.size()))];
}

std::vector<std::int64_t> Turning::moved(const std::vector<std::int64_t>& axes) const {
  std::vector<std::int64_t> to;
  for (const std::int64_t axis : axes) to.push_back(moved(axis));
  return to;
}

void Turning::permute_list(std::size_t input, const std::vector<std::int64_t>& indices) {
  std::string& name = node.inputs[input];
  const Tensor* list = around.constant(input);
  if (!list || !can_be_permuted(*list) || list->dims.size() != 1) {
    const std::string gathered = add.fresh(concat(name, "_turned"));
    add.node("Gather", {name, add.integers(indices)}, gathered);
    name = gathered;
    return;
  }
  const std::size_t size = list->raw.size() / indices.size();
  std::vector<std::byte> bytes;
  for (const std::int64_t i : indices) {
    const auto from = list->raw.span().subspan(static_cast<std::size_t>(i) * size, size);
    bytes.insert(bytes.end(), from.begin(), from.end());
  }
  Tensor made;
  made.type = list->type;
  made.dims = list->dims;
  made.raw = Bytes(std::move(bytes));
  name = add.constant(std::move(made), concat(name, "_turned"));
}

void drop_unused_constants(const Model& before, Model& after) {
  std::unordered_set<std::string> then_used;
  std::unordered_set<std::string> now_used;
  names_used(before.graph, then_used);
  names_used(after.graph, now_used);
  const auto is_unused = [&](const std::string& name) { return then_used.count(name) && !now_used.count(name); };
  Graph& graph = after.graph;
  std::unordered_set<std::string> gone;
  const auto drop = [&](const Tensor& tensor) { return is_unused(tensor.name) && gone.insert(tensor.name).second; };
  graph.initializers.erase(std::remove_if(graph.initializers.begin(), graph.initializers.end(), drop),
                           graph.initializers.end());
  if (before.ir_version < 4) {
    const auto was_constant = [&](const ValueInfo& input) { return gone.count(input.name) > 0; };
    graph.inputs.erase(std::remove_if(graph.inputs.begin(), graph.inputs.end(), was_constant), graph.inputs.end());
  }
  const auto is_unused_node = [&](const Node& node) {
    return node.op == "Constant" && node.domain.empty() && node.outputs.size() == 1 && is_unused(node.outputs[0]);
  };
  graph.nodes.erase(std::remove_if(graph.nodes.begin(), graph.nodes.end(), is_unused_node), graph.nodes.end());
}

}  // namespace zooport::onnx
