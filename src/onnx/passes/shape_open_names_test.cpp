#include <gtest/gtest.h>

#include <algorithm>

#include "onnx/passes/graph_for_test.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

using for_test::Names;
using for_test::node;
using for_test::value;

// x -> Reshape to `target` -> y
Model reshaped(const tensor::Shape& from, std::vector<std::int64_t> target, const tensor::Shape& to) {
  Model model;
  model.ir_version = 7;
  model.set_opset(12);
  model.graph.inputs = {value("x", from)};
  model.graph.outputs = {value("y", to)};
  model.graph.initializers = {make_integers("target", target)};
  model.graph.nodes = {node("Reshape", {"x", "target"}, {"y"})};
  return model;
}

Names symbols(const ValueInfo& of) {
  Names names;
  for (const Dimension& axis : *of.type.shape) names.push_back(axis.symbol);
  return names;
}

TEST(ShapeOpenNames, TheTargetTellsWhichAxisOfOneElementGrows) {
  // As tf2onnx turns one channel round: [n, h, w, 1] through [1, n, h, w, 1].
  Model model = reshaped({1, 1, 8, 6, 1}, {-1, 1, 0, 0}, {1, 1, 8, 6});
  const auto steps = open_axes(model, {{"x", {"", "n", "h", "w", ""}}});
  ASSERT_TRUE(steps) << steps.error().what.message;
  EXPECT_TRUE(steps->empty()) << "the target may stay";
  EXPECT_EQ(symbols(model.graph.outputs[0]), (Names{"n", "", "h", "w"}));

  model = reshaped({1, 1, 8, 6}, {1, -1, 0, 0, 1}, {1, 1, 8, 6, 1});
  const auto back = open_axes(model, {{"x", {"n", "", "h", "w"}}});
  ASSERT_TRUE(back) << back.error().what.message;
  EXPECT_TRUE(back->empty());
  EXPECT_EQ(symbols(model.graph.outputs[0]), (Names{"", "n", "h", "w", ""}));
}

TEST(ShapeOpenNames, SizesThatACallerCouldGiveAreNoInputsAnyMore) {
  Model model = reshaped({1, 8, 6}, {1, 48}, {1, 48});
  model.graph.inputs.push_back(value("target", {2}, ElementType::kInt64));
  const auto steps = open_axes(model, {{"x", {"", "h", "w"}}});
  ASSERT_TRUE(steps) << steps.error().what.message;
  EXPECT_EQ(model.graph.inputs.size(), 1u);
  EXPECT_EQ(steps->back(), "input 'target' is no input any more: it always has its default");
}

TEST(ShapeOpenNames, ConstantsThatAreNoInputsNeedIrFour) {
  Model model = reshaped({1, 8, 6}, {1, 48}, {1, 48});
  model.ir_version = 3;
  model.set_opset(8);
  model.graph.inputs.push_back(value("target", {2}, ElementType::kInt64));
  ASSERT_TRUE(open_axes(model, {{"x", {"", "h", "w"}}}));
  EXPECT_EQ(model.ir_version, 4);
}

TEST(ShapeOpenNames, SizesInsideALoopAreRefused) {
  Model model = reshaped({1, 8, 6}, {-1, 8, 6}, {1, 8, 6});
  Attribute body;
  body.name = "body";
  body.type = AttributeType::kGraph;
  Graph& inner = body.graphs.emplace_back();
  inner.inputs = {value("i", {}, ElementType::kInt64), value("go", {}, ElementType::kBool), value("s", {1, 8, 6})};
  inner.nodes = {node("Identity", {"go"}, {"on"}), node("Reshape", {"s", "target"}, {"t"})};
  inner.outputs = {value("on", {}, ElementType::kBool), value("t", {1, 8, 6})};
  Tensor rounds = make_integers("rounds", {2});
  rounds.dims.clear();
  model.graph.initializers.push_back(rounds);
  model.graph.nodes = {node("Loop", {"rounds", "", "x"}, {"y"})};
  model.graph.nodes[0].attributes = {body};
  const auto steps = open_axes(model, {{"x", {"", "h", "w"}}});
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().what.id, "onnx.fixed-size");
  EXPECT_NE(steps.error().what.message.find("holds the size 8"), std::string::npos) << steps.error().what.message;
}

TEST(ShapeOpenNames, SparseConstantsHaveAShape) {
  Model model = reshaped({1, 4, 8, 6}, {}, {1, 4, 8, 6});
  model.graph.initializers.clear();
  SparseTensor& sparse = model.graph.sparse_initializers.emplace_back();
  sparse.dims = {4, 1, 1};
  sparse.values = make_floats("k", {1}, {2});
  sparse.indices = make_integers("", {3});
  model.graph.nodes = {node("Add", {"x", "k"}, {"y"})};
  ASSERT_TRUE(open_axes(model, {{"x", {"", "", "h", "w"}}}));
  EXPECT_EQ(symbols(model.graph.outputs[0]), (Names{"", "", "h", "w"}));
}

// As tf2onnx computes what a transposed convolution leaves to be padded.
TEST(ShapeOpenNames, ListsThatAreSplitAndJoinedAreKnown) {
  Model model;
  model.ir_version = 7;
  model.set_opset(13);
  model.graph.inputs = {value("x", {1, 4, 8, 6})};
  model.graph.outputs = {value("y", {1, 4, 10, 7})};
  model.graph.initializers = {make_integers("least", {0, 0, 0, 0}), make_integers("more", {0, 0, 2, 1}),
                              make_integers("less", {-9, -9, 1, -9})};
  Node most = node("Max", {"least", "more", "less"}, {"ends"});
  Node split = node("Split", {"ends"}, {"a", "b", "c", "d"});
  Node joined = node("Concat", {"least", "a", "b", "c", "d"}, {"pads"});
  joined.set(make_attribute("axis", std::int64_t{0}));
  model.graph.nodes = {most, split, joined, node("Pad", {"x", "pads"}, {"y"})};
  const auto values = infer_shapes(model, {{"x", {1, 4, 8, 6}}});
  ASSERT_TRUE(values) << values.error().what.message;
  EXPECT_EQ(values->at("y").shape, (tensor::Shape{1, 4, 10, 7}));
}

// As Keras exports a fixed image with an open batch: the target holds the batch as it is and the image as a constant.
TEST(ShapeOpenNames, ABatchThatIsOpenStaysOpen) {
  Model model = reshaped({1, 8, 6, 4}, {}, {1, 8, 6, 2, 2});
  Dimension& batch = (*model.graph.inputs[0].type.shape)[0];
  batch = {std::nullopt, "unk"};
  model.graph.initializers = {make_integers("from", {0}), make_integers("to", {1}),
                              make_integers("rest", {8, 6, 2, 2})};
  Node joined = node("Concat", {"batch", "rest"}, {"target"});
  joined.set(make_attribute("axis", std::int64_t{0}));
  model.graph.nodes.insert(model.graph.nodes.begin(), {node("Shape", {"x"}, {"shape"}),
                                                       node("Slice", {"shape", "from", "to"}, {"batch"}), joined});
  const auto steps = open_axes(model, {{"x", {"", "h", "w", ""}}});
  ASSERT_TRUE(steps) << steps.error().what.message;
  EXPECT_EQ(symbols(model.graph.inputs[0]), (Names{"unk", "h", "w", ""}));
  const auto values = infer_shapes(model, {{"x", {3, 16, 10, 4}}});
  ASSERT_TRUE(values) << values.error().what.message;
  EXPECT_EQ(values->at("y").shape, (tensor::Shape{3, 16, 10, 2, 2}));
}

// A pooled image that a scale spreads over the whole again.
TEST(ShapeOpenNames, ScalesOfOnePixelBecomeSizes) {
  for (const std::int64_t opset : {11, 13}) {
    Model model = reshaped({1, 4, 8, 6}, {}, {1, 8, 8, 6});
    model.set_opset(opset);
    model.graph.initializers = {make_floats("roi", {0}, {}), make_floats("scales", {4}, {1, 1, 8, 6})};
    Node joined = node("Concat", {"x", "spread"}, {"y"});
    joined.set(make_attribute("axis", std::int64_t{1}));
    model.graph.nodes = {node("GlobalAveragePool", {"x"}, {"mean"}),
                         node("Resize", {"mean", "roi", "scales"}, {"spread"}), joined};
    const auto steps = open_axes(model, {{"x", {"", "", "h", "w"}}});
    ASSERT_TRUE(steps) << steps.error().what.message;
    const auto values = infer_shapes(model, {{"x", {1, 4, 10, 7}}});
    ASSERT_TRUE(values) << values.error().what.message;
    EXPECT_EQ(values->at("y").shape, (tensor::Shape{1, 8, 10, 7}));
    const Node& resize = *std::find_if(model.graph.nodes.begin(), model.graph.nodes.end(),
                                       [](const Node& one) { return one.op == "Resize"; });
    EXPECT_EQ(resize.input(2).empty(), opset == 13);
  }
}

}  // namespace
}  // namespace zooport::onnx
