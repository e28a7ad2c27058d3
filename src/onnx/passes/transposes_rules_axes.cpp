#include <algorithm>
#include <numeric>

#include "onnx/passes/transposes_rules.hpp"

namespace zooport::onnx::axes_rules {

namespace {

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

}  // namespace

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

}  // namespace zooport::onnx::axes_rules
