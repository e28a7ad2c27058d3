#include "zooport/onnx/builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace zooport::onnx {
namespace {

Node node_of(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs) {
  Node node;
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  return node;
}

// x -> Relu -> a -> If(a, then reads x and a) -> y
Model small(std::int64_t opset) {
  Model model;
  model.ir_version = 7;
  model.set_opset(opset);
  model.graph.inputs.emplace_back().name = "x";
  model.graph.outputs.emplace_back().name = "y";
  model.graph.nodes.push_back(node_of("Relu", {"x"}, {"a"}));
  Node branch = node_of("If", {"a"}, {"y"});
  Attribute then;
  then.name = "then_branch";
  then.type = AttributeType::kGraph;
  then.graphs.emplace_back().nodes.push_back(node_of("Add", {"x", "a"}, {"inner"}));
  branch.attributes.push_back(then);
  model.graph.nodes.push_back(branch);
  return model;
}

std::vector<std::string> ops(const Model& model) {
  std::vector<std::string> names;
  for (const Node& node : model.graph.nodes) names.push_back(node.op);
  return names;
}

TEST(Builder, ChainsGoBeforeAndAfterTheNetwork) {
  Model model = small(12);
  Builder build(model);
  const auto x = build.open_input("x");
  ASSERT_TRUE(x);
  EXPECT_EQ(*x, "x");
  const std::string half = build.add("Mul", {*x, build.scalar(0.5f)});
  const std::string shifted = build.add("Sub", {half, build.reduce("ReduceMean", half, {2, 3})});
  build.close_input("x", shifted);
  const auto y = build.open_output("y");
  ASSERT_TRUE(y);
  build.close_output("y", build.add("Sigmoid", {*y}));

  EXPECT_EQ(ops(model), (std::vector<std::string>{"Mul", "ReduceMean", "Sub", "Relu", "If", "Sigmoid"}));
  EXPECT_EQ(model.graph.nodes[3].inputs[0], shifted);
  EXPECT_EQ(model.graph.nodes[4].attributes[0].graphs[0].nodes[0].inputs[0], shifted) << "subgraphs read it, too";
  EXPECT_EQ(model.graph.nodes[4].outputs[0], *y);
  EXPECT_EQ(model.graph.nodes[5].outputs[0], "y");
  EXPECT_EQ(model.graph.outputs[0].name, "y");
  EXPECT_EQ(model.graph.inputs[0].name, "x");
}

TEST(Builder, OpenedAgainTheNewNodesLieOutside) {
  Model model = small(12);
  Builder build(model);
  for (const char* op : {"Neg", "Abs"}) {
    const auto x = build.open_input("x");
    ASSERT_TRUE(x);
    build.close_input("x", build.add(op, {*x}));
    const auto y = build.open_output("y");
    ASSERT_TRUE(y);
    build.close_output("y", build.add(op, {*y}));
  }
  EXPECT_EQ(ops(model), (std::vector<std::string>{"Abs", "Neg", "Relu", "If", "Neg", "Abs"}));
  EXPECT_EQ(model.graph.nodes[0].inputs[0], "x");
  EXPECT_EQ(model.graph.nodes[1].inputs[0], model.graph.nodes[0].outputs[0]);
  EXPECT_EQ(model.graph.nodes[5].inputs[0], model.graph.nodes[4].outputs[0]);
  EXPECT_EQ(model.graph.nodes[5].outputs[0], "y");
}

TEST(Builder, AnOutputThatIsReadElsewhereKeepsItsReaders) {
  Model model = small(12);
  model.graph.outputs.emplace_back().name = "a";
  Builder build(model);
  const auto a = build.open_output("a");
  ASSERT_TRUE(a);
  build.close_output("a", *a);
  EXPECT_EQ(model.graph.nodes[0].outputs[0], "a");
  EXPECT_EQ(model.graph.nodes[1].inputs[0], "a");
  EXPECT_EQ(build.open_output("nowhere").error().what.id, "onnx.no-such-value");
  EXPECT_EQ(build.open_input("nowhere").error().what.id, "onnx.no-such-value");
  model.graph.outputs.emplace_back().name = "x";
  EXPECT_EQ(build.open_output("x").error().what.id, "onnx.output-is-input");
}

TEST(Builder, EmitsTheFormOfTheOpset) {
  for (const std::int64_t opset : {9, 12, 13, 17, 18}) {
    Model model = small(opset);
    Builder build(model);
    const auto last = [&]() -> const Node& { return model.graph.nodes.back(); };
    build.reduce("ReduceMean", "a", {1});
    EXPECT_EQ(last().inputs.size(), opset >= 18 ? 2u : 1u) << opset;
    EXPECT_EQ(last().find("axes") == nullptr, opset >= 18) << opset;
    build.reduce("ReduceSum", "a", {1}, Builder::Keep::kNothing);
    EXPECT_EQ(last().inputs.size(), opset >= 13 ? 2u : 1u) << opset;
    EXPECT_EQ(last().int_or("keepdims", 1), 0);
    build.clip("a", std::nullopt, 1);
    EXPECT_EQ(last().inputs.size(), opset >= 11 ? 3u : 1u) << opset;
    build.unsqueeze("a", {0});
    EXPECT_EQ(last().inputs.size(), opset >= 13 ? 2u : 1u) << opset;
    EXPECT_EQ(build.split("a", {1, 2}, 0).size(), 2u);
    EXPECT_EQ(last().inputs.size(), opset >= 13 ? 2u : 1u) << opset;
    build.slice("a", {0}, {1}, {0});
    EXPECT_EQ(last().inputs.size(), opset >= 10 ? 4u : 1u) << opset;
    build.pad("a", {0, 1}, "reflect");
    EXPECT_EQ(last().inputs.size(), opset >= 11 ? 2u : 1u) << opset;
    const std::size_t before = model.graph.nodes.size();
    build.softmax("a", 1, 4);
    EXPECT_EQ(model.graph.nodes.size() - before, opset >= 13 ? 1u : 3u) << opset;
  }
}

TEST(Builder, NamesAreFresh) {
  Model model = small(12);
  Builder build(model);
  EXPECT_EQ(build.fresh("inner"), "inner_1") << "a name of a subgraph";
  EXPECT_EQ(build.fresh("inner"), "inner_2");
  EXPECT_EQ(build.fresh("new"), "new");
  model.ir_version = 3;
  const std::string name = build.integers({1, 2});
  EXPECT_EQ(model.graph.nodes.back().op, "Constant") << "initializers of IR 3 are inputs";
  EXPECT_EQ(model.graph.nodes.back().outputs[0], name);
  EXPECT_TRUE(model.graph.initializers.empty());
}

}  // namespace
}  // namespace zooport::onnx
