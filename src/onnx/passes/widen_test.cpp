#include <gtest/gtest.h>

#include <cstring>

#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

ValueInfo value(std::string name, ElementType type) {
  ValueInfo made;
  made.name = std::move(name);
  made.type.element = type;
  made.type.shape.emplace();
  made.type.shape->emplace_back().value = 2;
  return made;
}

Node node(std::string op, std::vector<std::string> inputs, std::string output) {
  Node made;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

// y = float32(Cast(x) + w) with everything in between of 16 bits.
Model narrow(ElementType type, std::vector<std::uint16_t> bits) {
  Model model;
  model.ir_version = 8;
  model.set_opset(13);
  model.graph.inputs = {value("x", ElementType::kFloat)};
  model.graph.outputs = {value("y", ElementType::kFloat)};
  Tensor weights;
  weights.name = "w";
  weights.type = type;
  weights.dims = {static_cast<std::int64_t>(bits.size())};
  std::vector<std::byte> raw(bits.size() * 2);
  std::memcpy(raw.data(), bits.data(), raw.size());
  weights.raw = Bytes(std::move(raw));
  model.graph.initializers = {weights};
  model.graph.values = {value("a", type), value("s", type)};
  model.graph.nodes = {node("Cast", {"x"}, "a"), node("Add", {"a", "w"}, "s"), node("Cast", {"s"}, "y")};
  model.graph.nodes[0].set(make_attribute("to", std::int64_t{static_cast<std::int32_t>(type)}));
  model.graph.nodes[2].set(make_attribute("to", std::int64_t{1}));
  return model;
}

std::vector<float> floats(const Tensor& tensor) {
  std::vector<float> values(tensor.raw.size() / 4);
  std::memcpy(values.data(), tensor.raw.data(), values.size() * 4);
  return values;
}

TEST(Widen, Bfloat16HasNoFormInOpsetTwelveAndBecomesFloat32) {
  Model model = narrow(ElementType::kBfloat16, {0x3fc0, 0xc049});  // 1.5, -3.140625
  Diagnostics diagnostics;
  const auto steps = change_opset(model, {.target = 12}, diagnostics);
  ASSERT_TRUE(steps) << steps.error().what.message;
  EXPECT_EQ(floats(model.graph.initializers[0]), (std::vector<float>{1.5f, -3.140625f}));
  EXPECT_EQ(model.graph.initializers[0].type, ElementType::kFloat);
  EXPECT_EQ(model.graph.nodes[0].int_or("to", 0), 1);
  EXPECT_EQ(model.graph.values[0].type.element, ElementType::kFloat);
  EXPECT_EQ(steps->at(3), "1 Casts to bfloat16 are Casts to float32: the rounding between is dropped");
}

TEST(Widen, Float16StaysUnlessAskedFor) {
  Model model = narrow(ElementType::kFloat16, {0x3e00, 0x0001});  // 1.5, 2^-24
  Diagnostics diagnostics;
  ASSERT_TRUE(change_opset(model, {.target = 12}, diagnostics));
  EXPECT_EQ(model.graph.initializers[0].type, ElementType::kFloat16);
  const auto steps = widen_floats(model);
  ASSERT_TRUE(steps);
  EXPECT_EQ(steps->size(), 3u);
  EXPECT_EQ(floats(model.graph.initializers[0]), (std::vector<float>{1.5f, 0x1p-24f}));
  EXPECT_TRUE(widen_floats(model)->empty());
}

TEST(Widen, WhatDoesNotFitItsShapeIsAnError) {
  Model model = narrow(ElementType::kFloat16, {0x3e00, 0x3e00});
  model.graph.initializers[0].dims = {3};
  const auto steps = widen_floats(model);
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().what.id, "onnx.tensor-size");
  EXPECT_EQ(model.graph.values[0].type.element, ElementType::kFloat16) << "changed though refused";
}

}  // namespace
}  // namespace zooport::onnx
