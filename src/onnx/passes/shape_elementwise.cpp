#include <algorithm>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Operators whose output has the shape of an input, or that of the inputs broadcast together; reductions; products.
namespace zooport::onnx {
namespace {

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

void arithmetic(ShapeStep& step) { broadcast_all(step, 0, step.element(0)); }
void comparison(ShapeStep& step) { broadcast_all(step, 0, ElementType::kBool); }
void where(ShapeStep& step) { broadcast_all(step, 0, step.element(1)); }

void cast(ShapeStep& step) {
  if (const tensor::Shape* shape = step.shape(0))
    step.set(0, static_cast<ElementType>(step.node.int_or("to", 1)), *shape);
}

void dropout(ShapeStep& step) {
  same_as_first(step);
  if (const tensor::Shape* shape = step.shape(0)) step.set(1, ElementType::kBool, *shape);
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

void matmul(ShapeStep& step) {
  const tensor::Shape* a = step.shape(0);
  const tensor::Shape* b = step.shape(1);
  if (!a || !b || a->size() < 2 || b->size() < 2) return;
  if (a->back() != (*b)[b->size() - 2])
    return step.conflict(concat("it multiplies ", shape_text(*a), " by ", shape_text(*b)));
  const auto batch = broadcast(tensor::Shape(a->begin(), a->end() - 2), tensor::Shape(b->begin(), b->end() - 2));
  if (!batch) return step.conflict(concat("it multiplies ", shape_text(*a), " by ", shape_text(*b)));
  tensor::Shape result = *batch;
  result.push_back((*a)[a->size() - 2]);
  result.push_back(b->back());
  step.set(0, step.element(0), std::move(result));
}

void gemm(ShapeStep& step) {
  const tensor::Shape* a = step.shape(0);
  const tensor::Shape* b = step.shape(1);
  if (!a || !b || a->size() != 2 || b->size() != 2) return;
  const bool flips_a = step.node.int_or("transA", 0) != 0;
  const bool flips_b = step.node.int_or("transB", 0) != 0;
  if ((*a)[flips_a ? 0 : 1] != (*b)[flips_b ? 1 : 0])
    return step.conflict(concat("it multiplies ", shape_text(*a), " by ", shape_text(*b)));
  step.set(0, step.element(0), {(*a)[flips_a ? 1 : 0], (*b)[flips_b ? 0 : 1]});
}

}  // namespace

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
                        "IsNaN",
                        "CumSum",
                        "LpNormalization",
                        "LRN",
                        "MeanVarianceNormalization",
                        "InstanceNormalization",
                        "GroupNormalization",
                        "RMSNormalization",
                        "PRelu",
                        "Trilu",
                        "BitShift"});
    all(same_as_first, {"BatchNormalization", "LayerNormalization"});
    all(arithmetic, {"Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Mean", "Sum", "Mod"});
    all(comparison, {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"});
    all(where, {"Where"});
    all(cast, {"Cast"});
    all(dropout, {"Dropout"});
    all(reduce, {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                 "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"});
    all(matmul, {"MatMul"});
    all(gemm, {"Gemm"});
    return rules;
  }();
  return kRules;
}

}  // namespace zooport::onnx
