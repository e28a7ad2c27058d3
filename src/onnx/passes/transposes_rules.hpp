#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "onnx/element.hpp"
#include "onnx/passes/shape_rules.hpp"
#include "onnx/passes/transposes.hpp"

// How single operators run in another order of their axes: one function for each kind. None: they cannot.
namespace zooport::onnx::axes_rules {

using Rule = std::optional<AxesRule>;
using Ints = std::vector<std::int64_t>;

constexpr int kMostAxes = 12;

Slot all_axes(int rank);
Slot without(int rank, const Ints& axes);
// The first input and all outputs follow, other inputs stay.
Rule plain(const Node& node, const Surroundings& around);
bool has_more_outputs(const Node& node);
// Axes as they are given, counted from the start; none if one is out of range or there twice.
std::optional<Ints> counted(Ints axes, int rank);
// Places in a list that has one number for each axis, or as many as `times` of them.
Ints indices_of(const Order& turn, std::size_t times);

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

// Elements, each from its own or from those along one axis.
Rule broadcasting(const Node& node, const Surroundings& around);
Rule prelu(const Node& node, const Surroundings& around);
Rule unary(const Node& node, const Surroundings& around);
Rule dropout(const Node& node, const Surroundings& around);
Rule concat_rule(const Node& node, const Surroundings& around);
Rule softmax(const Node& node, const Surroundings& around);
Rule matrix_product(const Node& node, const Surroundings& around);
Rule layer_normalization(const Node& node, const Surroundings& around);
Rule batch_normalization(const Node& node, const Surroundings& around);
Rule quantization(const Node& node, const Surroundings& around);
Rule mean_variance(const Node& node, const Surroundings& around);
Rule elements(const Node& node, const Surroundings& around);
// Batch and channels stay where they are.
Rule space_only(const Node& node, const Surroundings& around);
Rule pool(const Node& node, const Surroundings& around);
Rule convolution(const Node& node, const Surroundings& around);
Rule quantized_convolution(const Node& node, const Surroundings& around);
Rule resize(const Node& node, const Surroundings& around);
// Axes are named.
Rule reduction(const Node& node, const Surroundings& around);
Rule arg_reduction(const Node& node, const Surroundings& around);
Rule squeeze(const Node& node, const Surroundings& around);
Rule unsqueeze(const Node& node, const Surroundings& around);
Rule slice(const Node& node, const Surroundings& around);
Rule pad(const Node& node, const Surroundings& around);
Rule gather(const Node& node, const Surroundings& around);
Rule cumulative(const Node& node, const Surroundings& around);
// Lists of sizes.
Rule expand(const Node& node, const Surroundings& around);
Rule tile(const Node& node, const Surroundings& around);
Rule shape(const Node& node, const Surroundings& around);
Rule size(const Node& node, const Surroundings& around);

}  // namespace zooport::onnx::axes_rules
