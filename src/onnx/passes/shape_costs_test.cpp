#include <gtest/gtest.h>

#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

// One node on inputs of given shapes.
Costs costs(const std::string& op, const std::vector<tensor::Shape>& shapes, std::vector<Attribute> attributes = {}) {
  Model model;
  model.ir_version = 8;
  model.set_opset(17);
  Node node;
  node.op = op;
  node.attributes = std::move(attributes);
  node.outputs = {"y"};
  InputShapes sizes;
  for (const tensor::Shape& shape : shapes) {
    ValueInfo input;
    input.name = "x" + std::to_string(model.graph.inputs.size());
    input.type.element = ElementType::kFloat;
    node.inputs.push_back(input.name);
    sizes[input.name] = shape;
    model.graph.inputs.push_back(std::move(input));
  }
  model.graph.nodes.push_back(std::move(node));
  model.graph.outputs.emplace_back().name = "y";
  const auto values = infer_shapes(model, sizes);
  EXPECT_TRUE(values.ok());
  return costs_of(model, *values);
}

TEST(Costs, AreThoseComputedByHand) {
  using Ints = std::vector<std::int64_t>;
  // 5 channels of 6 x 4 outputs, each of 3 channels by 3 x 3.
  EXPECT_EQ(costs("Conv", {{1, 3, 8, 6}, {5, 3, 3, 3}}).multiply_adds, 5u * 6 * 4 * 3 * 9);
  // In two groups each output sees half of the channels.
  EXPECT_EQ(costs("Conv", {{1, 4, 8, 6}, {6, 2, 3, 3}}, {make_attribute("group", std::int64_t{2})}).multiply_adds,
            6u * 6 * 4 * 2 * 9);
  // Each of 4 x 7 x 7 inputs meets 2 channels of 2 x 2 weights, whatever the stride.
  EXPECT_EQ(costs("ConvTranspose", {{1, 4, 7, 7}, {4, 2, 2, 2}}, {make_attribute("strides", Ints{2, 2})}).multiply_adds,
            4u * 49 * 2 * 4);
  EXPECT_EQ(costs("MatMul", {{2, 3, 5, 7}, {7, 11}}).multiply_adds, 2u * 3 * 5 * 7 * 11);
  EXPECT_EQ(costs("Gemm", {{7, 5}, {7, 11}}, {make_attribute("transA", std::int64_t{1})}).multiply_adds, 5u * 7 * 11);
  EXPECT_EQ(
      costs("Einsum", {{2, 3, 5}, {2, 5, 7}}, {make_attribute("equation", std::string("bij,bjk->bik"))}).multiply_adds,
      2u * 3 * 5 * 7);
  EXPECT_EQ(costs("Attention", {{1, 2, 5, 3}, {1, 2, 7, 3}, {1, 2, 7, 4}}).multiply_adds,
            2u * 5 * 7 * 3 + 2u * 5 * 7 * 4);
  const Costs none = costs("Relu", {{1, 3, 8, 6}});
  EXPECT_EQ(none.multiply_adds, 0u);
  // Input and output are alive together.
  EXPECT_EQ(none.peak_bytes, 2u * 3 * 8 * 6 * 4);
  EXPECT_EQ(costs("NonZero", {{4}}).unknown, "y");
}

}  // namespace
}  // namespace zooport::onnx
