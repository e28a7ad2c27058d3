#include <algorithm>
#include <cstring>

#include "onnx/operators.hpp"
#include "onnx/passes/opset.hpp"

// 16-bit floats where an older form of an operator takes wider ones alone.
namespace zooport::onnx::rules {
namespace {

bool is_narrow(ElementType type) { return type == ElementType::kFloat16 || type == ElementType::kBfloat16; }

}  // namespace

bool with_wide_floats(Rewrite& at) {
  const Node node = at.node;
  const OperatorForm* form = find_operator(node.op, at.to);
  constexpr std::uint64_t kFloatBit = std::uint64_t{1} << static_cast<unsigned>(ElementType::kFloat);
  constexpr std::int64_t kCastsBfloat16 = 13;
  const bool has_graphs = std::any_of(node.attributes.begin(), node.attributes.end(),
                                      [](const Attribute& attribute) { return !attribute.graphs.empty(); });
  if (!form || has_graphs || node.op == "Cast" || node.op == "CastLike" || node.outputs.size() != 1) return false;
  std::vector<std::string> inputs = node.inputs;
  ElementType narrow = ElementType::kUndefined;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ElementType type = at.facts.type(inputs[i]);
    if (!is_narrow(type)) continue;
    if (i == 0 && form->input_types != 0 && (form->input_types & kFloatBit) == 0) return false;
    if (type == ElementType::kBfloat16 && at.to < kCastsBfloat16) return false;
    narrow = type;
  }
  // What an attribute says is made as float32, too.
  std::vector<Attribute> attributes = node.attributes;
  ElementType made = at.facts.type(node.outputs[0]);
  for (Attribute& attribute : attributes) {
    const auto said = static_cast<ElementType>(attribute.i);
    if (attribute.name != "dtype" || !is_narrow(said)) continue;
    if (said == ElementType::kBfloat16 && at.to < kCastsBfloat16) return false;
    narrow = made = said;
    attribute.i = static_cast<std::int64_t>(ElementType::kFloat);
  }
  if (narrow == ElementType::kUndefined || made == ElementType::kUndefined) return false;
  for (std::string& input : inputs) {
    if (is_narrow(at.facts.type(input))) input = at.cast(input, ElementType::kFloat);
  }
  if (!is_narrow(made)) {
    at.finish(node.op, inputs, attributes);
  } else {
    at.finish("Cast", {at.emit(node.op, inputs, attributes)}, {to_type(made)});
  }
  return true;
}

// ConstantOfShape makes no bfloat16 before opset 20.
void constant_of_type(Rewrite& at) {
  const Attribute* value = at.node.find("value");
  if (!value || value->tensors.size() != 1) return;
  const ElementType type = value->tensors[0].type;
  if (type != ElementType::kBfloat16) return;
  const Tensor& given = value->tensors[0];
  // A bfloat16 is the upper half of a float32.
  std::uint32_t bits = 0;
  if (given.raw.size() == 2) {
    bits = static_cast<std::uint32_t>(std::to_integer<std::uint32_t>(given.raw.data()[0]) << 16 |
                                      std::to_integer<std::uint32_t>(given.raw.data()[1]) << 24);
  }
  float number = 0;
  std::memcpy(&number, &bits, sizeof number);
  const std::string made =
      at.emit("ConstantOfShape", {at.node.input(0)}, {make_attribute("value", make_floats("", {1}, {number}))});
  at.finish("Cast", {made}, {to_type(type)});
}

}  // namespace zooport::onnx::rules
