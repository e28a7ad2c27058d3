#include <algorithm>
#include <cmath>
#include <cstring>

#include "onnx/element.hpp"
#include "onnx/operators.hpp"
#include "onnx/passes/defaults.hpp"
#include "onnx/passes/opset.hpp"
#include "onnx/passes/shape_rules.hpp"
#include "zooport/tensor/array.hpp"

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
  const Attribute* text = node.find("value_string");
  const Attribute* texts = node.find("value_strings");
  if (text || texts) {
    Tensor tensor;
    tensor.type = ElementType::kString;
    if (texts) tensor.dims = {static_cast<std::int64_t>(texts->strings.size())};
    tensor.strings = texts ? texts->strings : std::vector<std::string>{text->s};
    return tensor;
  }
  return std::nullopt;
}

std::optional<Tensor> dense_of(const SparseTensor& sparse) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 28;
  const std::int64_t count = count_of(sparse.dims);
  const auto size = bytes_of(sparse.values.type, count);
  const auto places = integers_of(sparse.indices);
  const std::size_t width = bits_of(sparse.values.type) / 8;
  if (count < 0 || !size || *size > kMostBytes || !places || width == 0) return std::nullopt;
  const std::size_t rank = sparse.dims.size();
  const std::size_t values = sparse.values.raw.size() / width;
  const bool is_linear = sparse.indices.dims.size() == 1;
  if (places->size() != values * (is_linear ? 1 : rank)) return std::nullopt;
  std::vector<std::byte> bytes(static_cast<std::size_t>(*size));
  for (std::size_t i = 0; i < values; ++i) {
    std::int64_t at = is_linear ? (*places)[i] : 0;
    for (std::size_t axis = 0; axis < rank && !is_linear; ++axis) {
      const std::int64_t place = (*places)[i * rank + axis];
      if (place < 0 || place >= sparse.dims[axis]) return std::nullopt;
      at = at * sparse.dims[axis] + place;
    }
    if (at < 0 || at >= count) return std::nullopt;
    std::copy_n(sparse.values.raw.data() + i * width, width, bytes.data() + static_cast<std::size_t>(at) * width);
  }
  Tensor dense;
  dense.type = sparse.values.type;
  dense.dims = sparse.dims;
  dense.raw = Bytes(std::move(bytes));
  return dense;
}

namespace {

// Open axes of inputs stand at several sizes: what comes out the same for all is fixed. The last one is small, so that
// what a large size alone makes equal (a cut to 64) is seen.
constexpr std::int64_t kStandIns[Facts::kProbes] = {96, 480, 2};

std::int64_t stand_in(std::size_t probe, std::size_t index) {
  const std::int64_t step = kStandIns[probe] >= 32 ? 32 : 1;
  return kStandIns[probe] + step * static_cast<std::int64_t>(index % 16);
}

bool is_sane(const tensor::Shape& shape) {
  return shape.size() <= static_cast<std::size_t>(kMostAxes) &&
         std::all_of(shape.begin(), shape.end(), [](std::int64_t d) { return d >= 0 && d <= kMostExtent; });
}

// What a value holds, as a tensor; none for element types that no size is made of.
std::optional<Tensor> tensor_of(const Inferred& value) {
  constexpr double kExact = 9007199254740992.0;
  if (!value.content || !value.shape || !is_sane(*value.shape)) return std::nullopt;
  const auto& numbers = *value.content;
  if (count_of(*value.shape) != static_cast<std::int64_t>(numbers.size())) return std::nullopt;
  if (value.element == ElementType::kInt64 || value.element == ElementType::kInt32) {
    for (const double number : numbers) {
      if (!(std::abs(number) < kExact)) return std::nullopt;
    }
  } else if (value.element != ElementType::kFloat) {
    return std::nullopt;
  }
  const tensor::Array made = tensor::Array::of<double>(*value.shape, numbers);
  return make_tensor("", tensor::Array::converted(made.view(), *dtype_of(value.element)).view());
}

}  // namespace

std::vector<double> doubles_of(const Tensor& tensor) {
  const auto dtype = dtype_of(tensor.type);
  const std::int64_t count = count_of(tensor.dims);
  if (!dtype || count < 0 || tensor.raw.size() != static_cast<std::size_t>(count) * tensor::size_of(*dtype)) return {};
  tensor::Array values = tensor::Array::uninitialized(*dtype, {count});
  std::copy(tensor.raw.span().begin(), tensor.raw.span().end(), values.bytes().begin());
  const tensor::Array reals = tensor::Array::converted(values.view(), tensor::Dtype::kFloat64);
  return {reals.as<double>().begin(), reals.as<double>().end()};
}

Facts::Facts(const Model& model) : defaults_(inputs_with_defaults(model)), opset_(model.opset()) {
  std::map<std::string, std::size_t> symbols;
  std::size_t unnamed = 0;
  for (const ValueInfo& input : model.graph.inputs) {
    if (!input.type.shape) continue;
    for (std::size_t probe = 0; probe < kProbes; ++probe) {
      tensor::Shape shape;
      std::size_t without_name = unnamed;
      for (const Dimension& dimension : *input.type.shape) {
        std::size_t index = 0;
        if (!dimension.value) {
          index = dimension.symbol.empty() ? without_name++
                                           : symbols.emplace(dimension.symbol, symbols.size()).first->second;
        }
        shape.push_back(dimension.value.value_or(stand_in(probe, index)));
      }
      if (probe + 1 == kProbes) unnamed = without_name;
      if (is_sane(shape)) inferred_[probe][input.name] = {input.type.element, std::move(shape), std::nullopt};
    }
  }
  note(model.graph);
}

void Facts::note(const ValueInfo& value) {
  if (value.type.element != ElementType::kUndefined) types_.emplace(value.name, value.type.element);
  if (value.type.shape) shapes_.emplace(value.name, *value.type.shape);
  // The first byte of a type that is no tensor: the field of TypeProto that says which.
  const auto tag =
      value.type.other.empty() ? 0u : static_cast<unsigned>(static_cast<unsigned char>(value.type.other[0]));
  if (tag == 0x22) kinds_.emplace(value.name, "sequence");
  if (tag == 0x4a) kinds_.emplace(value.name, "optional value");
}

std::string_view Facts::kind(const std::string& name) const {
  const auto found = kinds_.find(name);
  return found == kinds_.end() ? std::string_view() : found->second;
}

void Facts::note_kinds(const Node& node) {
  static const std::set<std::string_view> kSequences = {"SequenceConstruct", "SequenceEmpty",   "SequenceErase",
                                                        "SequenceInsert",    "SplitToSequence", "SequenceMap"};
  const auto set = [&](std::size_t output, std::string_view kind) {
    if (output < node.outputs.size() && !kind.empty()) kinds_.emplace(node.outputs[output], kind);
  };
  if (kSequences.count(node.op) > 0) set(0, "sequence");
  if (node.op == "Optional") set(0, "optional value");
  if (node.op == "Identity") set(0, kind(node.input(0)));
}

// What a body gets of the node around it.
void Facts::enter(const Node& node, const Graph& body) {
  if (!node.domain.empty() || node.op != "Loop") return;
  for (std::size_t i = 0; i < body.inputs.size(); ++i) {
    const std::string& name = body.inputs[i].name;
    const ElementType type = i == 0 ? ElementType::kInt64 : i == 1 ? ElementType::kBool : this->type(node.input(i));
    if (type != ElementType::kUndefined) types_.emplace(name, type);
    if (i >= 2 && !kind(node.input(i)).empty()) kinds_.emplace(name, kind(node.input(i)));
  }
}

// What the node around it gets of a body.
void Facts::leave(const Node& node, const Graph& body) {
  if (!node.domain.empty() || (node.op != "Loop" && node.op != "If")) return;
  const bool is_branch = node.op == "If";
  const std::size_t skipped = is_branch ? 0 : 1;
  for (std::size_t i = 0; i < node.outputs.size() && i + skipped < body.outputs.size(); ++i) {
    const std::string& output = node.outputs[i];
    const std::string& inner = body.outputs[i + skipped].name;
    if (output.empty()) continue;
    const bool is_state = is_branch || i + 2 < node.inputs.size();
    if (is_state && !kind(inner).empty()) kinds_.emplace(output, kind(inner));
    if (const ElementType known = type(inner); known != ElementType::kUndefined) types_.emplace(output, known);
    // Both branches have to agree.
    const auto made = is_branch ? rank(inner) : std::nullopt;
    if (!made) continue;
    const auto [at, is_new] = branch_ranks_.emplace(output, *made);
    if (!is_new && at->second == *made) ranks_.emplace(output, *made);
  }
}

void Facts::note_constant(const std::string& name, const Tensor& tensor) {
  const auto [at, is_new] = constants_.emplace(name, tensor);
  if (!is_new) at->second.reset();
  types_.emplace(name, tensor.type);
  shapes_.emplace(name, dimensions(tensor.dims));
  Inferred value{tensor.type, tensor.dims, content_of(tensor)};
  for (InferredValues& probe : inferred_) {
    const auto [known, added] = probe.emplace(name, value);
    if (!added) known->second = {};
  }
}

void Facts::note(const Graph& graph) {
  for (const Tensor& tensor : graph.initializers) {
    if (!defaults_.count(tensor.name)) note_constant(tensor.name, tensor);
  }
  for (const ValueInfo& value : graph.inputs) note(value);
  for (const Tensor& tensor : graph.initializers) {
    if (defaults_.count(tensor.name)) shapes_.emplace(tensor.name, dimensions(tensor.dims));
  }
  for (const ValueInfo& value : graph.values) note(value);
  for (const ValueInfo& value : graph.outputs) note(value);
  for (const ValueInfo& value : graph.outputs) read_.insert(value.name);
  for (const Node& node : graph.nodes) {
    read_.insert(node.inputs.begin(), node.inputs.end());
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) {
        enter(node, inner);
        note(inner);
        leave(node, inner);
      }
    }
    note(node);
  }
}

// The outputs at every probe; a value of a name that is there already (in another graph inside) is not known any more.
void Facts::infer(const Node& node) {
  const ShapeRule rule = shape_rule(node.op);
  for (InferredValues& values : inferred_) {
    std::vector<Inferred> outputs(node.outputs.size());
    if (rule) {
      std::vector<const Inferred*> known;
      for (const std::string& name : node.inputs) {
        const auto value = values.find(name);
        known.push_back(value == values.end() ? nullptr : &value->second);
      }
      ShapeStep step(node, opset_, std::move(known));
      rule(step);
      if (step.problem.empty()) infer_content(step);
      if (step.problem.empty()) outputs = std::move(step.outputs);
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i].empty()) continue;
      if (outputs[i].shape && !is_sane(*outputs[i].shape)) outputs[i] = {};
      const auto [at, is_new] = values.emplace(node.outputs[i], std::move(outputs[i]));
      if (!is_new) at->second = {};
    }
  }
  for (const std::string& output : node.outputs) {
    if (output.empty() || constants_.count(output)) continue;
    const Inferred* value = agreed(output);
    if (!value) continue;
    if (value->element != ElementType::kUndefined) types_.emplace(output, value->element);
    const bool equal = std::all_of(inferred_.begin(), inferred_.end(), [&](const InferredValues& values) {
      const Inferred& other = values.find(output)->second;
      return !other.shape || other.content == value->content;
    });
    if (!equal) continue;
    if (auto tensor = tensor_of(*value)) constants_.emplace(output, std::move(*tensor));
  }
}

// What the first probe says, if the second one knows the shape, too, and none contradicts in the number of axes.
const Inferred* Facts::agreed(const std::string& name) const {
  const Inferred* first = nullptr;
  for (std::size_t probe = 0; probe < kProbes; ++probe) {
    const auto found = inferred_[probe].find(name);
    const Inferred* value = found == inferred_[probe].end() || !found->second.shape ? nullptr : &found->second;
    if (!value && probe < 2) return nullptr;
    if (probe == 0) first = value;
    if (value && value->shape->size() != first->shape->size()) return nullptr;
  }
  return first;
}

void Facts::note(const Node& node) {
  if (node.outputs.empty() || !node.domain.empty()) return;
  const std::string& output = node.outputs[0];
  if (node.op == "Constant") {
    if (const auto value = value_of_constant(node)) note_constant(output, *value);
    return;
  }
  note_kinds(node);
  infer(node);
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
  if (const Inferred* value = agreed(name)) return static_cast<std::int64_t>(value->shape->size());
  const auto found = ranks_.find(name);
  return found == ranks_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::int64_t> Facts::extent(const std::string& name, std::int64_t axis) const {
  const auto rank_known = rank(name);
  if (!rank_known) return std::nullopt;
  const std::int64_t index = axis < 0 ? axis + *rank_known : axis;
  if (index < 0 || index >= *rank_known) return std::nullopt;
  if (const auto found = shapes_.find(name); found != shapes_.end()) {
    const auto& value = found->second[static_cast<std::size_t>(index)].value;
    if (value) return *value >= 0 && *value <= kMostExtent ? value : std::nullopt;
  }
  const Inferred* value = agreed(name);
  if (!value || static_cast<std::int64_t>(value->shape->size()) != *rank_known) return std::nullopt;
  const std::int64_t extent = (*value->shape)[static_cast<std::size_t>(index)];
  for (const InferredValues& values : inferred_) {
    const Inferred& other = values.find(name)->second;
    if (other.shape && (*other.shape)[static_cast<std::size_t>(index)] != extent) return std::nullopt;
  }
  return extent;
}

std::optional<tensor::Shape> Facts::shape(const std::string& name) const {
  const auto axes = rank(name);
  if (!axes) return std::nullopt;
  tensor::Shape shape;
  for (std::int64_t axis = 0; axis < *axes; ++axis) {
    const auto one = extent(name, axis);
    if (!one) return std::nullopt;
    shape.push_back(*one);
  }
  return shape;
}

const Tensor* Facts::constant(const std::string& name) const {
  const auto found = constants_.find(name);
  if (found != constants_.end() && found->second) return &*found->second;
  asked_.insert(name);
  return nullptr;
}

std::optional<std::vector<std::int64_t>> Facts::integers(const std::string& name) const {
  const Tensor* tensor = constant(name);
  return tensor ? integers_of(*tensor) : std::nullopt;
}

std::optional<std::vector<float>> Facts::floats(const std::string& name) const {
  const Tensor* tensor = constant(name);
  if (!tensor || tensor->type != ElementType::kFloat) return std::nullopt;
  std::vector<float> values(tensor->raw.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), tensor->raw.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace zooport::onnx
