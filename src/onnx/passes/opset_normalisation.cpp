#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Normalisations, said with means and roots.
namespace zooport::onnx::rules {
namespace {

// Whether somebody reads more than the first output.
bool has_more_outputs(const Rewrite& at) {
  for (std::size_t i = 1; i < at.node.outputs.size(); ++i) {
    if (at.facts.is_read(at.node.outputs[i])) return true;
  }
  return false;
}

bool is_output_read(const Rewrite& at, std::size_t output) {
  return output < at.node.outputs.size() && at.facts.is_read(at.node.outputs[output]);
}

std::string cast(Rewrite& at, const std::string& x, ElementType to) {
  return at.emit("Cast", {x}, {make_attribute("to", std::int64_t{static_cast<std::int32_t>(to)})});
}

// 16-bit floats are computed with as float32, where stash_type says so.
std::string widened(Rewrite& at, const std::string& x) {
  const ElementType type = at.facts.type(x);
  const bool narrow = type == ElementType::kFloat16 || type == ElementType::kBfloat16;
  return narrow && at.node.int_or("stash_type", 1) == 1 ? cast(at, x, ElementType::kFloat) : x;
}

std::string narrowed(Rewrite& at, const std::string& x, const std::string& like) {
  return widened(at, like) == like ? x : cast(at, x, at.facts.type(like));
}

// Axes from `axis` to the last; none if that needs a rank that is not known.
std::optional<std::vector<std::int64_t>> axes_from(Rewrite& at, std::int64_t axis) {
  constexpr std::int64_t kMostAxes = 64;
  const auto rank = at.facts.rank(at.node.input(0));
  if ((axis >= 0 && !rank) || axis < -rank.value_or(kMostAxes)) return std::nullopt;
  std::vector<std::int64_t> axes;
  if (axis >= 0) axis -= *rank;
  for (; axis < 0; ++axis) axes.push_back(axis);
  return axes;
}

// x / sqrt(mean(x²) + epsilon)
std::string scaled_to_one(Rewrite& at, const std::string& x, const std::vector<std::int64_t>& axes, double epsilon) {
  const std::string square = at.reduce("ReduceMean", at.emit("Mul", {x, x}), axes);
  const std::string root = at.emit("Sqrt", {at.emit("Add", {square, at.number_like(x, epsilon)})});
  return at.emit("Div", {x, root});
}

// X as groups of channels: normalised within each, and multiplied by `scale` and shifted by `bias` a group.
std::string normalised_groups(Rewrite& at, const std::string& x, std::int64_t groups, const std::string& scale,
                              const std::string& bias) {
  const std::string grouped = at.reshape(x, {0, groups, -1});
  return at.emit("InstanceNormalization", {grouped, scale, bias},
                 {make_attribute("epsilon", at.node.float_or("epsilon", 1e-5f))});
}

}  // namespace

void batch_norm_training(Rewrite& at) {
  const bool training = at.node.int_or("training_mode", 0) != 0;
  at.node.remove("training_mode");
  if (!training) {
    if (has_more_outputs(at)) return at.refuse("running statistics outside training");
    at.node.outputs.resize(1);
    return;
  }
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  if (!rank || *rank < 2) return at.refuse("training_mode = 1 with an unknown number of axes");
  std::vector<std::int64_t> axes;
  std::vector<std::int64_t> along_channels;
  for (std::int64_t axis = 0; axis < *rank; ++axis) {
    if (axis != 1) axes.push_back(axis);
    along_channels.push_back(axis == 1 ? -1 : 1);
  }
  const std::string mean = at.reduce("ReduceMean", x, axes);
  const std::string centred = at.emit("Sub", {x, mean});
  const std::string unit = scaled_to_one(at, centred, axes, at.node.float_or("epsilon", 1e-5f));
  const std::string scaled = at.emit("Mul", {unit, at.reshape(at.node.input(1), along_channels)});
  at.finish("Add", {scaled, at.reshape(at.node.input(2), along_channels)});
  // Running statistics: the old ones times momentum, and the rest from this batch.
  const float momentum = at.node.float_or("momentum", 0.9f);
  const auto run = [&](std::size_t output, const std::string& batch) {
    if (output >= at.node.outputs.size() || !at.facts.is_read(at.node.outputs[output])) return;
    const std::string old = at.emit("Mul", {at.node.input(output + 2), at.number_like(x, momentum)});
    const std::string now = at.emit("Mul", {at.reshape(batch, {-1}), at.number_like(x, 1 - momentum)});
    at.finish("Add", {old, now}, {}, output);
  };
  run(1, mean);
  run(2, at.reduce("ReduceMean", at.emit("Mul", {centred, centred}), axes));
}

void batch_norm_raise(Rewrite& at) {
  if (has_more_outputs(at)) return at.refuse("running statistics as outputs");
  at.node.outputs.resize(1);
}

void layer_norm(Rewrite& at) {
  const auto axes = axes_from(at, at.node.int_or("axis", -1));
  if (!axes) return at.refuse("the number of axes is not known, or the axis is none of them");
  const std::string original = at.node.input(0);
  const std::string x = widened(at, original);
  const std::string mean = at.reduce("ReduceMean", x, *axes);
  const std::string centred = at.emit("Sub", {x, mean});
  const float epsilon = at.node.float_or("epsilon", 1e-5f);
  const std::string unit = narrowed(at, scaled_to_one(at, centred, *axes, epsilon), original);
  if (is_output_read(at, 1)) at.finish("Identity", {mean}, {}, 1);
  if (is_output_read(at, 2)) {
    const std::string square = at.reduce("ReduceMean", at.emit("Mul", {centred, centred}), *axes);
    const std::string root = at.emit("Sqrt", {at.emit("Add", {square, at.number_like(x, epsilon)})});
    at.finish("Reciprocal", {root}, {}, 2);
  }
  if (at.node.input(2).empty()) return at.finish("Mul", {unit, at.node.input(1)});
  at.finish("Add", {at.emit("Mul", {unit, at.node.input(1)}), at.node.input(2)});
}

void rms_norm(Rewrite& at) {
  const auto axes = axes_from(at, at.node.int_or("axis", -1));
  if (!axes) return at.refuse("the number of axes is not known, or the axis is none of them");
  const std::string original = at.node.input(0);
  const std::string unit = scaled_to_one(at, widened(at, original), *axes, at.node.float_or("epsilon", 1e-5f));
  at.finish("Mul", {narrowed(at, unit, original), at.node.input(1)});
}

// From opset 21: scale and bias for each channel.
void group_norm_channels(Rewrite& at) {
  const std::int64_t groups = at.node.int_or("num_groups", 0);
  const std::string original = at.node.input(0);
  auto channels = at.facts.extent(at.node.input(1), 0);
  if (!channels) channels = at.facts.extent(original, 1);
  constexpr std::int64_t kMost = 1 << 20;
  if (!channels || groups <= 0 || *channels > kMost || *channels == 0 || *channels % groups != 0) {
    return at.refuse("the number of channels is not known, or no multiple of the groups");
  }
  const std::string x = widened(at, original);
  const auto each = [&](float value) {
    Tensor tensor = make_floats("", {groups}, std::vector<float>(static_cast<std::size_t>(groups), value));
    const std::string made = at.constant(std::move(tensor));
    const ElementType type = at.facts.type(x);
    return type == ElementType::kFloat || type == ElementType::kUndefined ? made : cast(at, made, type);
  };
  const std::string ones = each(1);
  const std::string unit = normalised_groups(at, x, groups, ones, each(0));
  const std::string by_channel = narrowed(at, at.reshape(unit, {0, *channels, -1}), original);
  const std::string scaled = at.emit("Mul", {by_channel, at.reshape(at.node.input(1), {*channels, 1})});
  const std::string shifted = at.emit("Add", {scaled, at.reshape(at.node.input(2), {*channels, 1})});
  at.finish("Reshape", {shifted, at.emit("Shape", {original})});
}

// Opsets 18 to 20: scale and bias for each group.
void group_norm_groups(Rewrite& at) {
  const std::int64_t groups = at.node.int_or("num_groups", 0);
  if (groups <= 0) return at.refuse("num_groups is missing");
  const std::string x = at.node.input(0);
  const std::string made = normalised_groups(at, x, groups, at.node.input(1), at.node.input(2));
  at.finish("Reshape", {made, at.emit("Shape", {x})});
}

// From a scale for each group to one for each of its channels.
void group_norm_repeat(Rewrite& at) {
  const std::int64_t groups = at.node.int_or("num_groups", 0);
  const auto channels = at.facts.extent(at.node.input(0), 1);
  if (groups <= 0 || !channels || *channels % groups != 0) return at.refuse("the number of channels is not known");
  if (at.node.inputs.size() != 3) return at.refuse("scale or bias is missing");
  for (const std::size_t index : {1u, 2u}) {
    const std::string column = at.reshape(at.node.input(index), {groups, 1});
    const std::string repeated = at.emit("Expand", {column, at.integers({groups, *channels / groups})});
    at.node.inputs[index] = at.reshape(repeated, {*channels});
  }
}

}  // namespace zooport::onnx::rules
