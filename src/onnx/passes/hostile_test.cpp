#include <gtest/gtest.h>

#include <limits>

#include "tests/support/every_pass.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"

// Small graphs that would cost more memory or time than any machine has, or overflow, if a rule took them at their
// word. None of these tests measures time: those that are red do not end, or end the process.
namespace zooport::onnx {
namespace {

using Names = std::vector<std::string>;
using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kHuge = std::int64_t{1} << 39;

ValueInfo value(std::string name, const tensor::Shape& extents) {
  ValueInfo made;
  made.name = std::move(name);
  made.type.element = ElementType::kFloat;
  made.type.shape.emplace();
  for (const std::int64_t extent : extents) made.type.shape->emplace_back().value = extent;
  return made;
}

Node node(std::string op, Names inputs, Names outputs, std::vector<Attribute> attributes = {}) {
  Node made;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = std::move(outputs);
  made.attributes = std::move(attributes);
  return made;
}

Model model_of(std::vector<Node> nodes, std::vector<ValueInfo> inputs, std::int64_t opset,
               std::vector<Tensor> constants = {}) {
  Model model;
  model.ir_version = 8;
  model.set_opset(opset);
  model.graph.nodes = std::move(nodes);
  model.graph.inputs = std::move(inputs);
  model.graph.initializers = std::move(constants);
  model.graph.outputs.emplace_back().name = "y";
  return model;
}

// Why an opset is refused.
std::string refusal(Model model, std::int64_t target) {
  Diagnostics found;
  const auto done = change_opset(model, {.target = target}, found);
  return done ? "" : done.error().what.message;
}

void send_through_all(const Model& model) {
  const testing::EveryPass every_pass{Limits(), [](const std::string&) {}};
  every_pass(model, {7, 12, 18});
}

TEST(Hostile, AnAxisFarOutsideIsRefused) {
  const Model model =
      model_of({node("LayerNormalization", {"x", "s"}, {"y"}, {make_attribute("axis", -(std::int64_t{1} << 62))})},
               {value("x", {1, 2}), value("s", {2})}, 17);
  EXPECT_NE(refusal(model, 12).find("axis"), std::string::npos);
}

TEST(Hostile, ExtentsWhoseProductOverflowsAreRefused) {
  const Model pool =
      model_of({node("AveragePool", {"x"}, {"y"},
                     {make_attribute("kernel_shape", Integers{3, 3}), make_attribute("dilations", Integers{2, 2}),
                      make_attribute("pads", Integers{1, 1, 1, 1})})},
               {value("x", {1, 2, kHuge, kHuge})}, 19);
  EXPECT_NE(refusal(pool, 18), "");
  const Model eye = model_of({node("EyeLike", {"x"}, {"y"})}, {value("x", {kHuge, kHuge})}, 13);
  EXPECT_NE(refusal(eye, 8), "");
  const Model depth =
      model_of({node("DepthToSpace", {"x"}, {"y"},
                     {make_attribute("blocksize", std::int64_t{2}), make_attribute("mode", std::string("CRD"))})},
               {value("x", {1, kHuge, 2, 2})}, 13);
  EXPECT_NE(refusal(depth, 10), "");
  Names inputs;
  std::string equation;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    inputs.push_back("x");
    equation += equation.empty() ? "" : ",";
    equation += letter;
  }
  const Model einsum = model_of({node("Einsum", inputs, {"y"}, {make_attribute("equation", equation + "->")})},
                                {value("x", {1 << 20})}, 13);
  EXPECT_NE(refusal(einsum, 11), "");
}

TEST(Hostile, ConstantsThatRulesMakeAreLimitedTogether) {
  std::vector<Node> nodes;
  for (int i = 0; i < 6; ++i) {
    const std::string to = i == 5 ? "y" : "v" + std::to_string(i);
    nodes.push_back(node("Expand", {i == 0 ? "x" : "v" + std::to_string(i - 1), "to"}, {to}));
  }
  const Model model = model_of(std::move(nodes), {value("x", {1})}, 13, {make_integers("to", {1 << 24})});
  EXPECT_NE(refusal(model, 7).find("constants"), std::string::npos);
}

TEST(Hostile, NumbersAtTheEndsOfTheirRangeDoNotOverflow) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const tensor::Shape image = {1, 2, std::int64_t{1} << 44, 4};
  std::vector<Node> nodes = {
      node("Relu", {"x"}, {"y"}),
      node("GatherND", {"x", "i"}, {"a"}, {make_attribute("batch_dims", kMost)}),
      node("ConvTranspose", {"x", "w"}, {"b"},
           {make_attribute("strides", Integers{kMost, kMost}), make_attribute("output_padding", Integers{kMost, kMost}),
            make_attribute("group", kMost)}),
      node("DepthToSpace", {"x"}, {"c"}, {make_attribute("blocksize", std::int64_t{1} << 29)}),
      node("SpaceToDepth", {"x"}, {"d"}, {make_attribute("blocksize", std::int64_t{1} << 2)}),
      node("MaxUnpool", {"x", "x"}, {"e"},
           {make_attribute("kernel_shape", Integers{2, 2}), make_attribute("strides", Integers{kMost, kMost})}),
      node("Attention", {"q", "q", "v"}, {"f"},
           {make_attribute("q_num_heads", kMost), make_attribute("kv_num_heads", std::int64_t{1})}),
      node("Concat", {"h", "h"}, {"g"}, {make_attribute("axis", std::int64_t{0})}),
      node("Pad", {"x"}, {"p"}, {make_attribute("pads", Integers(4096, kMost))}),
  };
  Tensor index = make_integers("i", {0});
  Model model = model_of(
      std::move(nodes),
      {value("x", image), value("h", {kMost}), value("q", {1, 1, 0}), value("v", {1, 1, std::int64_t{1} << 44})}, 23,
      {index, make_floats("w", {2, 1, 1, 1}, {0, 0})});
  send_through_all(model);
  const auto values = infer_shapes(model, declared_shapes(model, 8));
  EXPECT_TRUE(!values || !values->at("g").shape);
}

TEST(Hostile, RanksThatDoNotGoTogetherAreNotReadBeyondTheirEnd) {
  // Weights of more axes than the image, and an axis that is dropped more than once.
  const Node transposed = node("ConvTranspose", {"x", "w"}, {"y"}, {make_attribute("output_shape", Integers{8, 8})});
  send_through_all(model_of({transposed}, {value("x", {1, 2, 4})}, 13, {make_floats("w", {2, 1, 1, 1}, {0, 0})}));
  Model dropped =
      model_of({node("ReduceMean", {"x"}, {"r"},
                     {make_attribute("axes", Integers{0, 0, 0, 0}), make_attribute("keepdims", std::int64_t{0})}),
                node("Reshape", {"r", "to"}, {"y"})},
               {value("x", {1, 2, 4, 4})}, 13, {make_integers("to", {1, 2, 4, 4, 1})});
  send_through_all(dropped);
}

TEST(Hostile, AnEmptyConstantOfVeryManyRowsIsNotWalkedThrough) {
  Tensor empty = make_floats("e", {std::int64_t{1} << 44, 0}, {});
  send_through_all(model_of(
      {node("Concat", {"e", "e"}, {"c"}, {make_attribute("axis", std::int64_t{1})}), node("Relu", {"x"}, {"y"})},
      {value("x", {1, 2})}, 13, {empty}));
}

TEST(Hostile, OperatorsWithoutOutputsOrFirstInputsAreLeftAlone) {
  send_through_all(
      model_of({node("Shape", {"x"}, {}), node("Size", {"x"}, {}), node("Range", {"n", "n", "n"}, {}),
                node("ConstantOfShape", {"n"}, {}), node("Gather", {"", "n"}, {"g"}), node("Transpose", {"x"}, {"y"})},
               {value("x", {1, 2})}, 13, {make_integers("n", {1, 0})}));
}

TEST(Hostile, AShapeOfVeryManyAxesIsNotKnown) {
  Model model = model_of({node("Relu", {"x"}, {"y"})}, {value("x", tensor::Shape(1000, 1))}, 13);
  const auto values = infer_shapes(model, declared_shapes(model, 8));
  ASSERT_TRUE(values.ok());
  EXPECT_FALSE(values->at("y").shape.has_value());
  send_through_all(model);
}

TEST(Hostile, NoTransposesAreAddedWhereOperatorsOfOnnxAreNotImported) {
  Model model = model_of({node("Scaler", {"x"}, {"y"})}, {value("x", {2, 3})}, 13);
  model.graph.nodes[0].domain = "ai.onnx.ml";
  model.opsets = {{"ai.onnx.ml", 1, {}, {}}};
  const auto wrapped = wrap_layout(model, {{"x", {1, 0}}}, {});
  ASSERT_FALSE(wrapped.ok());
  EXPECT_EQ(wrapped.error().what.id, "onnx.opset-version");
  send_through_all(model);
}

// Each function calls the next one twice.
Model doubling(std::size_t depth, Node last) {
  Model model = model_of({node("F0", {"x"}, {"y"})}, {value("x", {1, 2})}, 17);
  model.graph.nodes[0].domain = "local";
  model.opsets.push_back({"local", 1, {}, {}});
  for (std::size_t i = 0; i < depth; ++i) {
    Function& function = model.functions.emplace_back();
    function.name = "F" + std::to_string(i);
    function.domain = "local";
    function.inputs = {"a"};
    function.outputs = {"b"};
    function.opsets = model.opsets;
    const std::string next = "F" + std::to_string(i + 1);
    function.nodes = {node(next, {"a"}, {"t"}), node(next, {"t"}, {"b"})};
    for (Node& call : function.nodes) call.domain = "local";
    if (i + 1 == depth) function.nodes = {last};
  }
  return model;
}

TEST(Hostile, InlinedFunctionsAreLimitedInOperatorsAndInText) {
  Model many = doubling(40, node("Relu", {"a"}, {"b"}));
  const auto operators = inline_functions(many, Limits());
  ASSERT_FALSE(operators.ok());
  EXPECT_EQ(operators.error().what.id, "onnx.too-many-operators");
  Model large = doubling(16, node("Transpose", {"a"}, {"b"}, {make_attribute("perm", Integers(10000, 0))}));
  const auto text = inline_functions(large, Limits());
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().what.id, "onnx.too-many-operators");
  Model small = doubling(6, node("Relu", {"a"}, {"b"}));
  EXPECT_TRUE(inline_functions(small, Limits()).ok());
  EXPECT_EQ(small.graph.nodes.size(), 32u);
}

TEST(Hostile, ChainsOfFunctionsAreLimitedHoweverTheyAreFound) {
  constexpr std::size_t kLength = 2000;
  Model model = doubling(kLength, node("Relu", {"a"}, {"b"}));
  for (Function& function : model.functions) function.nodes.resize(1);
  // Those at the end are called first, so that each call on its own reaches only a little further.
  model.graph.nodes.clear();
  for (std::size_t i = kLength; i > 0; i -= 100) {
    model.graph.nodes.push_back(node("F" + std::to_string(i - 100), {"x"}, {"v" + std::to_string(i)}));
    model.graph.nodes.back().domain = "local";
  }
  const auto inlined = inline_functions(model, Limits());
  ASSERT_FALSE(inlined.ok());
  EXPECT_EQ(inlined.error().what.id, "onnx.too-deep");
}

// A Loop of `rounds` around `body`, whose one state is `state`.
Node loop(const std::string& name, const std::string& start, const std::string& end, std::vector<Node> body,
          const std::string& result) {
  Graph graph;
  graph.nodes = std::move(body);
  for (const char* of : {"_i", "_c", "_s"}) graph.inputs.push_back(value(name + of, {}));
  graph.outputs.push_back(value(name + "_c", {}));
  graph.outputs.push_back(value(result, {}));
  Attribute attribute;
  attribute.name = "body";
  attribute.type = AttributeType::kGraph;
  attribute.graphs.push_back(std::move(graph));
  return node("Loop", {"rounds", "", start}, {end}, {attribute});
}

TEST(Hostile, RoundsOfLoopsInLoopsAreLimitedTogether) {
  Node inner = node("Relu", {"l0_s"}, {"l0_r"}, {make_attribute("note", Integers(10000, 0))});
  for (int depth = 0; depth < 3; ++depth) {
    const std::string name = "l" + std::to_string(depth);
    const std::string outer = "l" + std::to_string(depth + 1);
    inner = loop(name, depth == 2 ? "x" : outer + "_s", depth == 2 ? "y" : outer + "_r", {inner}, name + "_r");
  }
  for (const std::int64_t count : {std::int64_t{32}, std::int64_t{1'000'000'000}}) {
    Tensor rounds = make_integers("rounds", {count});
    rounds.dims.clear();
    const Model model = model_of({inner}, {value("x", {1, 2})}, 13, {rounds});
    EXPECT_EQ(refusal(model, 12), "");
    EXPECT_TRUE(infer_shapes(model, declared_shapes(model, 8)).ok());
  }
}

}  // namespace
}  // namespace zooport::onnx
