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
  if (*least < 0 || last > x->size()) return step.block("it has fewer axes than the image");
  const std::size_t behind = x->size() - first;
  keep_in_place(step);
  if (y->size() >= behind && std::equal(x->end() - static_cast<std::ptrdiff_t>(behind), x->end(),
                                        y->end() - static_cast<std::ptrdiff_t>(behind))) {
    for (int& axis : step.result.space) axis += static_cast<int>(y->size()) - static_cast<int>(x->size());
    return;
  }
  if (y->size() >= last && std::equal(x->begin(), x->begin() + static_cast<std::ptrdiff_t>(last), y->begin())) return;
  move_axes_of_one(step, *x, *y);
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
  for (int& axis : step.result.space) {
    const auto place = std::find(permutation.begin(), permutation.end(), static_cast<std::int64_t>(axis));
    if (place == permutation.end()) return step.block("it moves the axes of space");
    axis = static_cast<int>(place - permutation.begin());
  }
}

}  // namespace

const std::vector<NamedGeometryRule>& axes_geometry_rules() {
  static const std::vector<NamedGeometryRule> kRules{
      {"ArgMax", reduce},       {"ArgMin", reduce},          {"Squeeze", squeeze},        {"Unsqueeze", unsqueeze},
      {"Reshape", reshape},     {"Gather", gather},          {"Expand", expand},          {"Tile", expand},
      {"Transpose", transpose}, {"ReduceMean", reduce},      {"ReduceSum", reduce},       {"ReduceMax", reduce},
      {"ReduceMin", reduce},    {"ReduceProd", reduce},      {"ReduceL1", reduce},        {"ReduceL2", reduce},
      {"ReduceLogSum", reduce}, {"ReduceLogSumExp", reduce}, {"ReduceSumSquare", reduce},
  };
  return kRules;
}

}  // namespace zooport::onnx
