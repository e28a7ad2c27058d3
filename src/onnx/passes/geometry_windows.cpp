#include <algorithm>

#include "onnx/passes/geometry_rules.hpp"
#include "onnx/passes/shape_rules.hpp"

// Operators that make a pixel of a window of others, or move the image against its edges.
namespace zooport::onnx {
namespace {

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
  keep_in_place(step);
  const auto along = kernels(step, 1);
  if (along.empty()) return step.block("its kernel is unknown");
  for (std::size_t i = 0; i < along.size(); ++i) {
    const Kernel& kernel = along[i];
    step.set(i, {kernel.stride, -kernel.before, kernel.dilation * (kernel.size - 1) - kernel.before, 1});
  }
}

void transposed_convolution(GeometryStep& step) {
  keep_in_place(step);
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
  keep_in_place(step);
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
  keep_in_place(step);
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
  keep_in_place(step);
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

void depth_to_space(GeometryStep& step) {
  const std::int64_t block = step.node.int_or("blocksize", 1);
  keep_in_place(step);
  for (std::size_t i = 0; i < step.space.size(); ++i) {
    if (step.space[i] < 2 || block < 1) return step.block("it moves channels into an axis that is none of space");
    step.set(i,
             step.node.op == "DepthToSpace" ? IndexMap{1, -(block - 1), 0, block} : IndexMap{block, 0, block - 1, 1});
  }
}

}  // namespace

const std::vector<NamedGeometryRule>& window_geometry_rules() {
  static const std::vector<NamedGeometryRule> kRules{
      {"Conv", convolution},
      {"MaxPool", convolution},
      {"AveragePool", convolution},
      {"LpPool", convolution},
      {"ConvTranspose", transposed_convolution},
      {"Resize", resize},
      {"Upsample", resize},
      {"DepthToSpace", depth_to_space},
      {"SpaceToDepth", depth_to_space},
      {"Pad", pad},
      {"Slice", slice},
  };
  return kRules;
}

}  // namespace zooport::onnx
