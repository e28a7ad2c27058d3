#include "onnx/passes/geometry_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

// Far beyond what any network does; up to here nothing overflows, and every phase of a stride can be looked at.
constexpr std::int64_t kMostTimes = 1 << 12;
constexpr std::int64_t kMostMove = 1 << 20;
constexpr std::int64_t kMostScale = 1 << 16;
constexpr std::int64_t kMostStride = 1 << 10;
constexpr std::int64_t kMostPhases = 1 << 12;

bool is_within(std::int64_t value, std::int64_t most) { return value >= -most && value <= most; }

// The input that the image comes through; the others are constants or follow it.
const SeenValue* image_of(const GeometryStep& step) {
  for (const SeenValue* input : step.inputs)
    if (input && input->depends()) return input;
  return nullptr;
}

void keep(GeometryStep& step) { step.result = *image_of(step); }

// All inputs that see the image have to be in step with each other.
void join(GeometryStep& step) {
  bool is_first = true;
  for (const SeenValue* input : step.inputs) {
    if (!input || !input->depends()) continue;
    if (is_first) {
      step.result = *input;
      is_first = false;
      continue;
    }
    for (std::size_t i = 0; i < step.result.sights.size(); ++i) {
      Sight& sight = step.result.sights[i];
      const Sight& other = input->sights[i];
      if (!(sight.spacing == other.spacing)) return step.block("it joins values of different scales");
      sight.stride = std::lcm(sight.stride, other.stride);
      if (sight.stride > kMostStride || sight.stride * sight.spacing.under / sight.spacing.over > kMostPhases)
        return step.block("its stride is too large to follow");
    }
  }
}

// An axis other than those of space is harmless.
bool touches_space(const GeometryStep& step, std::int64_t axis) {
  const std::size_t rank = step.rank_of(0);
  const std::int64_t at = rank == 0 ? axis : axis_in(axis, rank);
  return std::find(step.space.begin(), step.space.end(), static_cast<int>(at)) != step.space.end();
}

void over_axis(GeometryStep& step, std::int64_t otherwise, std::string_view why) {
  if (touches_space(step, step.node.int_or("axis", otherwise))) return step.block(why);
  join(step);
}

void concatenate(GeometryStep& step) { over_axis(step, 0, "it joins images side by side"); }
void softmax(GeometryStep& step) { over_axis(step, -1, "it compares all pixels along an axis"); }
void split(GeometryStep& step) { over_axis(step, 0, "it cuts the image"); }
void global(GeometryStep& step) { step.block("it sees the whole image"); }

void reduce(GeometryStep& step) {
  std::vector<std::int64_t> axes = step.node.ints_or("axes", {});
  if (const auto* given = step.content(1)) axes.assign(given->begin(), given->end());
  const bool keeps_axes = step.node.int_or("keepdims", 1) != 0;
  if (axes.empty()) return step.block("it sees the whole image");
  for (const std::int64_t axis : axes)
    if (touches_space(step, axis)) return step.block("it sees the whole image");
  if (!keeps_axes) return step.block("it drops an axis");
  keep(step);
}

struct Kernel {
  std::int64_t size, stride, dilation, before;
};

// Kernel along the i-th axis of space; conventions of Conv and pools.
std::vector<Kernel> kernels(GeometryStep& step, std::size_t weights_input) {
  const Node& node = step.node;
  std::vector<std::int64_t> size = node.ints_or("kernel_shape", {});
  if (size.empty()) {
    const auto shape = step.shapes.find(node.input(weights_input));
    if (shape == step.shapes.end() || !shape->second.shape || shape->second.shape->size() < 3) return {};
    size.assign(shape->second.shape->begin() + 2, shape->second.shape->end());
  }
  const auto strides = node.ints_or("strides", std::vector<std::int64_t>(size.size(), 1));
  const auto dilations = node.ints_or("dilations", std::vector<std::int64_t>(size.size(), 1));
  auto pads = node.ints_or("pads", std::vector<std::int64_t>(2 * size.size(), 0));
  const std::string automatic = node.string_or("auto_pad", "NOTSET");
  if (strides.size() != size.size() || dilations.size() != size.size() || pads.size() != 2 * size.size()) return {};
  std::vector<Kernel> result;
  for (std::size_t i = 0; i < size.size(); ++i) {
    Kernel kernel{size[i], strides[i], dilations[i], pads[i]};
    for (const std::int64_t number : {size[i], strides[i], dilations[i], pads[i]})
      if (!is_within(number, kMostMove)) return {};
    if (automatic.starts_with("SAME")) {
      const std::int64_t total = std::max<std::int64_t>(0, (size[i] - 1) * dilations[i] + 1 - strides[i]);
      kernel.before = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
    }
    if (kernel.stride < 1 || kernel.size < 1 || kernel.dilation < 1) return {};
    result.push_back(kernel);
  }
  // Kernels run over axes 2, 3, …: the i-th axis of space has to be among them.
  std::vector<Kernel> of_space;
  for (const int axis : step.space) {
    if (axis < 2 || static_cast<std::size_t>(axis - 2) >= result.size()) return {};
    of_space.push_back(result[static_cast<std::size_t>(axis - 2)]);
  }
  return of_space;
}

void convolution(GeometryStep& step) {
  keep(step);
  const auto along = kernels(step, 1);
  if (along.empty()) return step.block("its kernel is unknown");
  for (std::size_t i = 0; i < along.size(); ++i) {
    const Kernel& kernel = along[i];
    step.set(i, {kernel.stride, -kernel.before, kernel.dilation * (kernel.size - 1) - kernel.before, 1});
  }
}

void transposed_convolution(GeometryStep& step) {
  keep(step);
  const auto along = kernels(step, 1);
  if (along.empty() || !step.node.ints_or("output_shape", {}).empty())
    return step.block("its output is of a fixed size");
  for (std::size_t i = 0; i < along.size(); ++i) {
    // Output i is made of inputs j with i = stride * j - before + dilation * t, 0 <= t < size.
    const Kernel& kernel = along[i];
    step.set(i, {1, kernel.before - kernel.dilation * (kernel.size - 1), kernel.before, kernel.stride});
  }
}

// Output i of an axis that is resized by over / under; none where the positions depend on the size.
std::optional<IndexMap> resized(const Node& node, std::int64_t over, std::int64_t under) {
  const bool is_upsample = node.op == "Upsample";
  const std::string mode = node.string_or("mode", "nearest");
  const std::string where = node.string_or("coordinate_transformation_mode", is_upsample ? "asymmetric" : "half_pixel");
  const std::string nearest = node.string_or("nearest_mode", is_upsample ? "floor" : "round_prefer_floor");
  // The position on the input is (times * i + zero) / by.
  const std::int64_t times = 2 * under;
  const std::int64_t by = 2 * over;
  const bool is_half = where == "half_pixel" || where == "pytorch_half_pixel" || where == "half_pixel_symmetric";
  if (!is_half && where != "asymmetric") return std::nullopt;
  const std::int64_t zero = is_half ? under - over : 0;
  const std::int64_t to_floor = zero - (by - 1);
  const std::int64_t to_ceil = zero + (by - 1);
  if (mode == "linear") return IndexMap{times, to_floor, to_ceil, by};
  if (mode == "cubic") return IndexMap{times, to_floor - by, to_ceil + by, by};
  if (mode != "nearest") return std::nullopt;
  if (nearest == "floor") return IndexMap{times, to_floor, zero, by};
  if (nearest == "ceil") return IndexMap{times, zero, to_ceil, by};
  return IndexMap{times, zero - by / 2, zero + by / 2, by};
}

void resize(GeometryStep& step) {
  const auto before = step.shapes.find(step.node.input(0));
  const auto after = step.shapes.find(step.node.outputs.empty() ? std::string() : step.node.outputs[0]);
  if (before == step.shapes.end() || after == step.shapes.end() || !before->second.shape || !after->second.shape)
    return step.block("its scale is unknown");
  keep(step);
  for (std::size_t i = 0; i < step.space.size(); ++i) {
    const auto axis = static_cast<std::size_t>(step.space[i]);
    if (axis >= before->second.shape->size() || axis >= after->second.shape->size())
      return step.block("it has fewer axes than the image");
    const Fraction factor((*after->second.shape)[axis], (*before->second.shape)[axis]);
    if (factor == Fraction(1)) continue;
    if (factor.over < 1 || factor.under < 1) return step.block("an axis of its input or output is empty");
    // A scale that is no simple fraction comes from a fixed size.
    if (factor.over > 16 || factor.under > 16) return step.block("it resizes to a fixed size");
    const auto map = resized(step.node, factor.over, factor.under);
    if (!map) return step.block("its corners are aligned, so that its scale depends on the size");
    step.set(i, *map);
  }
}

void pad(GeometryStep& step) {
  std::vector<std::int64_t> pads = step.node.ints_or("pads", {});
  if (const auto* given = step.content(1)) pads.assign(given->begin(), given->end());
  const std::size_t rank = step.rank_of(0);
  if (rank == 0 || pads.size() != 2 * rank || step.content(3) != nullptr)
    return step.block("it pads by an unknown amount");
  keep(step);
  // Whatever stands beyond an edge: it takes the place of pixels that a larger image has there.
  for (std::size_t i = 0; i < step.space.size(); ++i) {
    if (static_cast<std::size_t>(step.space[i]) >= rank) return step.block("it has fewer axes than the image");
    const std::int64_t before = pads[static_cast<std::size_t>(step.space[i])];
    if (!is_within(before, kMostMove)) return step.block("it pads by too much");
    step.set(i, {1, -before, -before, 1});
  }
}

void slice(GeometryStep& step) {
  const std::size_t rank = step.rank_of(0);
  std::vector<std::int64_t> starts = step.node.ints_or("starts", {});
  std::vector<std::int64_t> axes = step.node.ints_or("axes", {});
  if (const auto* given = step.content(1)) starts.assign(given->begin(), given->end());
  if (const auto* given = step.content(3)) axes.assign(given->begin(), given->end());
  std::vector<double> steps(starts.size(), 1);
  if (const auto* given = step.content(4)) steps = *given;
  if (rank == 0 || starts.empty()) return step.block("it cuts at an unknown place");
  keep(step);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::int64_t axis = axis_in(i < axes.size() ? axes[i] : static_cast<std::int64_t>(i), rank);
    for (std::size_t k = 0; k < step.space.size(); ++k) {
      if (step.space[k] != static_cast<int>(axis)) continue;
      if (starts[i] < 0 || i >= steps.size() || !(steps[i] >= 1 && steps[i] <= kMostTimes))
        return step.block("it cuts at a place that moves with the size");
      step.set(k, {static_cast<std::int64_t>(steps[i]), starts[i], starts[i], 1});
    }
  }
}

void transpose(GeometryStep& step) {
  const auto permutation = step.node.ints_or("perm", {});
  for (const int axis : step.space)
    if (static_cast<std::size_t>(axis) >= permutation.size() || permutation[static_cast<std::size_t>(axis)] != axis)
      return step.block("it moves the axes of space");
  keep(step);
}

using GeometryRule = void (*)(GeometryStep&);

const std::unordered_map<std::string_view, GeometryRule>& rules() {
  static const std::unordered_map<std::string_view, GeometryRule> kRules = [] {
    std::unordered_map<std::string_view, GeometryRule> all{
        {"Conv", convolution},
        {"MaxPool", convolution},
        {"AveragePool", convolution},
        {"LpPool", convolution},
        {"ConvTranspose", transposed_convolution},
        {"Resize", resize},
        {"Upsample", resize},
        {"Concat", concatenate},
        {"Softmax", softmax},
        {"LogSoftmax", softmax},
        {"Hardmax", softmax},
        {"Split", split},
        {"Pad", pad},
        {"Slice", slice},
        {"Transpose", transpose},
        {"BatchNormalization", keep},
        {"GlobalAveragePool", global},
        {"GlobalMaxPool", global},
        {"InstanceNormalization", global},
        {"GroupNormalization", global},
    };
    for (const std::string_view op :
         {"Relu",        "LeakyRelu", "Elu",      "Celu",     "Selu",       "Sigmoid",
          "HardSigmoid", "HardSwish", "Swish",    "Mish",     "Gelu",       "Tanh",
          "Erf",         "Exp",       "Log",      "Sqrt",     "Abs",        "Neg",
          "Floor",       "Ceil",      "Round",    "Sign",     "Clip",       "Cast",
          "Identity",    "Dropout",   "Softplus", "Softsign", "Reciprocal", "ThresholdedRelu",
          "Not"})
      all.emplace(op, keep);
    for (const std::string_view op : {"Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Mean", "Sum", "PRelu", "Where",
                                      "Equal", "Less", "Greater", "And", "Or", "LessOrEqual", "GreaterOrEqual"})
      all.emplace(op, join);
    for (const std::string_view op : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
                                      "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"})
      all.emplace(op, reduce);
    return all;
  }();
  return kRules;
}

}  // namespace

Fraction::Fraction(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t common = std::max<std::int64_t>(1, std::gcd(numerator, denominator));
  over = (denominator < 0 ? -numerator : numerator) / common;
  under = std::abs(denominator) / common;
}

std::size_t GeometryStep::rank_of(std::size_t input) const {
  const auto value = shapes.find(node.input(input));
  return value == shapes.end() || !value->second.shape ? 0 : value->second.shape->size();
}

const std::vector<double>* GeometryStep::content(std::size_t input) const {
  const auto value = shapes.find(node.input(input));
  return value == shapes.end() || !value->second.content ? nullptr : &*value->second.content;
}

void GeometryStep::block(std::string_view why) {
  const std::string& name = node.name.empty() && !node.outputs.empty() ? node.outputs[0] : node.name;
  result.sights.clear();
  result.blocker = concat("node ", printable(name), " (", printable(node.op), "): ", why);
}

void GeometryStep::set(std::size_t i, IndexMap map) {
  if (!result.blocker.empty()) return;
  if (map.times < 1 || map.over < 1 || map.times > kMostTimes || map.over > kMostTimes ||
      !is_within(map.first, kMostMove) || !is_within(map.last, kMostMove))
    return block("its window is too large to follow");
  maps[i] = map;
  Sight& sight = result.sights[i];
  sight.spacing = sight.spacing * Fraction(map.times, map.over);
  if (sight.spacing.over > kMostScale || sight.spacing.under > kMostScale)
    return block("its scale is too large to follow");
  // A move has to be a whole number of elements of the new value.
  sight.stride = std::lcm(sight.stride, sight.spacing.over);
  if (sight.stride > kMostStride || sight.stride * sight.spacing.under / sight.spacing.over > kMostPhases)
    block("its stride is too large to follow");
}

void follow(GeometryStep& step) {
  step.maps.assign(step.space.size(), {});
  const SeenValue* image = nullptr;
  for (const SeenValue* input : step.inputs) {
    if (!input || !input->depends()) continue;
    if (!input->blocker.empty()) {
      step.result = *input;
      return;
    }
    image = input;
  }
  if (!image) return;  // made of constants
  // Sizes depend on the size of the image, not on its pixels.
  if (step.node.op == "Shape" || step.node.op == "Size") return;
  const auto rule = step.node.domain.empty() ? rules().find(step.node.op) : rules().end();
  if (rule == rules().end()) return step.block("what it does to space is not known");
  rule->second(step);
}

}  // namespace zooport::onnx
