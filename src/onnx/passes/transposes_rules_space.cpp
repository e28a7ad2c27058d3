#include <algorithm>
#include <string_view>

#include "onnx/passes/transposes_rules.hpp"

namespace zooport::onnx::axes_rules {

Rule space_only(const Node& node, const Surroundings& around) {
  Rule rule = plain(node, around);
  if (!rule || rule->rank < 4 || has_more_outputs(node)) return std::nullopt;
  rule->fixed = {0, 1};
  return rule;
}

namespace {

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

}  // namespace

Rule pool(const Node& node, const Surroundings& around) { return windows(node, around, {}); }

Rule convolution(const Node& node, const Surroundings& around) { return windows(node, around, {1}); }

Rule quantized_convolution(const Node& node, const Surroundings& around) { return windows(node, around, {3}); }

namespace {

// Lists with one number for each axis, or none at all.
bool is_list(const Node& node, const Surroundings& around, std::size_t input, std::int64_t count) {
  return node.input(input).empty() || around.count(input) == 0 || around.count(input) == count;
}

}  // namespace

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

}  // namespace zooport::onnx::axes_rules
