#include <algorithm>
#include <unordered_map>

#include "onnx/element.hpp"
#include "onnx/passes/shape_scope.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

const std::unordered_map<std::string_view, ShapeRule>& rules() {
  static const std::unordered_map<std::string_view, ShapeRule> kRules = [] {
    std::unordered_map<std::string_view, ShapeRule> all;
    for (const auto* family :
         {&elementwise_shape_rules(), &window_shape_rules(), &layout_shape_rules(), &integer_shape_rules(),
          &product_shape_rules(), &indexing_shape_rules(), &signal_shape_rules(), &recurrent_shape_rules()})
      for (const NamedShapeRule& named : *family) all.emplace(named.op, named.rule);
    return all;
  }();
  return kRules;
}

// Ends of slices stand at the limits of int64; sums with an extent must not overflow.
constexpr std::int64_t kMostInteger = 9'200'000'000'000'000'000;
constexpr std::int64_t kMostExtent = std::int64_t{1} << 45;
constexpr std::size_t kMostAxes = 64;

Inferred of_constant(const Tensor& constant) {
  Inferred value;
  value.element = constant.type;
  if (is_countable(constant.dims)) value.shape = constant.dims;
  if (value.shape) value.content = content_of(constant);
  return value;
}

Inferred of_sparse(const SparseTensor& constant) {
  Inferred value;
  value.element = constant.values.type;
  if (count_of(constant.dims) >= 0) value.shape = constant.dims;
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
  } else if (const Attribute* sparse = node.find("sparse_value"); sparse && sparse->sparse_tensors.size() == 1) {
    return of_sparse(sparse->sparse_tensors[0]);
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
    if (number != number) return std::nullopt;
    constexpr auto kMost = static_cast<double>(kMostInteger);
    result.push_back(static_cast<std::int64_t>(std::clamp(number, -kMost, kMost)));
  }
  return result;
}

std::optional<std::vector<std::int64_t>> ShapeStep::list(std::string_view attribute, std::size_t i) const {
  const Attribute* given = node.find(attribute);
  if (!given) return integers(i);
  std::vector<std::int64_t> result = given->ints;
  for (std::int64_t& number : result) number = std::clamp(number, -kMostInteger, kMostInteger);
  return result;
}

void ShapeStep::set(std::size_t output, ElementType element, tensor::Shape shape) {
  if (output >= outputs.size()) return;
  outputs[output].element = element;
  if (shape.size() > kMostAxes) return;
  for (const std::int64_t extent : shape) {
    if (extent < 0) return conflict(concat("it would give ", shape_text(shape)));
  }
  if (is_countable(shape)) outputs[output].shape = std::move(shape);
}

bool is_countable(const tensor::Shape& shape) {
  return shape.size() <= kMostAxes &&
         std::all_of(shape.begin(), shape.end(), [](std::int64_t n) { return n >= 0 && n <= kMostExtent; }) &&
         tensor::element_count(shape) >= 0;
}

std::int64_t product_of(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? kMostExtent + 1 : product;
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

const Inferred* ShapeScope::find(std::string_view name) const {
  if (name.empty()) return nullptr;
  for (const ShapeScope* scope = this; scope; scope = scope->outer) {
    const auto found = scope->values.find(name);
    if (found != scope->values.end()) return &found->second;
  }
  return nullptr;
}

bool spend(ShapeScope& scope, std::size_t steps) {
  if (*scope.steps_left < steps) *scope.steps_left = 0;
  if (*scope.steps_left == 0) return false;
  *scope.steps_left -= steps;
  return true;
}

void add_constants(const Graph& graph, ShapeScope& scope) {
  for (const Tensor& constant : graph.initializers) scope.values.try_emplace(constant.name, of_constant(constant));
  for (const SparseTensor& constant : graph.sparse_initializers) {
    scope.values.try_emplace(constant.values.name, of_sparse(constant));
  }
}

Result<void> infer_node(const Node& node, ShapeScope& scope) {
  if (node.outputs.empty() || !spend(scope, 1 + node.inputs.size() + node.outputs.size())) return {};
  if (node.op == "Constant" && node.domain.empty() && !node.outputs.empty()) {
    if (auto constant = of_constant_node(node)) scope.values[node.outputs[0]] = std::move(*constant);
    return {};
  }
  ZOOPORT_TRY_ASSIGN(const bool is_control, infer_control(node, scope));
  if (is_control) return {};
  const ShapeRule rule = node.domain.empty() ? shape_rule(node.op) : shape_rule(concat(node.domain, "::", node.op));
  if (!rule) return {};
  std::vector<const Inferred*> known;
  for (const std::string& name : node.inputs) known.push_back(scope.find(name));
  ShapeStep step(node, scope.opset, std::move(known));
  rule(step);
  if (!step.problem.empty()) {
    Error error = make_error(ErrorKind::kInvalid, "onnx.shape-conflict",
                             concat(called(node), " cannot take these sizes: ", step.problem));
    error.what.path = {Step::key(name_of_node(node))};
    return error;
  }
  infer_content(step);
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty()) scope.values[node.outputs[i]] = std::move(step.outputs[i]);
  return {};
}

Result<void> infer_nodes(const Graph& graph, ShapeScope& scope) {
  add_constants(graph, scope);
  for (const Node& node : graph.nodes) {
    ZOOPORT_TRY(infer_node(node, scope));
    if (scope.work) add_work(node, scope, *scope.work);
  }
  return {};
}

Result<InferredValues> infer_shapes(const Model& model, const InputShapes& inputs) {
  std::size_t steps_left = kMostSteps;
  return infer_shapes(model, inputs, steps_left);
}

Result<InferredValues> infer_shapes(const Model& model, const InputShapes& inputs, std::size_t& steps_left) {
  ShapeScope scope{nullptr, model.opset(), 0, &steps_left, {}};
  add_constants(model.graph, scope);
  for (const ValueInfo& input : model.graph.inputs) {
    const auto given = inputs.find(input.name);
    if (given == inputs.end()) continue;
    Inferred& value = scope.values[input.name] = {input.type.element, std::nullopt, std::nullopt};
    if (is_countable(given->second)) value.shape = given->second;
  }
  ZOOPORT_TRY(infer_nodes(model.graph, scope));
  return std::move(scope.values);
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
