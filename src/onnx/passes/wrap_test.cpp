#include <gtest/gtest.h>

#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

// image [batch, 3, h, 5] -> Relu -> mask
Model small() {
  Model model;
  model.ir_version = 7;
  model.set_opset(12);
  ValueInfo value;
  value.name = "image";
  value.type.element = ElementType::kFloat;
  value.type.shape.emplace(4);
  auto& shape = *value.type.shape;
  shape[0].symbol = "batch";
  shape[1].value = 3;
  shape[2].symbol = "h";
  shape[3].value = 5;
  model.graph.inputs.push_back(value);
  value.name = "mask";
  model.graph.outputs.push_back(value);
  value.name = "between";
  model.graph.values.push_back(value);
  Node node;
  node.op = "Relu";
  node.inputs = {"image"};
  node.outputs = {"mask"};
  model.graph.nodes.push_back(node);
  return model;
}

TEST(Wrap, ShowsChannelsLast) {
  Model model = small();
  const auto done = wrap_layout(model, {{"image", {0, 2, 3, 1}}}, {{"mask", {0, 2, 3, 1}}});
  ASSERT_TRUE(done);
  ASSERT_EQ(model.graph.nodes.size(), 3u);
  EXPECT_EQ(model.graph.nodes[0].ints_or("perm", {}), (std::vector<std::int64_t>{0, 3, 1, 2}));
  EXPECT_EQ(model.graph.nodes[2].ints_or("perm", {}), (std::vector<std::int64_t>{0, 2, 3, 1}));
  EXPECT_EQ(model.graph.nodes[0].inputs[0], "image");
  EXPECT_EQ(model.graph.nodes[2].outputs[0], "mask");
  for (const ValueInfo* value : {&model.graph.inputs[0], &model.graph.outputs[0]}) {
    const auto& shape = *value->type.shape;
    EXPECT_EQ(shape[0].symbol, "batch");
    EXPECT_EQ(shape[1].symbol, "h");
    EXPECT_EQ(shape[2].value, 5);
    EXPECT_EQ(shape[3].value, 3);
  }
  Diagnostics diagnostics;
  check_model(model, diagnostics);
  EXPECT_TRUE(diagnostics.items().empty());
}

TEST(Wrap, LeavesAloneWhatNeedsNoChange) {
  Model model = small();
  ASSERT_TRUE(wrap_layout(model, {{"image", {0, 1, 2, 3}}}, {}));
  EXPECT_EQ(model.graph.nodes.size(), 1u);
}

TEST(Wrap, RefusesWhatDoesNotFit) {
  Model model = small();
  const std::string before(to_bytes(model)->text());
  EXPECT_EQ(wrap_layout(model, {{"nowhere", {0, 1}}}, {}).error().what.id, "onnx.no-such-value");
  EXPECT_EQ(wrap_layout(model, {{"image", {0, 2, 1}}}, {}).error().what.id, "onnx.layout");
  EXPECT_EQ(wrap_layout(model, {{"image", {0, 2, 3, 3}}}, {}).error().what.id, "onnx.layout");
  EXPECT_EQ(wrap_layout(model, {{"image", {0, 2, 3, 1}}}, {{"mask", {1, 0}}}).error().what.id, "onnx.layout");
  EXPECT_EQ(to_bytes(model)->text(), before);
}

TEST(Wrap, SetsExtents) {
  Model model = small();
  ASSERT_TRUE(set_extents(model, "image", {{1}, {3}, {-1, "rows"}, {}}));
  const auto& shape = *model.graph.inputs[0].type.shape;
  EXPECT_EQ(shape[0].value, 1);
  EXPECT_EQ(shape[2].symbol, "rows");
  EXPECT_FALSE(shape[2].value);
  EXPECT_TRUE(shape[3].symbol.empty() && !shape[3].value);
  EXPECT_TRUE(model.graph.values.empty()) << "shapes in between are stale";
  EXPECT_EQ(set_extents(model, "image", {{1}}).error().what.id, "onnx.layout");
  EXPECT_EQ(set_extents(model, "nowhere", {{1}}).error().what.id, "onnx.no-such-value");
}

}  // namespace
}  // namespace zooport::onnx
