#include "convert/graph_pair.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "convert/graphs_for_test.hpp"
#include "tests/support/engine.hpp"

namespace zooport::convert {
namespace {

using namespace convert::testing;
using onnx::make_attribute;
using Ints = std::vector<std::int64_t>;

// while (max(x) > 0.5) x = x / 2
onnx::Model halving() {
  onnx::Graph body;
  body.name = "body";
  body.inputs = {value("i", {}, onnx::ElementType::kInt64), value("go", {}, onnx::ElementType::kBool), value("s", {2})};
  body.outputs = {value("goes_on", {}, onnx::ElementType::kBool), value("t", {2})};
  const onnx::Attribute keep = make_attribute("keepdims", std::int64_t{0});
  body.nodes = {node("Mul", {"s", "half"}, "t"), node("ReduceMax", {"t"}, "m", {keep}),
                node("Greater", {"m", "half"}, "goes_on")};
  onnx::Attribute attribute;
  attribute.name = "body";
  attribute.type = onnx::AttributeType::kGraph;
  attribute.graphs = {std::move(body)};
  return graph({.nodes = {node("ReduceMax", {"x"}, "most", {keep}), node("Greater", {"most", "half"}, "begins"),
                          node("Loop", {"", "begins", "x"}, "y", {attribute})},
                .constants = {scalar("half", 0.5f)},
                .input = {2},
                .output = {2}});
}

// Infinity is never small enough.
TEST(GraphPair, ALoopWithoutAnEndIsLeftToItself) {
  ZOOPORT_NEEDS_ENGINE();
  const onnx::Model model = halving();
  const auto engine = zooport::testing::installed_engine();
  engine::SessionOptions options;
  options.deadline = std::chrono::seconds(1);
  const auto pair = GraphPair::meet(model, model);
  ASSERT_TRUE(pair.ok()) << pair.error().what.message;
  const auto first = open_session(model, *engine, options, {});
  ASSERT_TRUE(first.ok()) << first.error().what.message;
  const auto second = open_session(model, *engine, options, {});
  ASSERT_TRUE(second.ok());
  const auto report = pair->compare(**first, **second, 0, 60, {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_TRUE(report->has_run);
  EXPECT_TRUE(report->passed) << report->reason;
  EXPECT_TRUE(std::any_of(report->trials.begin(), report->trials.end(), [](const Trial& trial) {
    return trial.status == Trial::Status::kNotRun && trial.reason.find("did not finish within") != std::string::npos;
  }));
  EXPECT_TRUE(std::any_of(report->findings.items().begin(), report->findings.items().end(),
                          [](const Diagnostic& finding) { return finding.id == "convert.compare-time"; }));
}

tensor::Shape first_shape(const onnx::Model& model) {
  const auto pair = GraphPair::meet(model, model);
  return pair.ok() ? sizes_to_try(pair->inputs(), 64).at(0).shapes.at(0) : tensor::Shape();
}

// An open channel is as long as the weights that read it ask for.
TEST(GraphPair, OpenChannelsAreThoseOfTheWeights) {
  const onnx::Tensor weights = onnx::make_floats("w", {4, 2, 1, 1}, std::vector<float>(8, 1));
  const Ints open = {-1, -2, -3, -4};
  EXPECT_EQ(
      first_shape(graph(
          {.nodes = {node("Relu", {"x"}, "r"), node("Conv", {"r", "w"}, "y")}, .constants = {weights}, .input = open})),
      (tensor::Shape{1, 2, 64, 64}));
  EXPECT_EQ(first_shape(graph({.nodes = {node("Conv", {"x", "w"}, "y", {make_attribute("group", std::int64_t{2})})},
                               .constants = {weights},
                               .input = open})),
            (tensor::Shape{1, 4, 64, 64}));
  EXPECT_EQ(
      first_shape(graph({.nodes = {node("ConvTranspose", {"x", "w"}, "y")}, .constants = {weights}, .input = open})),
      (tensor::Shape{1, 4, 64, 64}));
  EXPECT_EQ(first_shape(graph({.nodes = {node("Transpose", {"x"}, "t", {make_attribute("perm", Ints{0, 3, 1, 2})}),
                                         node("Constant", {}, "w", {make_attribute("value", weights)}),
                                         node("Conv", {"t", "w"}, "y")},
                               .input = open}))
                .back(),
            2);
  EXPECT_EQ(first_shape(graph({.nodes = {node("Conv", {"x", "unknown"}, "y")}, .input = open})),
            (tensor::Shape{1, 1, 64, 64}));
}

}  // namespace
}  // namespace zooport::convert
