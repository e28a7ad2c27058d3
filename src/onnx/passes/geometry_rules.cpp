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
void split(GeometryStep& step) { over_axis(step, 0, "it cuts the image"); }
void global(GeometryStep& step) { step.block("it sees the whole image"); }
void compares_all(GeometryStep& step) { step.block("it relates all pixels to each other"); }
void moves_pixels(GeometryStep& step) { step.block("it takes pixels from places that are computed"); }

// Old ones run over all axes from theirs on.
void softmax(GeometryStep& step) {
  constexpr std::string_view kWhy = "it compares all pixels along an axis";
  if (step.opset >= 13) return over_axis(step, -1, kWhy);
  const std::int64_t axis = axis_in(step.node.int_or("axis", 1), step.rank_of(0));
  for (const int of_space : step.space)
    if (of_space >= axis) return step.block(kWhy);
  keep(step);
}

// Over the axes from theirs to the end.
void layer_normalization(GeometryStep& step) {
  const std::int64_t axis = axis_in(step.node.int_or("axis", -1), step.rank_of(0));
  for (const int of_space : step.space)
    if (axis < 0 || of_space >= axis) return global(step);
  join(step);
}

void along_axis(GeometryStep& step) { over_axis(step, -1, "it runs along an axis of the image"); }
void cumulative(GeometryStep& step) {
  const auto* axis = step.content(1);
  if (!axis || axis->size() != 1) return step.block("its axis is unknown");
  if (touches_space(step, static_cast<std::int64_t>(axis->front())))
    return step.block("it runs along an axis of the image");
  keep(step);
}

void drop_axes(GeometryStep& step, const std::vector<std::int64_t>& axes) {
  std::vector<int> left = step.space;
  for (const std::int64_t axis : axes)
    for (std::size_t i = 0; i < left.size(); ++i)
      if (axis_in(axis, step.rank_of(0)) < step.space[i]) --left[i];
  step.result.space = std::move(left);
}

void reduce(GeometryStep& step) {
  std::vector<std::int64_t> axes = step.node.ints_or("axes", {});
  if (const auto* given = step.content(1)) axes.assign(given->begin(), given->end());
  if (step.node.op.starts_with("Arg")) axes = {step.node.int_or("axis", 0)};
  const bool keeps_axes = step.node.int_or("keepdims", 1) != 0;
  if (axes.empty()) return step.block("it sees the whole image");
  for (const std::int64_t axis : axes)
    if (touches_space(step, axis)) return step.block("it sees the whole image");
  keep(step);
  if (!keeps_axes) drop_axes(step, axes);
}

void squeeze(GeometryStep& step) {
  std::vector<std::int64_t> axes = step.node.ints_or("axes", {});
  if (const auto* given = step.content(1)) axes.assign(given->begin(), given->end());
  const tensor::Shape* shape = step.shape(step.node.input(0));
  if (!shape) return step.block("its shape is unknown");
  if (axes.empty())
    for (std::size_t i = 0; i < shape->size(); ++i)
      if ((*shape)[i] == 1) axes.push_back(static_cast<std::int64_t>(i));
  for (const std::int64_t axis : axes)
    if (touches_space(step, axis)) return step.block("it drops an axis of space");
  keep(step);
  drop_axes(step, axes);
}

void unsqueeze(GeometryStep& step) {
  std::vector<std::int64_t> axes = step.node.ints_or("axes", {});
  if (const auto* given = step.content(1)) axes.assign(given->begin(), given->end());
  const std::size_t rank = step.rank_of(0) + axes.size();
  std::vector<bool> added(rank, false);
  for (const std::int64_t axis : axes)
    if (axis_in(axis, rank) >= 0) added[static_cast<std::size_t>(axis_in(axis, rank))] = true;
  std::vector<int> places;
  for (std::size_t i = 0; i < rank; ++i)
    if (!added[i]) places.push_back(static_cast<int>(i));
  keep(step);
  for (int& axis : step.result.space) {
    if (static_cast<std::size_t>(axis) >= places.size()) return step.block("its axes are unknown");
    axis = places[static_cast<std::size_t>(axis)];
  }
}

std::vector<int> places_above_one(const tensor::Shape& shape) {
  std::vector<int> places;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] != 1) places.push_back(static_cast<int>(i));
  return places;
}

// [n, y, x, 1] to [n, 1, y, x]: elements stay in order, so nothing moves where all axes but those of size 1 stay in
// order, too. Sizes that are equal by chance, because they are open and tried as one, must not count.
void move_axes_of_one(GeometryStep& step, const tensor::Shape& x, const tensor::Shape& y) {
  constexpr std::string_view kWhy = "it groups the axes of space with others";
  const std::vector<int> from = places_above_one(x);
  const std::vector<int> to = places_above_one(y);
  const auto stay = [&](const tensor::Shape& before, const tensor::Shape& after) {
    if (places_above_one(before) != from || places_above_one(after) != to || from.size() != to.size()) return false;
    for (std::size_t i = 0; i < from.size(); ++i)
      if (before[static_cast<std::size_t>(from[i])] != after[static_cast<std::size_t>(to[i])]) return false;
    return true;
  };
  const tensor::Shape* other_x = step.shape_elsewhere(step.node.input(0));
  const tensor::Shape* other_y = step.shape_elsewhere(step.node.outputs.at(0));
  if (!stay(x, y) || !other_x || !other_y || !stay(*other_x, *other_y)) return step.block(kWhy);
  for (int& axis : step.result.space) {
    const auto at = std::find(from.begin(), from.end(), axis);
    if (at == from.end()) return step.block(kWhy);
    axis = to[static_cast<std::size_t>(at - from.begin())];
  }
}

// Axes of space stay whole where what stands before them, or behind them, is grouped in another way.
void reshape(GeometryStep& step) {
  const tensor::Shape* x = step.shape(step.node.input(0));
  const tensor::Shape* y = step.shape(step.node.outputs.at(0));
  if (!x || !y || step.space.empty()) return step.block("its shape is unknown");
  const auto [least, most] = std::minmax_element(step.space.begin(), step.space.end());
  const auto first = static_cast<std::size_t>(*least);
  const auto last = static_cast<std::size_t>(*most) + 1;
  const std::size_t behind = x->size() - first;
  keep(step);
  if (y->size() >= behind && std::equal(x->end() - static_cast<std::ptrdiff_t>(behind), x->end(),
                                        y->end() - static_cast<std::ptrdiff_t>(behind))) {
    for (int& axis : step.result.space) axis += static_cast<int>(y->size()) - static_cast<int>(x->size());
    return;
  }
  if (y->size() >= last && std::equal(x->begin(), x->begin() + static_cast<std::ptrdiff_t>(last), y->begin())) return;
  move_axes_of_one(step, *x, *y);
}

// Each pixel by the same weights, along another axis than those of space.
void matmul(GeometryStep& step) {
  const std::size_t rank = step.rank_of(0);
  const bool by_weights = step.inputs.size() == 2 && step.inputs[0] && step.inputs[0]->depends() &&
                          !(step.inputs[1] && step.inputs[1]->depends()) && step.rank_of(1) == 2;
  if (!by_weights || rank == 0 || touches_space(step, -1)) return compares_all(step);
  keep(step);
}

void gather(GeometryStep& step) {
  const std::int64_t axis = step.node.int_or("axis", 0);
  const bool by_image = step.inputs.size() > 1 && step.inputs[1] && step.inputs[1]->depends();
  if (by_image || touches_space(step, axis)) return moves_pixels(step);
  keep(step);
  const std::size_t rank = step.rank_of(1);
  const tensor::Shape* indices = step.shape(step.node.input(1));
  if (!indices) return step.block("its indices are unknown");
  for (int& place : step.result.space)
    if (place > axis_in(axis, step.rank_of(0))) place += static_cast<int>(rank) - 1;
}

void depth_to_space(GeometryStep& step) {
  const std::int64_t block = step.node.int_or("blocksize", 1);
  keep(step);
  for (std::size_t i = 0; i < step.space.size(); ++i) {
    if (step.space[i] < 2 || block < 1) return step.block("it moves channels into an axis that is none of space");
    step.set(i,
             step.node.op == "DepthToSpace" ? IndexMap{1, -(block - 1), 0, block} : IndexMap{block, 0, block - 1, 1});
  }
}

void expand(GeometryStep& step) {
  const tensor::Shape* x = step.shape(step.node.input(0));
  const tensor::Shape* y = step.shape(step.node.outputs.at(0));
  if (!x || !y || x->size() != y->size()) return step.block("what it does to space is not known");
  for (const int axis : step.space)
    if ((*x)[static_cast<std::size_t>(axis)] != (*y)[static_cast<std::size_t>(axis)])
      return step.block("it repeats the image");
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
  // Where it makes the image smaller, the filter is as much wider.
  if (node.int_or("antialias", 0) != 0 && over < under && mode != "nearest") {
    const std::int64_t wide = times * (mode == "cubic" ? 2 : 1);
    return IndexMap{times, zero - wide, zero + wide, by};
  }
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
  std::vector<std::int64_t> full(2 * rank, 0);
  const auto* axes = step.content(3);
  if (rank == 0 || pads.size() != 2 * (axes ? axes->size() : rank) || (!axes && !step.node.input(3).empty()))
    return step.block("it pads by an unknown amount");
  for (std::size_t i = 0; i < pads.size() / 2; ++i) {
    const std::int64_t axis =
        axes ? axis_in(static_cast<std::int64_t>((*axes)[i]), rank) : static_cast<std::int64_t>(i);
    if (axis >= 0) full[static_cast<std::size_t>(axis)] = pads[i];
  }
  pads = std::move(full);
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
  const std::size_t rank = step.rank_of(0);
  std::vector<std::int64_t> permutation = step.node.ints_or("perm", {});
  if (permutation.empty())
    for (std::size_t i = rank; i-- > 0;) permutation.push_back(static_cast<std::int64_t>(i));
  keep(step);
  for (int& axis : step.result.space) {
    const auto place = std::find(permutation.begin(), permutation.end(), static_cast<std::int64_t>(axis));
    if (place == permutation.end()) return step.block("it moves the axes of space");
    axis = static_cast<int>(place - permutation.begin());
  }
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
        {"LayerNormalization", layer_normalization},
        {"RMSNormalization", layer_normalization},
        {"LpNormalization", along_axis},
        {"TopK", along_axis},
        {"CumSum", cumulative},
        {"CumProd", cumulative},
        {"ArgMax", reduce},
        {"ArgMin", reduce},
        {"Squeeze", squeeze},
        {"Unsqueeze", unsqueeze},
        {"Reshape", reshape},
        {"MatMul", matmul},
        {"Gemm", compares_all},
        {"Einsum", compares_all},
        {"Attention", compares_all},
        {"DFT", compares_all},
        {"Gather", gather},
        {"GatherND", moves_pixels},
        {"GatherElements", moves_pixels},
        {"ScatterND", moves_pixels},
        {"ScatterElements", moves_pixels},
        {"GridSample", moves_pixels},
        {"DeformConv", moves_pixels},
        {"DepthToSpace", depth_to_space},
        {"SpaceToDepth", depth_to_space},
        {"Expand", expand},
        {"Tile", expand},
        {"LRN", keep},
        {"MeanVarianceNormalization", global},
        {"GlobalLpPool", global},
        {"QuantizeLinear", keep},
        {"DequantizeLinear", keep},
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
          "Not",         "Sin",       "Cos",      "Tan",      "Atan",       "Shrink",
          "IsNaN",       "IsInf",     "CastLike"})
      all.emplace(op, keep);
    for (const std::string_view op :
         {"Add",   "Sub", "Mul", "Div",   "Pow",  "Min",     "Max", "Mean", "Sum",         "PRelu",
          "Where", "Mod", "Xor", "Equal", "Less", "Greater", "And", "Or",   "LessOrEqual", "GreaterOrEqual"})
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

const tensor::Shape* GeometryStep::shape(const std::string& value) const {
  const auto found = shapes.find(value);
  return found == shapes.end() || !found->second.shape ? nullptr : &*found->second.shape;
}

const tensor::Shape* GeometryStep::shape_elsewhere(const std::string& value) const {
  if (!elsewhere) return nullptr;
  const auto found = elsewhere->find(value);
  return found == elsewhere->end() || !found->second.shape ? nullptr : &*found->second.shape;
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
  step.space = image->space;
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const SeenValue* input = step.inputs[i];
    if (input && input->depends() && input->space != step.space)
      return step.block("it joins images whose axes are turned");
  }
  // Sizes depend on the size of the image, not on its pixels.
  if (step.node.op == "Shape" || step.node.op == "Size") return;
  const auto rule = step.node.domain.empty() ? rules().find(step.node.op) : rules().end();
  if (rule == rules().end()) return step.block("what it does to space is not known");
  rule->second(step);
}

}  // namespace zooport::onnx
