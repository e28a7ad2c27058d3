#include <algorithm>

#include "onnx/names.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

ValueInfo* find_value(std::vector<ValueInfo>& values, const std::string& name) {
  const auto found = std::find_if(values.begin(), values.end(), [&](const ValueInfo& v) { return v.name == name; });
  return found == values.end() ? nullptr : &*found;
}

Error usage(const char* id, std::string message) { return make_error(ErrorKind::kUsage, id, std::move(message)); }

bool is_permutation(const std::vector<int>& permutation) {
  std::vector<int> sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != static_cast<int>(i)) return false;
  }
  return true;
}

// Finds the value and permutes what it declares; the value is null if there is nothing to do.
Result<ValueInfo*> declare(std::vector<ValueInfo>& values, const LayoutChange& change) {
  ValueInfo* value = find_value(values, change.name);
  if (!value) return usage("onnx.no-such-value", concat("the graph has no '", printable(change.name), "'"));
  auto& shape = value->type.shape;
  if (!is_permutation(change.permutation) || (shape && shape->size() != change.permutation.size())) {
    return usage("onnx.layout", concat("the order of axes asked for does not fit '", printable(change.name), "'"));
  }
  if (std::is_sorted(change.permutation.begin(), change.permutation.end())) return static_cast<ValueInfo*>(nullptr);
  if (shape) {
    std::vector<Dimension> outer;
    for (const int axis : change.permutation) outer.push_back((*shape)[static_cast<std::size_t>(axis)]);
    shape = std::move(outer);
  }
  return value;
}

void drop_shapes_inside(Graph& graph) {
  graph.values.clear();
  for (Node& node : graph.nodes) {
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) drop_shapes_inside(inner);
    }
  }
}

}  // namespace

Result<void> wrap_layout(Model& model, const std::vector<LayoutChange>& inputs,
                         const std::vector<LayoutChange>& outputs) {
  if (model.opset() < 1) {
    return make_error(ErrorKind::kUnsupported, "onnx.opset-version",
                      "the graph imports no operators of ONNX, so that none can be added");
  }
  Model changed = model;
  Builder build(changed);
  for (const LayoutChange& change : inputs) {
    ZOOPORT_TRY_ASSIGN(ValueInfo* const value, declare(changed.graph.inputs, change));
    if (!value) continue;
    std::vector<std::int64_t> inverse(change.permutation.size());
    for (std::size_t i = 0; i < inverse.size(); ++i) {
      inverse[static_cast<std::size_t>(change.permutation[i])] = static_cast<std::int64_t>(i);
    }
    ZOOPORT_TRY_ASSIGN(const std::string outer, build.open_input(change.name));
    build.close_input(change.name, build.transpose(outer, inverse));
  }
  for (const LayoutChange& change : outputs) {
    ZOOPORT_TRY_ASSIGN(ValueInfo* const value, declare(changed.graph.outputs, change));
    if (!value) continue;
    ZOOPORT_TRY_ASSIGN(const std::string inner, build.open_output(change.name));
    build.close_output(change.name, build.transpose(inner, {change.permutation.begin(), change.permutation.end()}));
  }
  model = std::move(changed);
  return {};
}

Result<void> set_extents(Model& model, const std::string& name, const std::vector<Extent>& extents) {
  ValueInfo* value = find_value(model.graph.inputs, name);
  if (!value) value = find_value(model.graph.outputs, name);
  if (!value) return usage("onnx.no-such-value", concat("the graph has no input or output '", printable(name), "'"));
  if (!value->type.other.empty() || (value->type.shape && value->type.shape->size() != extents.size())) {
    return usage("onnx.layout", concat("'", printable(name), "' has another number of axes than ", extents.size()));
  }
  std::vector<Dimension> shape;
  for (const Extent& extent : extents) {
    Dimension& made = shape.emplace_back();
    if (extent.value >= 0) made.value = extent.value;
    if (extent.value < 0) made.symbol = extent.symbol;
  }
  value->type.shape = std::move(shape);
  drop_shapes_inside(model.graph);
  return {};
}

}  // namespace zooport::onnx
