#include <gtest/gtest.h>

#include <limits>

#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

Node node_of(const std::string& op, std::vector<std::string> inputs, std::vector<std::string> outputs) {
  Node node;
  node.op = op;
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  return node;
}

Attribute body_attribute(std::string name, Graph body) {
  Attribute attribute;
  attribute.name = std::move(name);
  attribute.type = AttributeType::kGraph;
  attribute.graphs.push_back(std::move(body));
  return attribute;
}

Model empty_model() {
  Model model;
  model.ir_version = 8;
  model.set_opset(17);
  return model;
}

// One node on inputs of given shapes.
Costs costs(const std::string& op, const std::vector<tensor::Shape>& shapes, std::vector<Attribute> attributes = {},
            const std::string& domain = "") {
  Model model = empty_model();
  Node node;
  node.op = op;
  node.domain = domain;
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
  // Along one axis, and in three; a group each channel; of bytes.
  EXPECT_EQ(costs("Conv", {{2, 3, 10}, {5, 3, 3}}).multiply_adds, 2u * 5 * 8 * 3 * 3);
  EXPECT_EQ(costs("Conv", {{1, 2, 6, 7, 8}, {4, 2, 3, 3, 3}}).multiply_adds, 4u * 4 * 5 * 6 * 2 * 27);
  EXPECT_EQ(costs("Conv", {{1, 8, 9, 9}, {8, 1, 3, 3}}, {make_attribute("group", std::int64_t{8})}).multiply_adds,
            8u * 49 * 9);
  EXPECT_EQ(costs("ConvInteger", {{1, 3, 8, 6}, {5, 3, 3, 3}}).multiply_adds, 5u * 6 * 4 * 3 * 9);
  EXPECT_EQ(costs("QLinearConv", {{1, 3, 8, 6}, {}, {}, {5, 3, 3, 3}, {}, {}, {}, {}}).multiply_adds,
            5u * 6 * 4 * 3 * 9);
  EXPECT_EQ(costs("FusedConv", {{1, 3, 8, 6}, {5, 3, 3, 3}}, {}, "com.microsoft").multiply_adds, 5u * 6 * 4 * 3 * 9);
  EXPECT_EQ(costs("MatMul", {{7}, {3, 7, 11}}).multiply_adds, 3u * 7 * 11) << "a vector";
  EXPECT_EQ(costs("MatMulInteger", {{5, 7}, {7, 11}}).multiply_adds, 5u * 7 * 11);
  EXPECT_EQ(costs("QLinearMatMul", {{5, 7}, {}, {}, {7, 11}, {}, {}, {}, {}}).multiply_adds, 5u * 7 * 11);
  EXPECT_EQ(
      costs("Einsum", {{2, 3, 5}, {5, 7}}, {make_attribute("equation", std::string("...ij,jk->...ik"))}).multiply_adds,
      2u * 3 * 5 * 7);
  EXPECT_EQ(costs("Einsum", {{3, 5}, {5, 7}, {7, 2}}, {make_attribute("equation", std::string("ij,jk,kl->il"))})
                .multiply_adds,
            2u * 3 * 5 * 7 * 2);
  // 6 steps of 2 sequences, each in two directions: 4 gates of 8 by 5 inputs and 8 kept; a GRU has 3, an RNN 1.
  const std::vector<std::pair<std::string, std::int64_t>> layers{{"LSTM", 4}, {"GRU", 3}, {"RNN", 1}};
  for (const auto& [layer, gates] : layers)
    EXPECT_EQ(costs(layer, {{6, 2, 5}, {2, gates * 8, 5}, {2, gates * 8, 8}},
                    {make_attribute("hidden_size", std::int64_t{8}),
                     make_attribute("direction", std::string("bidirectional"))})
                  .multiply_adds,
              6u * 2 * 2 * static_cast<std::uint64_t>(gates) * 8 * (5 + 8))
        << layer;
  const Costs none = costs("Relu", {{1, 3, 8, 6}});
  EXPECT_EQ(none.multiply_adds, 0u);
  // Input and output are alive together.
  EXPECT_EQ(none.peak_bytes, 2u * 3 * 8 * 6 * 4);
  EXPECT_EQ(costs("NonZero", {{4}}).unknown, "y");
}

// x [4, 6] by weights [6, 6]: 144 multiply-adds.
Graph product_body(const std::string& input, const std::string& output) {
  Graph body;
  body.nodes.push_back(node_of("MatMul", {input, "w"}, {output}));
  body.outputs.emplace_back().name = output;
  return body;
}

Model around(Node node) {
  Model model = empty_model();
  ValueInfo& x = model.graph.inputs.emplace_back();
  x.name = "x";
  x.type.element = ElementType::kFloat;
  ValueInfo& flag = model.graph.inputs.emplace_back();
  flag.name = "flag";
  flag.type.element = ElementType::kBool;
  ValueInfo& count = model.graph.inputs.emplace_back();
  count.name = "count";
  count.type.element = ElementType::kInt64;
  model.graph.initializers.push_back(make_floats("w", {6, 6}, std::vector<float>(36, 1)));
  model.graph.initializers.push_back(make_integers("five", {5}));
  model.graph.initializers.push_back(make_integers("hundred", {100}));
  model.graph.initializers.push_back(make_integers("endless", {std::numeric_limits<std::int64_t>::max()}));
  model.graph.initializers.push_back(make_integers("zero", {0}));
  model.graph.initializers.push_back(make_integers("one", {1}));
  model.graph.nodes.push_back(std::move(node));
  model.graph.outputs.emplace_back().name = "y";
  return model;
}

Costs costs_around(Node node) {
  const Model model = around(std::move(node));
  const auto values = infer_shapes(model, {{"x", {4, 6}}, {"flag", {}}, {"count", {}}});
  EXPECT_TRUE(values.ok());
  return costs_of(model, *values);
}

TEST(Costs, OfBranchesThatOfTheLargerOne) {
  Node branch = node_of("If", {"flag"}, {"y"});
  branch.name = "choice";
  Graph larger = product_body("x", "m");
  larger.nodes.push_back(node_of("MatMul", {"m", "w"}, {"n"}));
  larger.outputs[0].name = "n";
  branch.set(body_attribute("then_branch", product_body("x", "k")));
  branch.set(body_attribute("else_branch", std::move(larger)));
  const Costs costs = costs_around(branch);
  EXPECT_EQ(costs.multiply_adds, 288u);
  EXPECT_EQ(costs.by_operator.at("MatMul"), 288u);
  EXPECT_EQ(costs.uncounted, "");
  // x outside, and inside what is read and what is made.
  EXPECT_EQ(costs.peak_bytes, 3u * 4 * 6 * 4 + 1 + 8);
}

Node loop(const std::string& count) {
  Node node = node_of("Loop", {count, "", "x"}, {"y"});
  node.name = "rounds";
  Graph body = product_body("kept", "next");
  for (const char* name : {"round", "on", "kept"}) body.inputs.emplace_back().name = name;
  body.nodes.push_back(node_of("Identity", {"on"}, {"still"}));
  body.outputs.emplace(body.outputs.begin())->name = "still";
  node.set(body_attribute("body", std::move(body)));
  return node;
}

TEST(Costs, OfLoopsAsOftenAsTheyRun) {
  EXPECT_EQ(costs_around(loop("five")).multiply_adds, 5u * 144);
  EXPECT_EQ(costs_around(loop("hundred")).multiply_adds, 100u * 144);
  EXPECT_EQ(costs_around(loop("hundred")).uncounted, "");
  const Costs open = costs_around(loop("count"));
  EXPECT_EQ(open.multiply_adds, 0u);
  EXPECT_EQ(open.uncounted, "node rounds (Loop): how often its body runs is not known");
}

// Carries a counter beside the product, and ends when it is not below `end`; without one it runs `count` times.
Node counting_loop(const std::string& count, const std::string& end) {
  Node node = loop(count);
  node.inputs = {count, "", "x", "zero"};
  node.outputs = {"y", "counted"};
  Graph& body = node.attributes[0].graphs[0];
  body.inputs.emplace_back().name = "i";
  body.nodes.push_back(node_of("Add", {"i", "one"}, {"j"}));
  if (!end.empty()) body.nodes[1] = node_of("Less", {"j", end}, {"still"});
  if (!end.empty()) std::swap(body.nodes[1], body.nodes[2]);
  body.outputs.emplace_back().name = "j";
  return node;
}

TEST(Costs, OfLoopsThatCountForThemselves) {
  EXPECT_EQ(costs_around(counting_loop("hundred", "")).multiply_adds, 100u * 144) << "whatever else changes each round";
  EXPECT_EQ(costs_around(counting_loop("", "five")).multiply_adds, 5u * 144);
  EXPECT_EQ(costs_around(counting_loop("endless", "five")).multiply_adds, 5u * 144);
  EXPECT_EQ(costs_around(counting_loop("", "count")).uncounted,
            "node rounds (Loop): how often its body runs is not known");
  EXPECT_EQ(costs_around(counting_loop("", "hundred")).uncounted,
            "node rounds (Loop): how often its body runs is not known");
}

TEST(Costs, OfScansOncePerSlice) {
  Node scan = node_of("Scan", {"x"}, {"y"});
  Graph body = product_body("row", "made");
  body.inputs.emplace_back().name = "row";
  scan.set(body_attribute("body", std::move(body)));
  scan.set(make_attribute("num_scan_inputs", std::int64_t{1}));
  EXPECT_EQ(costs_around(scan).multiply_adds, 4u * 36);
}

TEST(Costs, NameTheNodeThatIsNotCounted) {
  Model model = around(node_of("NonZero", {"x"}, {"places"}));
  model.graph.nodes.push_back(node_of("Cast", {"places"}, {"cast"}));
  model.graph.nodes.back().set(make_attribute("to", std::int64_t{1}));
  model.graph.nodes.push_back(node_of("MatMul", {"cast", "w"}, {"y"}));
  const auto values = infer_shapes(model, {{"x", {4, 6}}, {"flag", {}}, {"count", {}}});
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(costs_of(model, *values).uncounted, "node y (MatMul): its sizes are not known");
}

}  // namespace
}  // namespace zooport::onnx
