#include <gtest/gtest.h>

#include <algorithm>

#include "onnx/passes/opset_for_test.hpp"

// Forms before opset 13. What they compute is compared in tests/peers/opset_rules.py.
namespace zooport::onnx {
namespace {

using for_test::changed;
using for_test::Names;
using for_test::value;

// x [, further inputs] -> op -> y
Model one(std::string op, std::int64_t opset, std::vector<Attribute> attributes, std::vector<ValueInfo> more,
          std::vector<Tensor> constants = {}) {
  Model model;
  model.ir_version = 8;
  model.set_opset(opset);
  model.graph.inputs = {value("x", {2, 4, 6})};
  model.graph.outputs = {value("y", {2, 4, 6})};
  Node node;
  node.op = std::move(op);
  node.name = "it";
  node.inputs = {"x"};
  node.outputs = {"y"};
  node.attributes = std::move(attributes);
  for (Tensor& constant : constants) {
    node.inputs.push_back(constant.name);
    model.graph.initializers.push_back(std::move(constant));
  }
  for (ValueInfo& input : more) {
    node.inputs.push_back(input.name);
    model.graph.inputs.push_back(std::move(input));
  }
  model.graph.nodes.push_back(std::move(node));
  return model;
}

TEST(OlderOpsets, BoundsOfClipAreAttributesOrComputed) {
  Model fixed = one("Clip", 11, {}, {}, {make_floats("low", {}, {-1}), make_floats("high", {}, {2})});
  EXPECT_EQ(changed(fixed, 10), Names{"Clip"});
  EXPECT_EQ(fixed.graph.nodes[0].float_or("max", 0), 2);
  Model computed = one("Clip", 11, {}, {value("low", {}), value("high", {})});
  EXPECT_EQ(changed(computed, 10), (Names{"Max", "Min"}));
}

TEST(OlderOpsets, StepsOfSlicesPickIndices) {
  const auto list = [](std::string name, std::int64_t number) { return make_integers(std::move(name), {number}); };
  Model model = one("Slice", 13, {}, {}, {list("starts", 5), list("ends", -100), list("axes", -1), list("steps", -2)});
  EXPECT_EQ(changed(model, 9), (Names{"Gather", "Identity"}));
  const Node& gather = model.graph.nodes[model.graph.nodes.size() - 2];
  for (const Node& node : model.graph.nodes) {
    if (node.outputs[0] != gather.input(1)) continue;
    EXPECT_EQ(integers_of(node.find("value")->tensors[0]), (std::vector<std::int64_t>{5, 3, 1}));
  }
}

TEST(OlderOpsets, EquationsBecomeProductsOfMatrices) {
  Model model = one("Einsum", 13, {make_attribute("equation", std::string("bij,bjk->bik"))}, {value("w", {2, 6, 3})});
  const Names ops = changed(model, 11);
  EXPECT_NE(std::find(ops.begin(), ops.end(), "MatMul"), ops.end());
  Model twice = one("Einsum", 13, {make_attribute("equation", std::string("bii->bi"))}, {});
  EXPECT_NE(changed(twice, 11).at(0).find("a letter twice"), std::string::npos);
}

TEST(OlderOpsets, ConstantsOfIntegersAreInitializersBelowNine) {
  Model model = one("ReduceMean", 18, {}, {});
  Node axes;
  axes.op = "Constant";
  axes.outputs = {"axes"};
  axes.set(make_attribute("value", make_integers("", {2})));
  model.graph.nodes[0].inputs.push_back("axes");
  model.graph.nodes.insert(model.graph.nodes.begin(), axes);
  EXPECT_EQ(changed(model, 8), Names{"ReduceMean"});
  EXPECT_EQ(model.graph.nodes.size(), 1u);
  EXPECT_NE(model.graph.find_initializer("axes"), nullptr);
  EXPECT_EQ(model.ir_version, 4) << "initializers that are no inputs came with IR 4";
}

TEST(OlderOpsets, AxesMayBeComputedOfConstants) {
  Model model = one("ReduceMean", 18, {}, {});
  Node sum;
  sum.op = "Add";
  sum.inputs = {"a", "a"};
  sum.outputs = {"axes"};
  model.graph.initializers = {make_integers("a", {1})};
  model.graph.nodes[0].inputs.push_back("axes");
  model.graph.nodes.insert(model.graph.nodes.begin(), sum);
  EXPECT_EQ(changed(model, 12).back(), "ReduceMean");
  EXPECT_EQ(model.graph.nodes.back().ints_or("axes", {}), std::vector<std::int64_t>{2});
}

TEST(OlderOpsets, RecurrencesWithTheBatchFirstAreTransposed) {
  Model model =
      one("RNN", 14, {make_attribute("layout", std::int64_t{1}), make_attribute("hidden_size", std::int64_t{3})},
          {value("w", {1, 3, 6}), value("r", {1, 3, 3})});
  EXPECT_EQ(changed(model, 12), (Names{"Transpose", "RNN", "Transpose"}));
}

}  // namespace
}  // namespace zooport::onnx
