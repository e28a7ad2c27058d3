#include "onnx/passes/shape_rules.hpp"

// Networks that run along a sequence.
namespace zooport::onnx {
namespace {

void recurrent(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const tensor::Shape* r = step.shape(2);
  if (!x || x->size() != 3) return;
  std::int64_t hidden = step.node.int_or("hidden_size", 0);
  if (hidden == 0 && r && r->size() == 3) hidden = r->back();
  if (hidden < 1) return;
  const std::int64_t directions = step.node.string_or("direction", "forward") == "bidirectional" ? 2 : 1;
  const ElementType element = step.element(0);
  // Layout 1 has the batch first.
  if (step.node.int_or("layout", 0) != 0) {
    step.set(0, element, {(*x)[0], (*x)[1], directions, hidden});
    step.set(1, element, {(*x)[0], directions, hidden});
    step.set(2, element, {(*x)[0], directions, hidden});
  } else {
    step.set(0, element, {(*x)[0], directions, (*x)[1], hidden});
    step.set(1, element, {directions, (*x)[1], hidden});
    step.set(2, element, {directions, (*x)[1], hidden});
  }
}

}  // namespace

const std::vector<NamedShapeRule>& recurrent_shape_rules() {
  static const std::vector<NamedShapeRule> kRules{{"RNN", recurrent}, {"GRU", recurrent}, {"LSTM", recurrent}};
  return kRules;
}

}  // namespace zooport::onnx
