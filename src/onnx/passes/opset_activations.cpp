#include <cmath>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Activations, casts, attention.
namespace zooport::onnx::rules {

void celu(Rewrite& at) {
  const std::string x = at.node.input(0);
  const float alpha = at.node.float_or("alpha", 1);
  if (alpha == 1) return at.finish("Elu", {x});
  const std::string factor = at.number_like(x, alpha);
  at.finish("Mul", {at.emit("Elu", {at.emit("Div", {x, factor})}), factor});
}

void hard_swish(Rewrite& at) {
  const std::string x = at.node.input(0);
  const std::string gate =
      at.emit("HardSigmoid", {x}, {make_attribute("alpha", 1.0f / 6.0f), make_attribute("beta", 0.5f)});
  at.finish("Mul", {x, gate});
}

void mish(Rewrite& at) {
  const std::string x = at.node.input(0);
  at.finish("Mul", {x, at.emit("Tanh", {at.emit("Softplus", {x})})});
}

void gelu(Rewrite& at) {
  const std::string x = at.node.input(0);
  std::string gate;
  if (at.node.string_or("approximate", "none") == "tanh") {
    const std::string cube = at.emit("Mul", {at.emit("Mul", {x, x}), x});
    const std::string inner = at.emit("Add", {x, at.emit("Mul", {cube, at.number_like(x, 0.044715)})});
    gate = at.emit("Tanh", {at.emit("Mul", {inner, at.number_like(x, std::sqrt(2.0 / 3.14159265358979323846))})});
  } else {
    gate = at.emit("Erf", {at.emit("Mul", {x, at.number_like(x, std::sqrt(0.5))})});
  }
  const std::string half = at.emit("Mul", {x, at.number_like(x, 0.5)});
  at.finish("Mul", {half, at.emit("Add", {gate, at.number_like(x, 1)})});
}

void swish(Rewrite& at) {
  const std::string x = at.node.input(0);
  const float alpha = at.node.float_or("alpha", 1);
  const std::string scaled = alpha == 1 ? x : at.emit("Mul", {x, at.number_like(x, alpha)});
  at.finish("Mul", {x, at.emit("Sigmoid", {scaled})});
}

void cast_like(Rewrite& at) {
  const ElementType type = at.facts.type(at.node.input(1));
  if (type == ElementType::kUndefined) return at.refuse("the element type to cast to is not known");
  at.finish("Cast", {at.node.input(0)}, {make_attribute("to", std::int64_t{static_cast<std::int32_t>(type)})});
}

void clip_to_input(Rewrite& at) {
  const std::string x = at.node.input(0);
  std::vector<std::string> inputs = {x, "", ""};
  if (const Attribute* least = at.node.find("min")) inputs[1] = at.number_like(x, least->f);
  if (const Attribute* most = at.node.find("max")) inputs[2] = at.number_like(x, most->f);
  while (inputs.back().empty()) inputs.pop_back();
  at.node.inputs = std::move(inputs);
  at.node.remove("min");
  at.node.remove("max");
}

// The ratio matters in training alone.
void dropout_to_input(Rewrite& at) {
  const bool has_mask = at.node.outputs.size() > 1 && at.facts.is_read(at.node.outputs[1]);
  if (has_mask) return at.refuse("the mask, which older opsets do not define outside training");
  at.node.remove("ratio");
}

}  // namespace zooport::onnx::rules
