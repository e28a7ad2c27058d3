#include "zooport/onnx/builder.hpp"

#include <algorithm>

#include "onnx/names.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

template <class T>
auto find_named(T& items, std::string_view name) {
  return std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
}

Error no_such(const char* what, std::string_view name) {
  return make_error(ErrorKind::kUsage, "onnx.no-such-value",
                    concat("the graph has no ", what, " '", printable(name), "'"));
}

}  // namespace

Builder::Builder(Model& model) : model_(model) { collect_names(model.graph, used_); }

Result<std::string> Builder::open_input(std::string_view input) {
  if (find_named(model_.graph.inputs, input) == model_.graph.inputs.end()) return no_such("input", input);
  if (open_inputs_++ == 0) front_nodes_ = 0;
  front_ = true;
  return std::string(input);
}

void Builder::close_input(std::string_view input, std::string_view value) {
  auto& nodes = model_.graph.nodes;
  for (std::size_t i = front_nodes_; i < nodes.size(); ++i) redirect_reads(nodes[i], input, value);
  if (open_inputs_ > 0 && --open_inputs_ == 0) front_ = false;
}

Result<std::string> Builder::open_output(std::string_view output) {
  Graph& graph = model_.graph;
  const auto declared = find_named(graph.outputs, output);
  if (declared == graph.outputs.end()) return no_such("output", output);
  if (find_named(graph.inputs, output) != graph.inputs.end()) {
    return make_error(ErrorKind::kUnsupported, "onnx.output-is-input",
                      zooport::concat("the output '", printable(output), "' of the graph is an input, too"));
  }
  const std::string inner = fresh(zooport::concat(output, "_raw"));
  const std::string name(output);
  rename_value(graph, name, inner);
  find_named(graph.outputs, inner)->name = name;
  front_ = false;
  return inner;
}

void Builder::close_output(std::string_view output, std::string_view value) {
  Graph& graph = model_.graph;
  const bool produced = std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return std::find(node.outputs.begin(), node.outputs.end(), value) != node.outputs.end();
  });
  if (produced && find_named(graph.outputs, value) == graph.outputs.end()) {
    rename_value(graph, std::string(value), std::string(output));
    return;
  }
  Node node;
  node.op = "Identity";
  node.name = fresh("Identity");
  node.inputs = {std::string(value)};
  node.outputs = {std::string(output)};
  place(std::move(node));
}

std::string Builder::fresh(std::string_view stem) { return fresh_name(used_, stem); }

void Builder::place(Node node) {
  auto& nodes = model_.graph.nodes;
  if (front_) {
    nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(front_nodes_++), std::move(node));
  } else {
    nodes.push_back(std::move(node));
  }
}

std::string Builder::add(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes) {
  return add_many(op, std::move(inputs), 1, std::move(attributes)).front();
}

std::vector<std::string> Builder::add_many(std::string_view op, std::vector<std::string> inputs, std::size_t outputs,
                                           std::vector<Attribute> attributes) {
  Node node;
  node.op = op;
  node.name = fresh(zooport::concat("zooport_", op));
  node.inputs = std::move(inputs);
  while (!node.inputs.empty() && node.inputs.back().empty()) node.inputs.pop_back();
  for (std::size_t i = 0; i < outputs; ++i) node.outputs.push_back(fresh(zooport::concat(node.name, "_out")));
  node.attributes = std::move(attributes);
  std::vector<std::string> names = node.outputs;
  place(std::move(node));
  return names;
}

}  // namespace zooport::onnx
