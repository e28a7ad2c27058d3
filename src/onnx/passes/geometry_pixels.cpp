#include <numeric>

#include "onnx/passes/geometry_rules.hpp"

// Operators that make each pixel of those at its own place.
namespace zooport::onnx {

void keep_in_place(GeometryStep& step) {
  for (const SeenValue* input : step.inputs) {
    if (!input || !input->depends()) continue;
    step.result = *input;
    return;
  }
}

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

const std::vector<NamedGeometryRule>& pixel_geometry_rules() {
  static const std::vector<NamedGeometryRule> kRules{
      {"LRN", keep_in_place},
      {"QuantizeLinear", keep_in_place},
      {"DequantizeLinear", keep_in_place},
      {"BatchNormalization", keep_in_place},
      {"Relu", keep_in_place},
      {"LeakyRelu", keep_in_place},
      {"Elu", keep_in_place},
      {"Celu", keep_in_place},
      {"Selu", keep_in_place},
      {"Sigmoid", keep_in_place},
      {"HardSigmoid", keep_in_place},
      {"HardSwish", keep_in_place},
      {"Swish", keep_in_place},
      {"Mish", keep_in_place},
      {"Gelu", keep_in_place},
      {"Tanh", keep_in_place},
      {"Erf", keep_in_place},
      {"Exp", keep_in_place},
      {"Log", keep_in_place},
      {"Sqrt", keep_in_place},
      {"Abs", keep_in_place},
      {"Neg", keep_in_place},
      {"Floor", keep_in_place},
      {"Ceil", keep_in_place},
      {"Round", keep_in_place},
      {"Sign", keep_in_place},
      {"Clip", keep_in_place},
      {"Cast", keep_in_place},
      {"Identity", keep_in_place},
      {"Dropout", keep_in_place},
      {"Softplus", keep_in_place},
      {"Softsign", keep_in_place},
      {"Reciprocal", keep_in_place},
      {"ThresholdedRelu", keep_in_place},
      {"Not", keep_in_place},
      {"Sin", keep_in_place},
      {"Cos", keep_in_place},
      {"Tan", keep_in_place},
      {"Atan", keep_in_place},
      {"Shrink", keep_in_place},
      {"IsNaN", keep_in_place},
      {"IsInf", keep_in_place},
      {"CastLike", keep_in_place},
      {"Add", join},
      {"Sub", join},
      {"Mul", join},
      {"Div", join},
      {"Pow", join},
      {"Min", join},
      {"Max", join},
      {"Mean", join},
      {"Sum", join},
      {"PRelu", join},
      {"Where", join},
      {"Mod", join},
      {"Xor", join},
      {"Equal", join},
      {"Less", join},
      {"Greater", join},
      {"And", join},
      {"Or", join},
      {"LessOrEqual", join},
      {"GreaterOrEqual", join},
  };
  return kRules;
}

}  // namespace zooport::onnx
