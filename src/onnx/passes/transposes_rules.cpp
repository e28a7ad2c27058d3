#include "onnx/passes/transposes_rules.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace zooport::onnx {
namespace axes_rules {

Slot all_axes(int rank) { return {true, full({}, static_cast<std::size_t>(rank)), false}; }

Slot without(int rank, const Ints& axes) {
  Slot slot{true, {}, false};
  for (int i = 0; i < rank; ++i) {
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) slot.axes.push_back(i);
  }
  return slot;
}

Rule plain(const Node& node, const Surroundings& around) {
  AxesRule rule;
  rule.rank = around.rank(0);
  if (rule.rank < 2 || rule.rank > kMostAxes) return std::nullopt;
  rule.inputs.resize(node.inputs.size());
  rule.inputs[0] = all_axes(rule.rank);
  rule.outputs.assign(node.outputs.size(), all_axes(rule.rank));
  return rule;
}

bool has_more_outputs(const Node& node) {
  return std::any_of(node.outputs.begin() + 1, node.outputs.end(), [](const std::string& n) { return !n.empty(); });
}

std::optional<Ints> counted(Ints axes, int rank) {
  for (std::int64_t& axis : axes) {
    axis = axis_in(axis, static_cast<std::size_t>(rank));
    if (axis < 0) return std::nullopt;
  }
  Ints sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return axes;
}

Ints indices_of(const Order& turn, std::size_t times) {
  Ints indices;
  for (std::size_t t = 0; t < times; ++t) {
    for (const int axis : turn) indices.push_back(axis + static_cast<std::int64_t>(t * turn.size()));
  }
  return indices;
}

}  // namespace axes_rules

namespace {

using namespace axes_rules;

using Maker = Rule (*)(const Node&, const Surroundings&);

const std::unordered_map<std::string_view, Maker>& makers() {
  static const std::unordered_map<std::string_view, Maker> kMakers = [] {
    std::unordered_map<std::string_view, Maker> all;
    const auto put = [&](Maker maker, std::initializer_list<std::string_view> ops) {
      for (const std::string_view op : ops) all.emplace(op, maker);
    };
    put(unary, {"Abs",       "Acos",       "Acosh",    "Asin",
                "Asinh",     "Atan",       "Atanh",    "BitwiseNot",
                "Cast",      "Ceil",       "Celu",     "Clip",
                "Cos",       "Cosh",       "Elu",      "Erf",
                "Exp",       "Floor",      "Gelu",     "HardSigmoid",
                "HardSwish", "Identity",   "IsInf",    "IsNaN",
                "Log",       "Mish",       "Neg",      "Not",
                "LeakyRelu", "Reciprocal", "Relu",     "Round",
                "Selu",      "Shrink",     "Sigmoid",  "Sign",
                "Sin",       "Sinh",       "Softplus", "Softsign",
                "Sqrt",      "Tan",        "Tanh",     "ThresholdedRelu",
                "Swish",     "CastLike"});
    put(broadcasting, {"Add",        "And",         "BitShift", "BitwiseAnd", "BitwiseOr",
                       "BitwiseXor", "Div",         "Equal",    "Greater",    "GreaterOrEqual",
                       "Less",       "LessOrEqual", "Max",      "Mean",       "Min",
                       "Mod",        "Mul",         "Or",       "Pow",        "Sub",
                       "Sum",        "Where",       "Xor"});
    put(prelu, {"PRelu"});
    put(dropout, {"Dropout"});
    put(concat_rule, {"Concat"});
    put(one_axis<0>, {"Split"});
    put(one_axis<-1>, {"TopK", "LpNormalization"});
    put(softmax, {"Softmax", "LogSoftmax", "Hardmax"});
    put(matrix_product, {"MatMul"});
    put(layer_normalization, {"LayerNormalization", "RMSNormalization"});
    put(batch_normalization, {"BatchNormalization"});
    put(space_only,
        {"InstanceNormalization", "GroupNormalization", "LRN", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"});
    put(pool, {"MaxPool", "AveragePool", "LpPool"});
    put(convolution, {"Conv", "ConvTranspose", "ConvInteger"});
    put(quantized_convolution, {"QLinearConv"});
    put(reduction, {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
                    "ReduceProd", "ReduceSum", "ReduceSumSquare"});
    put(arg_reduction, {"ArgMax", "ArgMin"});
    put(squeeze, {"Squeeze"});
    put(unsqueeze, {"Unsqueeze"});
    put(slice, {"Slice"});
    put(pad, {"Pad"});
    put(gather, {"Gather"});
    put(elements, {"GatherElements", "ScatterElements"});
    put(expand, {"Expand"});
    put(tile, {"Tile"});
    put(resize, {"Resize", "Upsample"});
    put(shape, {"Shape"});
    put(size, {"Size"});
    put(cumulative, {"CumSum"});
    put(mean_variance, {"MeanVarianceNormalization"});
    put(quantization, {"QuantizeLinear", "DequantizeLinear"});
    return all;
  }();
  return kMakers;
}

}  // namespace

std::optional<AxesRule> axes_rule(const Node& node, const Surroundings& around) {
  const auto found = makers().find(node.op);
  if (!node.domain.empty() || found == makers().end() || node.inputs.empty() || node.inputs[0].empty() ||
      node.outputs.empty()) {
    return std::nullopt;
  }
  for (const Attribute& attribute : node.attributes) {
    if (!attribute.graphs.empty() || !attribute.reference.empty()) return std::nullopt;
  }
  return found->second(node, around);
}

}  // namespace zooport::onnx
