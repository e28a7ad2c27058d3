#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "onnx/element.hpp"
#include "onnx/passes/shape_rules.hpp"
#include "onnx/passes/transposes.hpp"

namespace zooport::onnx {
namespace {

using Rule = std::optional<AxesRule>;
using Ints = std::vector<std::int64_t>;

constexpr int kMostAxes = 12;

Slot all_axes(int rank) { return {true, full({}, static_cast<std::size_t>(rank)), false}; }

Slot without(int rank, const Ints& axes) {
  Slot slot{true, {}, false};
  for (int i = 0; i < rank; ++i) {
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) slot.axes.push_back(i);
  }
  return slot;
}

// The first input and all outputs follow, other inputs stay.
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

// Axes as they are given, counted from the start; none if one is out of range or there twice.
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

Rule broadcasting(const Node& node, const Surroundings& around) {
  AxesRule rule;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (around.rank(i) < 0) return std::nullopt;
    rule.rank = std::max(rule.rank, around.rank(i));
  }
  if (rule.rank < 2 || rule.rank > kMostAxes || node.outputs.size() != 1) return std::nullopt;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    Slot slot = all_axes(rule.rank);
    slot.axes.erase(slot.axes.begin(), slot.axes.begin() + (rule.rank - around.rank(i)));
    slot.trailing = around.rank(i) < rule.rank;
    rule.inputs.push_back(std::move(slot));
  }
  rule.outputs.push_back(all_axes(rule.rank));
  return rule;
}

Rule prelu(const Node& node, const Surroundings& around) {
  Rule rule = broadcasting(node, around);
  return rule && rule->rank == around.rank(0) ? rule : std::nullopt;
}

Rule unary(const Node& node, const Surroundings& around) { return plain(node, around); }

Rule dropout(const Node& node, const Surroundings& around) {
  return node.input(2).empty() ? plain(node, around) : std::nullopt;
}

// One axis in an attribute.
template <int kDefault>
Rule one_axis(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule) return rule;
  const std::int64_t axis = axis_in(node.int_or("axis", kDefault), static_cast<std::size_t>(rule->rank));
  if (axis < 0) return std::nullopt;
  rule->rewrite = [](Turning& turning) {
    turning.node.set(make_attribute("axis", turning.moved(turning.node.int_or("axis", kDefault))));
  };
  return rule;
}

Rule concat_rule(const Node& node, const Surroundings& around) {
  Rule rule = one_axis<0>(node, around);
  if (!rule || !node.find("axis")) return std::nullopt;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (around.rank(i) != rule->rank) return std::nullopt;
    rule->inputs[i] = all_axes(rule->rank);
  }
  return rule;
}

Rule softmax(const Node& node, const Surroundings& around) {
  if (around.opset >= 13) {
    Rule rule = one_axis<-1>(node, around);
    if (rule)
      rule->best_last = static_cast<int>(axis_in(node.int_or("axis", -1), static_cast<std::size_t>(rule->rank)));
    return rule;
  }
  // Over all axes from `axis` on.
  Rule rule = plain(node, around);
  if (!rule) return rule;
  const std::int64_t axis = axis_in(node.int_or("axis", 1), static_cast<std::size_t>(rule->rank));
  if (axis < 0) return std::nullopt;
  for (int i = static_cast<int>(axis); i < rule->rank; ++i) rule->fixed.push_back(i);
  return rule;
}

Rule layer_normalization(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || has_more_outputs(node)) return std::nullopt;
  const std::int64_t axis = axis_in(node.int_or("axis", -1), static_cast<std::size_t>(rule->rank));
  if (axis < 0) return std::nullopt;
  for (int i = static_cast<int>(axis); i < rule->rank; ++i) rule->fixed.push_back(i);
  return rule;
}

Rule batch_normalization(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || has_more_outputs(node) || node.int_or("training_mode", 0) != 0 || node.int_or("spatial", 1) != 1) {
    return std::nullopt;
  }
  rule->fixed = {1};
  return rule;
}

// Batch and channels stay.
Rule space_only(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || rule->rank < 4 || has_more_outputs(node)) return std::nullopt;
  rule->fixed = {0, 1};
  return rule;
}

void permute_spatial(Turning& turning) {
  for (const char* name : {"kernel_shape", "strides", "dilations", "output_padding", "output_shape", "pads"}) {
    Attribute* attribute = turning.node.find(name);
    if (!attribute) continue;
    const std::size_t space = turning.turn.size() - 2;
    Ints moved(attribute->ints.size());
    for (std::size_t i = 0; i < moved.size(); ++i) {
      const std::size_t half = i / space * space;
      moved[i] = attribute->ints[half + static_cast<std::size_t>(turning.turn[i % space + 2]) - 2];
    }
    attribute->ints = std::move(moved);
  }
}

Rule windows(const Node& node, const Surroundings& around, const std::vector<std::size_t>& following) {
  Rule rule = space_only(node, around);
  if (!rule) return rule;
  const auto space = static_cast<std::size_t>(rule->rank) - 2;
  for (const char* name : {"kernel_shape", "strides", "dilations", "output_padding", "output_shape", "pads"}) {
    const Attribute* attribute = node.find(name);
    const std::size_t expected = name == std::string_view("pads") ? 2 * space : space;
    if (attribute && attribute->ints.size() != expected) return std::nullopt;
  }
  for (const std::size_t i : following) {
    if (around.rank(i) != rule->rank) return std::nullopt;
    rule->inputs[i] = all_axes(rule->rank);
  }
  rule->rewrite = permute_spatial;
  return rule;
}
Rule pool(const Node& node, const Surroundings& around) { return windows(node, around, {}); }
Rule convolution(const Node& node, const Surroundings& around) { return windows(node, around, {1}); }
Rule quantized_convolution(const Node& node, const Surroundings& around) { return windows(node, around, {3}); }

// An attribute in older opsets, an input in newer ones; none: it is not constant.
std::optional<Ints> axes_given(const Node& node, const Surroundings& around, std::size_t input, bool& is_given) {
  const Attribute* attribute = node.find("axes");
  is_given = attribute || !node.input(input).empty();
  if (attribute) return attribute->ints;
  return around.integers(input);
}

template <std::size_t kInput>
void move_axes(Turning& turning) {
  if (Attribute* attribute = turning.node.find("axes")) {
    attribute->ints = turning.moved(attribute->ints);
  } else if (const auto axes = turning.around.integers(kInput); axes && !turning.node.input(kInput).empty()) {
    turning.node.inputs[kInput] = turning.add.integers(turning.moved(*axes));
  }
}

Rule reduction(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || node.outputs.size() != 1) return std::nullopt;
  bool is_given = false;
  auto axes = axes_given(node, around, 1, is_given);
  if (is_given && !axes) return std::nullopt;
  if (!axes) axes.emplace();
  axes = counted(*axes, rule->rank);
  if (!axes) return std::nullopt;
  const bool all = axes->empty() && node.int_or("noop_with_empty_axes", 0) == 0;
  if (all) {
    axes->resize(static_cast<std::size_t>(rule->rank));
    std::iota(axes->begin(), axes->end(), 0);
  }
  if (node.int_or("keepdims", 1) == 0) rule->outputs[0] = without(rule->rank, *axes);
  if (!all) rule->rewrite = move_axes<1>;
  return rule;
}

Rule arg_reduction(const Node& node, const Surroundings& around) {
  Rule rule = one_axis<0>(node, around);
  if (!rule || node.outputs.size() != 1) return std::nullopt;
  const std::int64_t axis = axis_in(node.int_or("axis", 0), static_cast<std::size_t>(rule->rank));
  if (node.int_or("keepdims", 1) == 0) rule->outputs[0] = without(rule->rank, {axis});
  return rule;
}

Rule squeeze(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || node.outputs.size() != 1) return std::nullopt;
  bool is_given = false;
  auto axes = axes_given(node, around, 1, is_given);
  if (axes) axes = counted(*axes, rule->rank);
  if (!axes || axes->empty()) return std::nullopt;
  rule->outputs[0] = without(rule->rank, *axes);
  rule->rewrite = move_axes<1>;
  return rule;
}

Rule unsqueeze(const Node& node, const Surroundings& around) {
  bool is_given = false;
  auto axes = axes_given(node, around, 1, is_given);
  if (!axes || around.rank(0) < 1 || node.outputs.size() != 1 || axes->size() > kMostAxes) return std::nullopt;
  AxesRule rule;
  rule.rank = around.rank(0) + static_cast<int>(axes->size());
  if (rule.rank > kMostAxes) return std::nullopt;
  axes = counted(*axes, rule.rank);
  if (!axes) return std::nullopt;
  rule.inputs.resize(node.inputs.size());
  rule.inputs[0] = without(rule.rank, *axes);
  rule.outputs.push_back(all_axes(rule.rank));
  rule.rewrite = move_axes<1>;
  return rule;
}

Rule slice(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule) return rule;
  bool is_given = false;
  auto axes = axes_given(node, around, 3, is_given);
  if (!is_given) {
    const Attribute* starts = node.find("starts");
    const std::int64_t count = starts ? static_cast<std::int64_t>(starts->ints.size()) : around.count(1);
    if (count < 0 || count > rule->rank) return std::nullopt;
    axes.emplace(static_cast<std::size_t>(count));
    std::iota(axes->begin(), axes->end(), 0);
  }
  if (axes) axes = counted(*axes, rule->rank);
  if (!axes) return std::nullopt;
  rule->rewrite = [](Turning& turning) {
    Node& changed = turning.node;
    const Attribute* first = changed.find("starts");
    if (changed.find("axes") || !changed.input(3).empty()) return move_axes<3>(turning);
    const std::int64_t count = first ? static_cast<std::int64_t>(first->ints.size()) : turning.around.count(1);
    Ints order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    if (first) {
      changed.set(make_attribute("axes", turning.moved(order)));
    } else {
      if (changed.inputs.size() < 4) changed.inputs.resize(4);
      changed.inputs[3] = turning.add.integers(turning.moved(order));
    }
  };
  return rule;
}

Ints indices_of(const Order& turn, std::size_t times) {
  Ints indices;
  for (std::size_t t = 0; t < times; ++t) {
    for (const int axis : turn) indices.push_back(axis + static_cast<std::int64_t>(t * turn.size()));
  }
  return indices;
}

Rule pad(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule) return rule;
  if (!node.input(3).empty()) {
    const auto given = around.integers(3);
    if (!given || !counted(*given, rule->rank)) return std::nullopt;
    rule->rewrite = move_axes<3>;
    return rule;
  }
  const Attribute* pads = node.find("pads");
  const std::int64_t count = pads ? static_cast<std::int64_t>(pads->ints.size()) : around.count(1);
  if (count != 2 * rule->rank) return std::nullopt;
  rule->rewrite = [](Turning& turning) {
    const Ints indices = indices_of(turning.turn, 2);
    Attribute* attribute = turning.node.find("pads");
    if (!attribute) return turning.permute_list(1, indices);
    Ints moved;
    for (const std::int64_t i : indices) moved.push_back(attribute->ints[static_cast<std::size_t>(i)]);
    attribute->ints = std::move(moved);
  };
  return rule;
}

Rule gather(const Node& node, const Surroundings& around) {
  Rule rule = one_axis<0>(node, around);
  if (!rule || around.rank(1) < 0 || around.rank(1) > 1) return std::nullopt;
  const std::int64_t axis = axis_in(node.int_or("axis", 0), static_cast<std::size_t>(rule->rank));
  if (around.rank(1) == 0) rule->outputs[0] = without(rule->rank, {axis});
  return rule;
}

// All inputs have the axes of the first.
Rule elements(const Node& node, const Surroundings& around) {
  Rule rule = one_axis<0>(node, around);
  for (std::size_t i = 0; rule && i < node.inputs.size(); ++i) {
    if (around.rank(i) != rule->rank) return std::nullopt;
    rule->inputs[i] = all_axes(rule->rank);
  }
  return rule;
}

Rule expand(const Node& node, const Surroundings& around) {
  AxesRule rule;
  const std::int64_t count = around.count(1);
  if (count < 2 || count > kMostAxes || around.rank(0) < 0 || around.rank(0) > count) return std::nullopt;
  rule.rank = static_cast<int>(count);
  rule.inputs.resize(node.inputs.size());
  Slot slot = all_axes(rule.rank);
  slot.axes.erase(slot.axes.begin(), slot.axes.begin() + (rule.rank - around.rank(0)));
  slot.trailing = around.rank(0) < rule.rank;
  rule.inputs[0] = std::move(slot);
  rule.outputs.push_back(all_axes(rule.rank));
  rule.rewrite = [](Turning& turning) { turning.permute_list(1, indices_of(turning.turn, 1)); };
  return rule;
}

Rule tile(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || node.inputs.size() != 2 || around.count(1) != rule->rank) return std::nullopt;
  rule->rewrite = [](Turning& turning) { turning.permute_list(1, indices_of(turning.turn, 1)); };
  return rule;
}

// Lists with one number for each axis, or none at all.
bool is_list(const Node& node, const Surroundings& around, std::size_t input, std::int64_t count) {
  return node.input(input).empty() || around.count(input) == 0 || around.count(input) == count;
}

Rule resize(const Node& node, const Surroundings& around) {
  Rule rule = space_only(node, around);
  if (!rule) return rule;
  if (const Attribute* axes = node.find("axes")) {
    if (!counted(axes->ints, rule->rank)) return std::nullopt;
    rule->rewrite = [](Turning& turning) {
      Attribute& given = *turning.node.find("axes");
      given.ints = turning.moved(given.ints);
    };
    return rule;
  }
  const Attribute* scales = node.find("scales");
  if (scales && static_cast<int>(scales->floats.size()) != rule->rank) return std::nullopt;
  const bool short_form = around.opset < 11;  // data, scales
  const std::size_t first = short_form ? 1 : 2;
  if (!is_list(node, around, first, rule->rank)) return std::nullopt;
  if (!short_form && (!is_list(node, around, 3, rule->rank) || !is_list(node, around, 1, 2 * rule->rank))) {
    return std::nullopt;
  }
  rule->rewrite = [](Turning& turning) {
    const Ints once = indices_of(turning.turn, 1);
    if (Attribute* given = turning.node.find("scales")) {
      std::vector<float> moved;
      for (const std::int64_t i : once) moved.push_back(given->floats[static_cast<std::size_t>(i)]);
      given->floats = std::move(moved);
    }
    for (std::size_t i = 1; i < turning.node.inputs.size(); ++i) {
      if (turning.node.inputs[i].empty() || turning.around.count(i) == 0) continue;
      const bool is_region = turning.around.opset >= 11 && i == 1;
      turning.permute_list(i, is_region ? indices_of(turning.turn, 2) : once);
    }
  };
  return rule;
}

Rule shape(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || node.find("start") || node.find("end")) return std::nullopt;
  rule->outputs[0] = {};
  rule->rewrite = [](Turning& turning) {
    const std::string turned = turning.add.fresh(turning.node.outputs[0] + "_turned");
    Node& back = turning.after.emplace_back();
    back.op = "Gather";
    back.name = turning.add.fresh("zooport_Gather");
    back.inputs = {turned, turning.add.integers({turning.place.begin(), turning.place.end()})};
    back.outputs = {turning.node.outputs[0]};
    turning.node.outputs[0] = turned;
  };
  return rule;
}

Rule size(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (rule) rule->outputs[0] = {};
  return rule;
}

Rule cumulative(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  const auto axis = around.integers(1);
  if (!rule || !axis || axis->size() != 1 || !counted(*axis, rule->rank)) return std::nullopt;
  rule->rewrite = [](Turning& turning) {
    Tensor moved = make_integers("", turning.moved(*turning.around.integers(1)));
    moved.dims = turning.around.constant(1)->dims;
    turning.node.inputs[1] = turning.add.constant(std::move(moved), "axis");
  };
  return rule;
}

Rule mean_variance(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || !counted(node.ints_or("axes", {0, 2, 3}), rule->rank)) return std::nullopt;
  rule->rewrite = [](Turning& turning) {
    turning.node.set(make_attribute("axes", turning.moved(turning.node.ints_or("axes", {0, 2, 3}))));
  };
  return rule;
}

Rule quantization(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || node.int_or("block_size", 0) != 0 || around.rank(1) < 0 || around.rank(1) > 1) return std::nullopt;
  if (around.rank(1) == 0) return rule;
  if (around.opset < 13) return around.count(1) == 1 ? rule : std::nullopt;
  return one_axis<1>(node, around);
}

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
