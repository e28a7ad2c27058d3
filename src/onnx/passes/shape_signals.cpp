#include <algorithm>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Transforms of signals, sampling at given places, and what is made of numbers alone.
namespace zooport::onnx {
namespace {

std::optional<std::int64_t> scalar(const ShapeStep& step, std::size_t i) {
  const auto given = step.integers(i);
  if (!given || given->size() != 1) return std::nullopt;
  return given->front();
}

// The last axis holds real numbers, or real and imaginary ones.
void fourier(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x || x->size() < 2) return;
  std::int64_t given = step.opset < 20 ? step.node.int_or("axis", 1) : -2;
  if (!step.node.input(2).empty()) {
    const auto axis = scalar(step, 2);
    if (!axis) return;
    given = *axis;
  }
  const std::int64_t axis = axis_in(given, x->size());
  if (axis < 0 || axis + 1 == static_cast<std::int64_t>(x->size())) return;
  std::int64_t length = (*x)[static_cast<std::size_t>(axis)];
  const bool halves = step.node.int_or("onesided", 0) != 0;
  const bool is_inverse = step.node.int_or("inverse", 0) != 0;
  if (halves && is_inverse) length = 2 * (length - 1);
  if (!step.node.input(1).empty()) {
    const auto asked = scalar(step, 1);
    if (!asked) return;
    length = *asked;
  }
  tensor::Shape result = *x;
  result[static_cast<std::size_t>(axis)] = halves && !is_inverse ? length / 2 + 1 : length;
  result.back() = halves && is_inverse ? 1 : 2;
  step.set(0, step.element(0), std::move(result));
}

void short_time_fourier(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto hop = scalar(step, 1);
  if (!x || x->size() < 2 || !hop || *hop < 1) return;
  std::optional<std::int64_t> length = scalar(step, 3);
  if (!length && step.shape(2) && !step.shape(2)->empty()) length = step.shape(2)->front();
  if (!length || *length > (*x)[1] || *length < 1) return;
  const std::int64_t bins = step.node.int_or("onesided", 1) != 0 ? *length / 2 + 1 : *length;
  step.set(0, step.element(0), {(*x)[0], ((*x)[1] - *length) / *hop + 1, bins, 2});
}

void window(ShapeStep& step) {
  if (const auto size = scalar(step, 0)) step.set(0, step.element_or("output_datatype", ElementType::kFloat), {*size});
}

void mel_weights(ShapeStep& step) {
  const auto bins = scalar(step, 0);
  const auto length = scalar(step, 1);
  if (bins && length && *length >= 0)
    step.set(0, step.element_or("output_datatype", ElementType::kFloat), {*length / 2 + 1, *bins});
}

void grid_sample(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const tensor::Shape* grid = step.shape(1);
  if (!x || !grid || x->size() < 3) return;
  if (grid->size() != x->size() || grid->front() != x->front() ||
      grid->back() + 2 != static_cast<std::int64_t>(x->size()))
    return step.conflict(concat("its grid ", shape_text(*grid), " does not fit ", shape_text(*x)));
  tensor::Shape result{(*x)[0], (*x)[1]};
  result.insert(result.end(), grid->begin() + 1, grid->end() - 1);
  step.set(0, step.element(0), std::move(result));
}

void affine_grid(ShapeStep& step) {
  const auto size = step.integers(1);
  if (!size || size->size() < 4) return;
  tensor::Shape result{size->front()};
  result.insert(result.end(), size->begin() + 2, size->end());
  result.push_back(static_cast<std::int64_t>(size->size()) - 2);
  step.set(0, step.element(0), std::move(result));
}

void column_to_image(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const auto image = step.integers(1);
  const auto block = step.integers(2);
  if (!x || x->size() != 3 || !image || !block) return;
  const std::int64_t elements = tensor::element_count(*block);
  if (elements < 1) return;
  tensor::Shape result{(*x)[0], (*x)[1] / elements};
  result.insert(result.end(), image->begin(), image->end());
  step.set(0, step.element(0), std::move(result));
}

void regions(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const tensor::Shape* rois = step.shape(1);
  if (!x || !rois || x->size() != 4 || rois->empty()) return;
  const auto pooled =
      step.node.ints_or("pooled_shape", {step.node.int_or("output_height", 1), step.node.int_or("output_width", 1)});
  if (pooled.size() == 2) step.set(0, step.element(0), {(*rois)[0], (*x)[1], pooled[0], pooled[1]});
}

void random(ShapeStep& step) {
  const Attribute* shape = step.node.find("shape");
  if (shape) step.set(0, step.element_or("dtype", ElementType::kFloat), shape->ints);
}

void multinomial(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (x && x->size() == 2)
    step.set(0, step.element_or("dtype", ElementType::kInt32), {(*x)[0], step.node.int_or("sample_size", 1)});
}

void one_boolean(ShapeStep& step) { step.set(0, ElementType::kBool, {}); }
void one_integer(ShapeStep& step) { step.set(0, ElementType::kInt64, {}); }

}  // namespace

const std::vector<NamedShapeRule>& signal_shape_rules() {
  static const std::vector<NamedShapeRule> kRules{
      {"DFT", fourier},
      {"STFT", short_time_fourier},
      {"HannWindow", window},
      {"HammingWindow", window},
      {"BlackmanWindow", window},
      {"MelWeightMatrix", mel_weights},
      {"GridSample", grid_sample},
      {"AffineGrid", affine_grid},
      {"Col2Im", column_to_image},
      {"RoiAlign", regions},
      {"MaxRoiPool", regions},
      {"RandomNormal", random},
      {"RandomUniform", random},
      {"Multinomial", multinomial},
      {"OptionalHasElement", one_boolean},
      {"SequenceLength", one_integer},
  };
  return kRules;
}

}  // namespace zooport::onnx
