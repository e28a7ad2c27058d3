#include <algorithm>

#include "onnx/passes/transposes_rules.hpp"

namespace zooport::onnx::axes_rules {

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

// The last axis is summed over; those in front of the matrices follow.
Rule matrix_product(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || node.inputs.size() != 2 || rule->rank < 3) return std::nullopt;
  rule->fixed = {rule->rank - 1};
  if (around.rank(1) == 2) return rule;
  if (around.rank(1) != rule->rank) return std::nullopt;
  rule->inputs[1] = all_axes(rule->rank);
  rule->fixed.insert(rule->fixed.begin(), rule->rank - 2);
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

Rule quantization(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || node.int_or("block_size", 0) != 0 || around.rank(1) < 0 || around.rank(1) > 1) return std::nullopt;
  if (around.rank(1) == 0) return rule;
  if (around.opset < 13) return around.count(1) == 1 ? rule : std::nullopt;
  return one_axis<1>(node, around);
}

Rule mean_variance(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || !counted(node.ints_or("axes", {0, 2, 3}), rule->rank)) return std::nullopt;
  rule->rewrite = [](Turning& turning) {
    turning.node.set(make_attribute("axes", turning.moved(turning.node.ints_or("axes", {0, 2, 3}))));
  };
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

}  // namespace zooport::onnx::axes_rules
