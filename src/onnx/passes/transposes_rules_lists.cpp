#include <algorithm>

#include "onnx/passes/transposes_rules.hpp"

namespace zooport::onnx::axes_rules {

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

Rule shape(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule) return rule;
  rule->outputs[0] = {};
  rule->rewrite = [](Turning& turning) {
    // Some of the sizes, as they stood before: counted from the end where negative, and never out of range.
    const auto rank = static_cast<std::int64_t>(turning.place.size());
    const auto bound = [&](const char* name, std::int64_t otherwise) {
      const std::int64_t given = turning.node.int_or(name, otherwise);
      return std::clamp<std::int64_t>(given < 0 ? given + rank : given, 0, rank);
    };
    const auto first = turning.place.begin() + bound("start", 0);
    const auto last = std::max(first, turning.place.begin() + bound("end", rank));
    const Ints places(first, last);
    for (const char* name : {"start", "end"}) turning.node.remove(name);
    const std::string turned = turning.add.fresh(turning.node.outputs[0] + "_turned");
    Node& back = turning.after.emplace_back();
    back.op = "Gather";
    back.name = turning.add.fresh("zooport_Gather");
    back.inputs = {turned, turning.add.integers(places)};
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

}  // namespace zooport::onnx::axes_rules
