#include <algorithm>
#include <unordered_map>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

const std::unordered_map<std::string_view, ShapeRule>& rules() {
  static const std::unordered_map<std::string_view, ShapeRule> kRules = [] {
    std::unordered_map<std::string_view, ShapeRule> all;
    for (const auto* family :
         {&elementwise_shape_rules(), &window_shape_rules(), &layout_shape_rules(), &integer_shape_rules()})
      for (const NamedShapeRule& named : *family) all.emplace(named.op, named.rule);
    return all;
  }();
  return kRules;
}

Inferred of_constant(const Tensor& constant) {
  Inferred value;
  value.element = constant.type;
  value.shape = constant.dims;
  value.content = content_of(constant);
  return value;
}

// A Constant node in any of its forms.
std::optional<Inferred> of_constant_node(const Node& node) {
  if (const Attribute* value = node.find("value"); value && !value->tensors.empty())
    return of_constant(value->tensors[0]);
  Inferred made;
  if (const Attribute* value = node.find("value_int")) {
    made.element = ElementType::kInt64;
    made.shape = tensor::Shape{};
    made.content = {static_cast<double>(value->i)};
  } else if (const Attribute* list = node.find("value_ints")) {
    made.element = ElementType::kInt64;
    made.shape = tensor::Shape{static_cast<std::int64_t>(list->ints.size())};
    made.content.emplace(list->ints.begin(), list->ints.end());
  } else if (const Attribute* real = node.find("value_float")) {
    made.element = ElementType::kFloat;
    made.shape = tensor::Shape{};
    made.content = {static_cast<double>(real->f)};
  } else if (const Attribute* reals = node.find("value_floats")) {
    made.element = ElementType::kFloat;
    made.shape = tensor::Shape{static_cast<std::int64_t>(reals->floats.size())};
    made.content.emplace(reals->floats.begin(), reals->floats.end());
  } else {
    return std::nullopt;
  }
  return made;
}

}  // namespace

ShapeRule shape_rule(std::string_view op) {
  const auto found = rules().find(op);
  return found == rules().end() ? nullptr : found->second;
}

std::optional<std::vector<std::int64_t>> ShapeStep::integers(std::size_t i) const {
  const std::vector<double>* numbers = content(i);
  if (!numbers) return std::nullopt;
  std::vector<std::int64_t> result;
  for (const double number : *numbers) {
    // Ends of slices stand at the limits of int64.
    constexpr double kMost = 9.2e18;
    result.push_back(static_cast<std::int64_t>(std::clamp(number, -kMost, kMost)));
  }
  return result;
}

std::optional<std::vector<std::int64_t>> ShapeStep::list(std::string_view attribute, std::size_t i) const {
  if (const Attribute* given = node.find(attribute)) return given->ints;
  return integers(i);
}

std::int64_t axis_in(std::int64_t axis, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < -size || axis >= size) return -1;
  return axis < 0 ? axis + size : axis;
}

std::optional<tensor::Shape> broadcast(const tensor::Shape& a, const tensor::Shape& b) {
  tensor::Shape result(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    result[result.size() - 1 - i] = x == 1 ? y : x;
  }
  return result;
}

Result<InferredValues> infer_shapes(const Model& model, const InputShapes& inputs) {
  InferredValues values;
  for (const Tensor& constant : model.graph.initializers) values[constant.name] = of_constant(constant);
  for (const ValueInfo& input : model.graph.inputs) {
    const auto given = inputs.find(input.name);
    if (given == inputs.end()) continue;
    Inferred& value = values[input.name];
    value = {input.type.element, given->second, std::nullopt};
  }
  for (const Node& node : model.graph.nodes) {
    if (node.op == "Constant" && node.domain.empty() && !node.outputs.empty()) {
      if (auto constant = of_constant_node(node)) values[node.outputs[0]] = std::move(*constant);
      continue;
    }
    const ShapeRule rule = node.domain.empty() ? shape_rule(node.op) : nullptr;
    if (!rule) continue;
    std::vector<const Inferred*> known;
    for (const std::string& name : node.inputs) {
      const auto value = values.find(name);
      known.push_back(value == values.end() ? nullptr : &value->second);
    }
    ShapeStep step(node, model.opset(), std::move(known));
    rule(step);
    if (!step.problem.empty()) {
      Error error = make_error(ErrorKind::kInvalid, "onnx.shape-conflict",
                               concat("node ", printable(node.name.empty() ? node.outputs.at(0) : node.name), " (",
                                      printable(node.op), ") cannot take these sizes: ", step.problem));
      error.what.path = {Step::key(node.name.empty() ? node.outputs.at(0) : node.name)};
      return error;
    }
    infer_content(step);
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      if (!node.outputs[i].empty()) values[node.outputs[i]] = std::move(step.outputs[i]);
  }
  return values;
}

InputShapes declared_shapes(const Model& model, std::int64_t otherwise) {
  InputShapes shapes;
  for (const ValueInfo* input : model.graph.required_inputs()) {
    if (!input->type.shape) continue;
    tensor::Shape& shape = shapes[input->name];
    for (std::size_t i = 0; i < input->type.shape->size(); ++i)
      // An open first axis is the batch.
      shape.push_back((*input->type.shape)[i].value.value_or(i == 0 ? 1 : otherwise));
  }
  return shapes;
}

}  // namespace zooport::onnx
