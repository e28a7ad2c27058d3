#include <algorithm>
#include <limits>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Operators that move elements without changing them.
namespace zooport::onnx {
namespace {

// Beyond it a padding is none that a machine could hold.
constexpr std::int64_t kMostPad = std::int64_t{1} << 40;

// What is left of the largest integers.
constexpr std::int64_t kLargest = 9'200'000'000'000'000'000;

std::int64_t count(const tensor::Shape& shape) { return tensor::element_count(shape); }

void transpose(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  std::vector<std::int64_t> backwards;
  for (std::size_t i = x->size(); i-- > 0;) backwards.push_back(static_cast<std::int64_t>(i));
  auto permutation = step.node.ints_or("perm", backwards);
  if (permutation.size() != x->size()) return step.conflict(concat("its input has ", x->size(), " axes"));
  tensor::Shape result;
  for (std::int64_t& axis : permutation) {
    const std::int64_t given = axis;
    axis = axis_in(given, x->size());
    if (axis < 0) return step.conflict(concat("it names axis ", given));
    result.push_back((*x)[static_cast<std::size_t>(axis)]);
  }
  step.set(0, step.element(0), std::move(result));
}

void reshape(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto target = step.list("shape", 1);
  if (!x || !target) return;
  tensor::Shape result = *target;
  int open = -1;
  const bool allows_zero = step.node.int_or("allowzero", 0) != 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] == 0 && !allows_zero && i < x->size()) result[i] = (*x)[i];
    if (result[i] == -1) open = static_cast<int>(i);
    if (result[i] < -1) return step.conflict(concat("it makes ", shape_text(*target), " of ", shape_text(*x)));
  }
  if (open >= 0) {
    result[static_cast<std::size_t>(open)] = 1;
    const std::int64_t rest = count(result);
    if (rest <= 0 || count(*x) % rest != 0)
      return step.conflict(concat("it makes ", shape_text(*target), " of ", shape_text(*x)));
    result[static_cast<std::size_t>(open)] = count(*x) / rest;
  }
  if (count(result) != count(*x))
    return step.conflict(concat("it makes ", shape_text(*target), " of ", shape_text(*x)));
  step.set(0, step.element(0), std::move(result));
}

void flatten(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  const std::int64_t given = step.node.int_or("axis", 1);
  const std::int64_t axis = given < 0 ? given + static_cast<std::int64_t>(x->size()) : given;
  if (axis < 0 || axis > static_cast<std::int64_t>(x->size())) return;
  step.set(0, step.element(0),
           {count(tensor::Shape(x->begin(), x->begin() + axis)), count(tensor::Shape(x->begin() + axis, x->end()))});
}

void concatenate(ShapeStep& step) {
  tensor::Shape result;
  for (std::size_t i = 0; i < step.input_count(); ++i) {
    const tensor::Shape* x = step.shape(i);
    if (!x) return;
    const std::int64_t axis = axis_in(step.node.int_or("axis", 0), x->size());
    if (axis < 0) return step.conflict(concat("it joins along an axis that an input of ", x->size(), " has not"));
    if (i == 0) {
      result = *x;
      continue;
    }
    if (x->size() != result.size())
      return step.conflict(concat("it joins inputs of ", result.size(), " and ", x->size(), " axes"));
    for (std::size_t j = 0; j < x->size(); ++j) {
      if (static_cast<std::int64_t>(j) == axis) continue;
      if ((*x)[j] != result[j])
        return step.conflict(concat("it joins inputs of ", result[j], " and ", (*x)[j], " along axis ", j));
    }
    result[static_cast<std::size_t>(axis)] += (*x)[static_cast<std::size_t>(axis)];
  }
  step.set(0, step.element(0), std::move(result));
}

void slice(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto starts = step.list("starts", 1);
  const auto ends = step.list("ends", 2);
  if (!x || !starts || !ends) return;
  auto axes = step.list("axes", 3);
  if (!axes && !step.node.input(3).empty()) return;
  auto steps = step.list("steps", 4);
  if (!steps && !step.node.input(4).empty()) return;
  tensor::Shape result = *x;
  for (std::size_t i = 0; i < starts->size() && i < ends->size(); ++i) {
    const std::int64_t axis = axis_in(axes && i < axes->size() ? (*axes)[i] : static_cast<std::int64_t>(i), x->size());
    if (axis < 0) return;
    const std::int64_t size = (*x)[static_cast<std::size_t>(axis)];
    const std::int64_t by = steps && i < steps->size() ? (*steps)[i] : 1;
    if (by == 0) return;
    const auto from_front = [&](std::int64_t at) { return at < 0 ? at + size : at; };
    const bool forwards = by > 0;
    const std::int64_t begin =
        std::clamp<std::int64_t>(from_front((*starts)[i]), 0, forwards ? size : std::max<std::int64_t>(0, size - 1));
    std::int64_t end = forwards ? std::clamp<std::int64_t>(from_front((*ends)[i]), 0, size)
                                : std::clamp<std::int64_t>(from_front((*ends)[i]), -1, size - 1);
    // Engines take the largest integers for "as far as it goes", whichever the direction.
    if (!forwards && ((*ends)[i] == std::numeric_limits<std::int32_t>::max() || (*ends)[i] >= kLargest)) end = -1;
    result[static_cast<std::size_t>(axis)] =
        std::max<std::int64_t>(0, by > 0 ? (end - begin + by - 1) / by : (begin - end - by - 1) / -by);
  }
  step.set(0, step.element(0), std::move(result));
}

void pad(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto pads = step.list("pads", 1);
  if (!x || !pads) return;
  const auto axes = step.list("axes", 3);
  const std::size_t named = pads->size() / 2;
  if (named > x->size()) return;
  tensor::Shape result = *x;
  for (std::size_t i = 0; i < named; ++i) {
    const std::int64_t axis = axis_in(axes && i < axes->size() ? (*axes)[i] : static_cast<std::int64_t>(i), x->size());
    if (axis < 0) return;
    const std::int64_t size = result[static_cast<std::size_t>(axis)];
    const std::int64_t least = std::min((*pads)[i], (*pads)[i + named]);
    if (least < 0 && (least < -kMostPad || (*pads)[i] + (*pads)[i + named] + size < 0))
      return step.conflict(concat("it cuts ", -least, " of ", size));
    if (std::max((*pads)[i], (*pads)[i + named]) > kMostPad) return;
    const bool mirrors = step.node.string_or("mode", "constant") == "reflect";
    if (mirrors && std::max((*pads)[i], (*pads)[i + named]) >= size)
      return step.conflict(concat("it mirrors ", std::max((*pads)[i], (*pads)[i + named]), " pixels of ", size));
    result[static_cast<std::size_t>(axis)] = size + (*pads)[i] + (*pads)[i + named];
  }
  step.set(0, step.element(0), std::move(result));
}

void squeeze(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  const auto axes = step.list("axes", 1);
  std::vector<bool> dropped(x->size(), false);
  if (axes) {
    for (const std::int64_t axis : *axes) {
      const std::int64_t at = axis_in(axis, x->size());
      if (at < 0) return;
      if ((*x)[static_cast<std::size_t>(at)] != 1)
        return step.conflict(concat("it drops axis ", axis, " of size ", (*x)[static_cast<std::size_t>(at)]));
      dropped[static_cast<std::size_t>(at)] = true;
    }
  } else {
    for (std::size_t i = 0; i < x->size(); ++i) dropped[i] = (*x)[i] == 1;
  }
  tensor::Shape result;
  for (std::size_t i = 0; i < x->size(); ++i)
    if (!dropped[i]) result.push_back((*x)[i]);
  step.set(0, step.element(0), std::move(result));
}

void unsqueeze(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto axes = step.list("axes", 1);
  if (!x || !axes) return;
  const std::size_t rank = x->size() + axes->size();
  std::vector<bool> added(rank, false);
  for (const std::int64_t axis : *axes) {
    const std::int64_t at = axis_in(axis, rank);
    if (at < 0 || added[static_cast<std::size_t>(at)]) return;
    added[static_cast<std::size_t>(at)] = true;
  }
  tensor::Shape result;
  std::size_t next = 0;
  for (std::size_t i = 0; i < rank; ++i) result.push_back(added[i] ? 1 : (*x)[next++]);
  step.set(0, step.element(0), std::move(result));
}

void split(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  const std::int64_t axis = axis_in(step.node.int_or("axis", 0), x->size());
  if (axis < 0) return;
  const std::int64_t size = (*x)[static_cast<std::size_t>(axis)];
  const auto parts = static_cast<std::int64_t>(step.outputs.size());
  const auto sizes = step.list("split", 1);
  if (!sizes && !step.node.input(1).empty()) return;
  if (sizes) {
    std::int64_t total = 0;
    for (const std::int64_t part : *sizes) {
      if (part < 0 || part > size) return step.conflict(concat("it cuts ", part, " of ", size, " along axis ", axis));
      total += part;
    }
    if (total != size || static_cast<std::int64_t>(sizes->size()) != parts)
      return step.conflict(concat("it cuts axis ", axis, " of ", size, " into ", shape_text(*sizes)));
  }
  const std::int64_t even = parts == 0 ? 0 : (size + parts - 1) / parts;
  // Parts of different sizes came with `num_outputs`.
  if (!sizes && (step.opset < 18 ? size != even * parts : size < even * (parts - 1)))
    return step.conflict(concat("it cuts axis ", axis, " of ", size, " into ", parts, " equal parts"));
  for (std::int64_t i = 0; i < parts; ++i) {
    tensor::Shape result = *x;
    result[static_cast<std::size_t>(axis)] = sizes && static_cast<std::size_t>(i) < sizes->size()
                                                 ? (*sizes)[static_cast<std::size_t>(i)]
                                                 : std::min(even, size - i * even);
    step.set(static_cast<std::size_t>(i), step.element(0), std::move(result));
  }
}

void expand(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto target = step.integers(1);
  if (!x || !target) return;
  const auto both = broadcast(*x, *target);
  if (!both) return step.conflict(concat("it expands ", shape_text(*x), " to ", shape_text(*target)));
  step.set(0, step.element(0), *both);
}

void tile(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto repeats = step.integers(1);
  if (!x || !repeats || repeats->size() != x->size()) return;
  tensor::Shape result = *x;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if ((*repeats)[i] < 0 || (*repeats)[i] > kMostPad) return;
    result[i] = tensor::element_count({result[i], (*repeats)[i]});
    if (result[i] < 0) return;
  }
  step.set(0, step.element(0), std::move(result));
}

}  // namespace

const std::vector<NamedShapeRule>& layout_shape_rules() {
  static const std::vector<NamedShapeRule> kRules{
      {"Transpose", transpose}, {"Reshape", reshape}, {"Flatten", flatten}, {"Concat", concatenate},
      {"Slice", slice},         {"Pad", pad},         {"Squeeze", squeeze}, {"Unsqueeze", unsqueeze},
      {"Split", split},         {"Expand", expand},   {"Tile", tile},
  };
  return kRules;
}

}  // namespace zooport::onnx
