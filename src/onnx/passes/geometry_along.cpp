#include "onnx/passes/geometry_rules.hpp"
#include "onnx/passes/shape_rules.hpp"

// Operators that run along an axis or over all of it: harmless where that is none of space.
namespace zooport::onnx {
namespace {

void over_axis(GeometryStep& step, std::int64_t otherwise, std::string_view why) {
  if (step.touches_space(step.node.int_or("axis", otherwise))) return step.block(why);
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
  keep_in_place(step);
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
  if (step.touches_space(static_cast<std::int64_t>(axis->front())))
    return step.block("it runs along an axis of the image");
  keep_in_place(step);
}

// Each pixel by the same weights, along another axis than those of space.
void matmul(GeometryStep& step) {
  const std::size_t rank = step.rank_of(0);
  const bool by_weights = step.inputs.size() == 2 && step.inputs[0] && step.inputs[0]->depends() &&
                          !(step.inputs[1] && step.inputs[1]->depends()) && step.rank_of(1) == 2;
  if (!by_weights || rank == 0 || step.touches_space(-1)) return compares_all(step);
  keep_in_place(step);
}

}  // namespace

const std::vector<NamedGeometryRule>& along_geometry_rules() {
  static const std::vector<NamedGeometryRule> kRules{
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
      {"MatMul", matmul},
      {"Gemm", compares_all},
      {"Einsum", compares_all},
      {"Attention", compares_all},
      {"DFT", compares_all},
      {"GatherND", moves_pixels},
      {"GatherElements", moves_pixels},
      {"ScatterND", moves_pixels},
      {"ScatterElements", moves_pixels},
      {"GridSample", moves_pixels},
      {"DeformConv", moves_pixels},
      {"MeanVarianceNormalization", global},
      {"GlobalLpPool", global},
      {"GlobalAveragePool", global},
      {"GlobalMaxPool", global},
      {"InstanceNormalization", global},
      {"GroupNormalization", global},
  };
  return kRules;
}

}  // namespace zooport::onnx
