#include <algorithm>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Operators whose output has the shape of an input, or that of the inputs broadcast together; reductions.
namespace zooport::onnx {
namespace {

void arithmetic(ShapeStep& step) { broadcast_all(step, 0, step.element(0)); }
void comparison(ShapeStep& step) { broadcast_all(step, 0, ElementType::kBool); }
void where(ShapeStep& step) { broadcast_all(step, 0, step.element(1)); }

void as_bool(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0)) step.set(0, ElementType::kBool, *shape);
}
void like_second(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0)) step.set(0, step.element(1), *shape);
}
void of_named_type(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0)) step.set(0, step.element_or("dtype", step.element(0)), *shape);
}

void cast(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0))
    step.set(0, static_cast<ElementType>(step.node.int_or("to", 1)), *shape);
}

void dropout(ShapeStep& step) {
  same_as_first(step);
  const ElementType mask = step.opset < 10 ? step.element(0) : ElementType::kBool;
  if (const tensor::Shape* shape = step.shape(0)) step.set(1, mask, *shape);
}

// In training there are the running mean and variance beside the output, and those of the batch in old opsets.
void batch_normalization(ShapeStep& step) {
  same_as_first(step);
  const tensor::Shape* scale = step.shape(1);
  if (!scale) return;
  for (std::size_t i = 1; i < step.outputs.size(); ++i)
    step.set(i, step.element(step.opset >= 14 ? (step.input(3) ? 3 : 1) : 1), *scale);
}

// Mean and reciprocal deviation have one element where the normalised axes were.
void layer_normalization(ShapeStep& step) {
  same_as_first(step);
  const tensor::Shape* shape = step.shape(0);
  if (!shape) return;
  const std::int64_t axis = axis_in(step.node.int_or("axis", -1), shape->size());
  if (axis < 0) return;
  tensor::Shape statistics = *shape;
  for (std::size_t i = static_cast<std::size_t>(axis); i < statistics.size(); ++i) statistics[i] = 1;
  for (std::size_t i = 1; i < step.outputs.size(); ++i)
    step.set(i, step.element_or("stash_type", ElementType::kFloat), statistics);
}

void dynamic_quantize(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0)) step.set(0, ElementType::kUint8, *shape);
  step.set(1, ElementType::kFloat, {});
  step.set(2, ElementType::kUint8, {});
}
void quantize(ShapeStep& step) {
  const ElementType otherwise = step.element_or("output_dtype", ElementType::kUint8);
  if (const tensor::Shape* shape = step.shape(0)) step.set(0, step.input(2) ? step.element(2) : otherwise, *shape);
}
void dequantize(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0)) step.set(0, step.element_or("output_dtype", step.element(1)), *shape);
}

// Attribute `axis`, as far as it is dropped: ArgMax and ArgMin.
void arg(ShapeStep& step) {
  const tensor::Shape* shape = step.shape(0);
  if (!shape) return;
  const std::int64_t axis = axis_in(step.node.int_or("axis", 0), shape->size());
  if (axis < 0) return step.conflict(concat("its axis is not one of its input's ", shape->size()));
  tensor::Shape result = *shape;
  if (step.node.int_or("keepdims", 1) != 0) {
    result[static_cast<std::size_t>(axis)] = 1;
  } else {
    result.erase(result.begin() + axis);
  }
  step.set(0, ElementType::kInt64, std::move(result));
}

// The loss, and the logarithm of the probabilities.
void loss(ShapeStep& step) {
  const tensor::Shape* labels = step.shape(1);
  const std::string reduction = step.node.string_or("reduction", "mean");
  if (reduction != "none") step.set(0, step.element(0), {});
  if (reduction == "none" && labels) step.set(0, step.element(0), *labels);
  if (const tensor::Shape* scores = step.shape(0)) step.set(1, step.element(0), *scores);
}

void reduce(ShapeStep& step) {
  const tensor::Shape* shape = step.shape(0);
  if (!shape) return;
  const bool has_axes_input = !step.node.input(1).empty();
  auto axes = step.list("axes", 1);
  if (has_axes_input && !axes) return;
  if (!axes || axes->empty()) {
    if (step.node.int_or("noop_with_empty_axes", 0) != 0) return same_as_first(step);
    axes.emplace();
    for (std::size_t i = 0; i < shape->size(); ++i) axes->push_back(static_cast<std::int64_t>(i));
  }
  std::vector<bool> reduced(shape->size(), false);
  for (const std::int64_t axis : *axes) {
    const std::int64_t at = axis_in(axis, shape->size());
    if (at < 0) return step.conflict(concat("axis ", axis, " is not one of its input's ", shape->size()));
    reduced[static_cast<std::size_t>(at)] = true;
  }
  const bool keeps = step.node.int_or("keepdims", 1) != 0;
  tensor::Shape result;
  for (std::size_t i = 0; i < shape->size(); ++i) {
    if (!reduced[i]) {
      result.push_back((*shape)[i]);
    } else if (keeps) {
      result.push_back(1);
    }
  }
  step.set(0, step.element(0), std::move(result));
}

}  // namespace

void same_as_first(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0)) step.set(0, step.element(0), *shape);
}

void broadcast_all(ShapeStep& step, std::size_t first, ElementType element) {
  tensor::Shape result;
  for (std::size_t i = first; i < step.input_count(); ++i) {
    if (step.node.input(i).empty()) continue;
    const tensor::Shape* shape = step.shape(i);
    if (!shape) return;
    const auto both = broadcast(result, *shape);
    if (!both)
      return step.conflict(concat("its inputs ", shape_text(result), " and ", shape_text(*shape), " do not fit"));
    result = *both;
  }
  step.set(0, element, std::move(result));
}

const std::vector<NamedShapeRule>& elementwise_shape_rules() {
  static const std::vector<NamedShapeRule> kRules = [] {
    std::vector<NamedShapeRule> rules;
    const auto all = [&](ShapeRule rule, std::initializer_list<std::string_view> ops) {
      for (const std::string_view op : ops) rules.push_back({op, rule});
    };
    all(same_as_first, {"Relu",
                        "LeakyRelu",
                        "Elu",
                        "Celu",
                        "Selu",
                        "Sigmoid",
                        "HardSigmoid",
                        "HardSwish",
                        "Swish",
                        "Mish",
                        "Gelu",
                        "Tanh",
                        "Erf",
                        "Exp",
                        "Log",
                        "Sqrt",
                        "Abs",
                        "Neg",
                        "Floor",
                        "Ceil",
                        "Round",
                        "Sign",
                        "Reciprocal",
                        "Softplus",
                        "Softsign",
                        "Softmax",
                        "LogSoftmax",
                        "Hardmax",
                        "Clip",
                        "Identity",
                        "ThresholdedRelu",
                        "Sin",
                        "Cos",
                        "Not",
                        "CumSum",
                        "LpNormalization",
                        "LRN",
                        "MeanVarianceNormalization",
                        "InstanceNormalization",
                        "GroupNormalization",
                        "RMSNormalization",
                        "PRelu",
                        "Trilu",
                        "Tan",
                        "Asin",
                        "Acos",
                        "Atan",
                        "Sinh",
                        "Cosh",
                        "Asinh",
                        "Acosh",
                        "Atanh",
                        "Shrink",
                        "BitwiseNot",
                        "CumProd",
                        "RotaryEmbedding",
                        "com.microsoft::Gelu",
                        "com.microsoft::FastGelu",
                        "com.microsoft::QuickGelu",
                        "com.microsoft::BiasGelu",
                        "com.microsoft::QLinearSigmoid",
                        "com.microsoft::QLinearLeakyRelu",
                        "com.microsoft::QLinearSoftmax"});
    all(batch_normalization, {"BatchNormalization"});
    all(layer_normalization, {"LayerNormalization"});
    all(as_bool, {"IsNaN", "IsInf", "RegexFullMatch"});
    all(like_second, {"CastLike"});
    all(of_named_type, {"Bernoulli", "RandomNormalLike", "RandomUniformLike", "EyeLike"});
    all(quantize, {"QuantizeLinear", "com.microsoft::QuantizeLinear"});
    all(dequantize, {"DequantizeLinear", "com.microsoft::DequantizeLinear"});
    all(dynamic_quantize, {"DynamicQuantizeLinear"});
    all(arg, {"ArgMax", "ArgMin"});
    all(loss, {"SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"});
    all(arithmetic, {"Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Mean", "Sum", "Mod", "BitShift", "BitwiseAnd",
                     "BitwiseOr", "BitwiseXor", "StringConcat"});
    all(comparison, {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"});
    all(where, {"Where"});
    all(cast, {"Cast"});
    all(dropout, {"Dropout"});
    all(reduce, {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                 "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"});
    return rules;
  }();
  return kRules;
}

}  // namespace zooport::onnx
