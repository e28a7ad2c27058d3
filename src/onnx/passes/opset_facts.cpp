#include "onnx/operators.hpp"
#include "onnx/passes/opset.hpp"

namespace zooport::onnx {
namespace {

// What is beyond is taken as not known, so that rules can count without overflow.
constexpr std::int64_t kMostAxes = 64;
constexpr std::int64_t kMostExtent = std::int64_t{1} << 40;

// Operators whose output has the rank of their first input.
bool keeps_rank(std::string_view op) {
  static const std::set<std::string_view> kKeep = {"Abs",
                                                   "AveragePool",
                                                   "BatchNormalization",
                                                   "Cast",
                                                   "Ceil",
                                                   "Celu",
                                                   "Clip",
                                                   "Concat",
                                                   "Conv",
                                                   "ConvTranspose",
                                                   "CumSum",
                                                   "DepthToSpace",
                                                   "Dropout",
                                                   "Elu",
                                                   "Erf",
                                                   "Exp",
                                                   "Floor",
                                                   "Gelu",
                                                   "GlobalAveragePool",
                                                   "GlobalMaxPool",
                                                   "GroupNormalization",
                                                   "HardSigmoid",
                                                   "HardSwish",
                                                   "Hardmax",
                                                   "Identity",
                                                   "InstanceNormalization",
                                                   "LRN",
                                                   "LayerNormalization",
                                                   "LeakyRelu",
                                                   "Log",
                                                   "LogSoftmax",
                                                   "LpNormalization",
                                                   "LpPool",
                                                   "MaxPool",
                                                   "Mish",
                                                   "Neg",
                                                   "Not",
                                                   "PRelu",
                                                   "Pad",
                                                   "Reciprocal",
                                                   "Relu",
                                                   "Resize",
                                                   "Round",
                                                   "Selu",
                                                   "Sigmoid",
                                                   "Sign",
                                                   "Slice",
                                                   "Softmax",
                                                   "Softplus",
                                                   "Softsign",
                                                   "SpaceToDepth",
                                                   "Split",
                                                   "Sqrt",
                                                   "Swish",
                                                   "Tanh",
                                                   "ThresholdedRelu",
                                                   "Tile",
                                                   "Transpose",
                                                   "Trilu",
                                                   "Upsample",
                                                   "RMSNormalization",
                                                   "CastLike",
                                                   "QuantizeLinear",
                                                   "DequantizeLinear"};
  return kKeep.count(op) > 0;
}

bool broadcasts(std::string_view op) {
  static const std::set<std::string_view> kBroadcast = {"Add",     "Sub", "Mul",  "Div",   "Pow",   "Max",
                                                        "Min",     "Sum", "Mean", "Where", "Equal", "Less",
                                                        "Greater", "And", "Or",   "Xor"};
  return kBroadcast.count(op) > 0;
}

std::vector<Dimension> dimensions(const tensor::Shape& dims) {
  std::vector<Dimension> shape;
  for (const std::int64_t extent : dims) shape.emplace_back().value = extent;
  return shape;
}

}  // namespace

std::optional<Tensor> value_of_constant(const Node& node) {
  if (const Attribute* value = node.find("value"); value && value->tensors.size() == 1) return value->tensors[0];
  if (const Attribute* ints = node.find("value_ints")) return make_integers("", ints->ints);
  if (const Attribute* one = node.find("value_int")) {
    Tensor tensor = make_integers("", {one->i});
    tensor.dims.clear();
    return tensor;
  }
  if (const Attribute* floats = node.find("value_floats")) {
    return make_floats("", {static_cast<std::int64_t>(floats->floats.size())}, floats->floats);
  }
  if (const Attribute* one = node.find("value_float")) return make_floats("", {}, {one->f});
  return std::nullopt;
}

Facts::Facts(const Model& model) : opset_(model.opset()) { note(model.graph); }

void Facts::note(const ValueInfo& value) {
  if (value.type.element != ElementType::kUndefined) types_.emplace(value.name, value.type.element);
  if (value.type.shape) shapes_.emplace(value.name, *value.type.shape);
}

void Facts::note_constant(const std::string& name, const Tensor& tensor) {
  const auto [at, is_new] = constants_.emplace(name, tensor);
  if (!is_new) at->second.reset();
  types_.emplace(name, tensor.type);
  shapes_.emplace(name, dimensions(tensor.dims));
}

void Facts::note(const Graph& graph) {
  for (const Tensor& tensor : graph.initializers) note_constant(tensor.name, tensor);
  for (const ValueInfo& value : graph.inputs) note(value);
  for (const ValueInfo& value : graph.values) note(value);
  for (const ValueInfo& value : graph.outputs) note(value);
  for (const ValueInfo& value : graph.outputs) read_.insert(value.name);
  for (const Node& node : graph.nodes) {
    read_.insert(node.inputs.begin(), node.inputs.end());
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) note(inner);
    }
    note(node);
  }
}

void Facts::note(const Node& node) {
  if (node.outputs.empty() || !node.domain.empty()) return;
  const std::string& output = node.outputs[0];
  if (node.op == "Constant") {
    if (const auto value = value_of_constant(node)) note_constant(output, *value);
    return;
  }
  if (const OperatorForm* form = find_operator(node.op, opset_)) {
    ElementType made = form->output_type;
    if (form->output_as >= 0) made = type(node.input(static_cast<std::size_t>(form->output_as)));
    if (node.op == "Cast") made = static_cast<ElementType>(node.int_or("to", 0));
    if (made != ElementType::kUndefined) types_.emplace(output, made);
    // Operators with several outputs of one type.
    if (made != ElementType::kUndefined && node.op == "Split") {
      for (const std::string& more : node.outputs) types_.emplace(more, made);
    }
  }
  std::optional<std::int64_t> made;
  if (keeps_rank(node.op)) {
    made = rank(node.input(0));
  } else if (broadcasts(node.op)) {
    made = 0;
    for (const std::string& input : node.inputs) {
      const auto one = rank(input);
      made = made && one ? std::optional(std::max(*made, *one)) : std::nullopt;
    }
  } else if (node.op == "Flatten") {
    made = 2;
  } else if (node.op == "Reshape") {
    if (const auto shape = integers(node.input(1))) made = static_cast<std::int64_t>(shape->size());
  } else if (node.op == "Shape") {
    made = 1;
  } else if (node.op == "MatMul") {
    const auto a = rank(node.input(0));
    const auto b = rank(node.input(1));
    if (a && b && *a >= 2 && *b >= 2) made = std::max(*a, *b);
  } else if (node.op == "Unsqueeze" || node.op == "Squeeze") {
    const auto before = rank(node.input(0));
    const Attribute* attribute = node.find("axes");
    const auto axes = attribute ? std::optional(attribute->ints) : integers(node.input(1));
    const auto sign = node.op == "Squeeze" ? -1 : 1;
    if (before && axes) made = *before + sign * static_cast<std::int64_t>(axes->size());
  }
  if (!made || *made < 0 || *made > kMostAxes) return;
  ranks_.emplace(output, *made);
  if (node.op == "Split") {
    for (const std::string& more : node.outputs) ranks_.emplace(more, *made);
  }
}

ElementType Facts::type(const std::string& name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? ElementType::kUndefined : found->second;
}

std::optional<std::int64_t> Facts::rank(const std::string& name) const {
  if (const auto shape = shapes_.find(name); shape != shapes_.end()) {
    const auto rank = static_cast<std::int64_t>(shape->second.size());
    return rank <= kMostAxes ? std::optional(rank) : std::nullopt;
  }
  const auto found = ranks_.find(name);
  return found == ranks_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> Facts::extent(const std::string& name, std::int64_t axis) const {
  const auto found = shapes_.find(name);
  if (found == shapes_.end()) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(found->second.size());
  const std::int64_t index = axis < 0 ? axis + rank : axis;
  if (index < 0 || index >= rank) return std::nullopt;
  const auto& value = found->second[static_cast<std::size_t>(index)].value;
  return value && *value >= 0 && *value <= kMostExtent ? value : std::nullopt;
}

const Tensor* Facts::constant(const std::string& name) const {
  const auto found = constants_.find(name);
  return found == constants_.end() || !found->second ? nullptr : &*found->second;
}

std::optional<std::vector<std::int64_t>> Facts::integers(const std::string& name) const {
  const Tensor* tensor = constant(name);
  return tensor ? integers_of(*tensor) : std::nullopt;
}

}  // namespace zooport::onnx
