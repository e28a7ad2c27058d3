#include <algorithm>

#include "onnx/passes/geometry_rules.hpp"
#include "onnx/passes/shape_rules.hpp"

// Operators that move, add or drop axes.
namespace zooport::onnx {
namespace {

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
    if (step.touches_space(axis)) return step.block("it sees the whole image");
  keep_in_place(step);
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
    if (step.touches_space(axis)) return step.block("it drops an axis of space");
  keep_in_place(step);
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
  keep_in_place(step);
  for (int& axis : step.result.space) {
    if (static_cast<std::size_t>(axis) >= places.size()) return step.block("its axes are unknown");
    axis = places[static_cast<std::size_t>(axis)];
  }
}

void gather(GeometryStep& step) {
  const std::int64_t axis = step.node.int_or("axis", 0);
  const bool by_image = step.inputs.size() > 1 && step.inputs[1] && step.inputs[1]->depends();
  if (by_image || step.touches_space(axis)) return step.block("it takes pixels from places that are computed");
  keep_in_place(step);
  const std::size_t rank = step.rank_of(1);
  const tensor::Shape* indices = step.shape(step.node.input(1));
  if (!indices) return step.block("its indices are unknown");
  for (int& place : step.result.space)
    if (place > axis_in(axis, step.rank_of(0))) place += static_cast<int>(rank) - 1;
}

void expand(GeometryStep& step) {
  const tensor::Shape* x = step.shape(step.node.input(0));
  const tensor::Shape* y = step.shape(step.node.outputs.at(0));
  if (!x || !y || x->size() != y->size()) return step.block("what it does to space is not known");
  for (const int axis : step.space)
    if (static_cast<std::size_t>(axis) >= x->size() ||
        (*x)[static_cast<std::size_t>(axis)] != (*y)[static_cast<std::size_t>(axis)])
      return step.block("it repeats the image");
  keep_in_place(step);
}

void transpose(GeometryStep& step) {
  const std::size_t rank = step.rank_of(0);
  std::vector<std::int64_t> permutation = step.node.ints_or("perm", {});
  if (permutation.empty())
    for (std::size_t i = rank; i-- > 0;) permutation.push_back(static_cast<std::int64_t>(i));
  keep_in_place(step);
  const auto is_moved = [&](int& axis) {
    const auto place = std::find(permutation.begin(), permutation.end(), static_cast<std::int64_t>(axis));
    if (place == permutation.end()) return axis < 0;  // no part
    axis = static_cast<int>(place - permutation.begin());
    return true;
  };
  for (std::vector<int>* places : {&step.result.space, &step.result.inner})
    if (!std::all_of(places->begin(), places->end(), is_moved)) return step.block("it moves the axes of space");
}

}  // namespace

const std::vector<NamedGeometryRule>& axes_geometry_rules() {
  static const std::vector<NamedGeometryRule> kRules{
      {"ArgMax", reduce},          {"ArgMin", reduce},          {"Squeeze", squeeze},  {"Unsqueeze", unsqueeze},
      {"Gather", gather},          {"Expand", expand},          {"Tile", expand},      {"Transpose", transpose},
      {"ReduceMean", reduce},      {"ReduceSum", reduce},       {"ReduceMax", reduce}, {"ReduceMin", reduce},
      {"ReduceProd", reduce},      {"ReduceL1", reduce},        {"ReduceL2", reduce},  {"ReduceLogSum", reduce},
      {"ReduceLogSumExp", reduce}, {"ReduceSumSquare", reduce},
  };
  return kRules;
}

}  // namespace zooport::onnx
