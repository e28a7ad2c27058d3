#include <algorithm>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Operators that read or write by index, or choose elements.
namespace zooport::onnx {
namespace {

void gather(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const tensor::Shape* indices = step.shape(1);
  if (!x || !indices) return;
  const std::int64_t axis = axis_in(step.node.int_or("axis", 0), x->size());
  if (axis < 0) return;
  const std::int64_t size = (*x)[static_cast<std::size_t>(axis)];
  if (const auto given = step.integers(1))
    for (const std::int64_t index : *given)
      if (index < -size || index >= size)
        return step.conflict(concat("it takes element ", index, " of ", size, " along axis ", axis));
  tensor::Shape result(x->begin(), x->begin() + axis);
  result.insert(result.end(), indices->begin(), indices->end());
  result.insert(result.end(), x->begin() + axis + 1, x->end());
  step.set(0, step.element(0), std::move(result));
}

void gather_elements(ShapeStep& step) {
  if (const tensor::Shape* indices = step.shape(1)) step.set(0, step.element(0), *indices);
}

void gather_nd(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const tensor::Shape* indices = step.shape(1);
  if (!x || !indices || indices->empty()) return;
  const auto rank = static_cast<std::int64_t>(x->size());
  const std::int64_t taken = std::clamp<std::int64_t>(step.node.int_or("batch_dims", 0), -1, rank) + indices->back();
  if (taken < 0 || taken > rank) return step.conflict(concat("it indexes ", taken, " axes of ", x->size()));
  tensor::Shape result(indices->begin(), indices->end() - 1);
  result.insert(result.end(), x->begin() + taken, x->end());
  step.set(0, step.element(0), std::move(result));
}

void top_k(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  const std::int64_t axis = axis_in(step.node.int_or("axis", -1), x->size());
  std::optional<std::int64_t> k;
  if (const Attribute* given = step.node.find("k")) k = given->i;
  if (const auto given = step.integers(1); given && !given->empty()) k = given->front();
  if (axis < 0 || !k) return;
  if (*k > (*x)[static_cast<std::size_t>(axis)])
    return step.conflict(concat("it takes the first ", *k, " of ", (*x)[static_cast<std::size_t>(axis)]));
  tensor::Shape result = *x;
  result[static_cast<std::size_t>(axis)] = *k;
  step.set(0, step.element(0), result);
  step.set(1, ElementType::kInt64, std::move(result));
}

void one_hot(ShapeStep& step) {
  const tensor::Shape* indices = step.shape(0);
  const auto depth = step.integers(1);
  if (!indices || !depth || depth->empty()) return;
  const std::int64_t axis = axis_in(step.node.int_or("axis", -1), indices->size() + 1);
  if (axis < 0) return;
  tensor::Shape result = *indices;
  result.insert(result.begin() + axis, depth->front());
  step.set(0, step.element(2), std::move(result));
}

void center_crop_pad(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto sizes = step.integers(1);
  if (!x || !sizes) return;
  const auto axes = step.node.ints_or("axes", {});
  tensor::Shape result = *x;
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    const std::int64_t axis = axis_in(i < axes.size() ? axes[i] : static_cast<std::int64_t>(i), x->size());
    if (axis < 0) return;
    result[static_cast<std::size_t>(axis)] = (*sizes)[i];
  }
  step.set(0, step.element(0), std::move(result));
}

}  // namespace

const std::vector<NamedShapeRule>& indexing_shape_rules() {
  static const std::vector<NamedShapeRule> kRules{
      {"Gather", gather},
      {"GatherElements", gather_elements},
      {"GatherND", gather_nd},
      {"Scatter", same_as_first},
      {"ScatterElements", same_as_first},
      {"ScatterND", same_as_first},
      {"TensorScatter", same_as_first},
      {"ReverseSequence", same_as_first},
      {"TopK", top_k},
      {"OneHot", one_hot},
      {"CenterCropPad", center_crop_pad},
  };
  return kRules;
}

}  // namespace zooport::onnx
