#include <algorithm>

#include "convert/graph_axes.hpp"
#include "convert/numbers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
namespace {

// Large enough that edges cost little; smaller ones for graphs that take no other.
constexpr std::int64_t kOpenSizes[] = {512, 256, 1024, 224, 128, 64, 1};

std::vector<GraphAtSize::Value> values_of(const onnx::Graph& graph, const onnx::InferredValues& inferred) {
  std::vector<GraphAtSize::Value> values;
  for (const onnx::Node& node : graph.nodes) {
    for (const std::string& name : node.outputs) {
      if (name.empty()) continue;
      GraphAtSize::Value value{name, {}, {}};
      if (const auto found = inferred.find(name); found != inferred.end()) {
        if (found->second.element != onnx::ElementType::kUndefined) value.dtype = onnx::name_of(found->second.element);
        value.shape = found->second.shape;
      }
      values.push_back(std::move(value));
    }
  }
  return values;
}

std::int64_t pixels_of(const onnx::Model& model, const onnx::InputShapes& shapes) {
  const auto inputs = model.graph.required_inputs();
  if (inputs.empty()) return 0;
  const auto shape = shapes.find(inputs.front()->name);
  if (shape == shapes.end() || shape->second.size() < 3) return 0;
  return std::max<std::int64_t>(0,
                                tensor::element_count(tensor::Shape(shape->second.begin() + 2, shape->second.end())));
}

}  // namespace

Result<GraphReport> inspect_graph(const std::string& path, const std::vector<AxisChange>& sizes,
                                  const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY_ASSIGN(onnx::Model model, read_graph(path, context));
  report.graph = onnx::info_of(model);
  // What functions hold counts as well.
  ZOOPORT_TRY(onnx::inline_functions(model, context.limits));

  GraphAtSize& at_size = report.at_size.emplace();
  std::optional<Error> refused;
  for (const std::int64_t open : kOpenSizes) {
    at_size.inputs = onnx::declared_shapes(model, open);
    for (const AxisChange& change : sizes) {
      ZOOPORT_TRY_ASSIGN(const onnx::ValueInfo* input, find_input(model, change));
      tensor::Shape& shape = at_size.inputs[input->name];
      shape.resize(change.axes.size(), open);
      for (std::size_t i = 0; i < change.axes.size(); ++i)
        if (const auto number = number_in(change.axes[i])) shape[i] = *number;
    }
    const Result<onnx::InferredValues> values = onnx::infer_shapes(model, at_size.inputs);
    if (!values) {
      if (!refused) refused = values.error();
      continue;
    }
    refused.reset();
    at_size.costs = onnx::costs_of(model, *values);
    at_size.pixels = pixels_of(model, at_size.inputs);
    if (!sizes.empty()) at_size.values = values_of(model.graph, *values);
    break;
  }
  if (refused && !sizes.empty()) return *refused;
  if (refused) at_size.reason = refused->what.message;
  const auto inputs = model.graph.required_inputs();
  if (!inputs.empty() && inputs.front()->type.shape)
    for (std::size_t i = 2; i < inputs.front()->type.shape->size(); ++i) report.space.push_back(static_cast<int>(i));
  if (!report.space.empty()) report.geometry = onnx::geometry_of(model, report.space);
  return report;
}

}  // namespace zooport::convert
