#include "zooport/predict/plan.hpp"

#include <gtest/gtest.h>

#include "tests/support/engine.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/predict/predictor.hpp"
#include "zooport/predict/test_model.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::predict {
namespace {

onnx::ValueInfo image_value(const std::string& name) {
  onnx::ValueInfo value;
  value.name = name;
  value.type.element = onnx::ElementType::kFloat;
  value.type.shape = std::vector<onnx::Dimension>{{1}, {1}, {std::nullopt, "y"}, {std::nullopt, "x"}};
  return value;
}

// A network of the given nodes from "a" (and "b") to "y", and a model around it.
model::Model model_of(const std::vector<onnx::Node>& nodes, const std::vector<std::string>& inputs,
                      std::vector<onnx::Tensor> constants = {}) {
  onnx::Model network;
  network.ir_version = 8;
  network.set_opset(17);
  network.graph.name = "g";
  network.graph.nodes = nodes;
  network.graph.initializers = std::move(constants);
  for (const std::string& input : inputs) network.graph.inputs.push_back(image_value(input));
  network.graph.outputs.push_back(image_value("y"));
  model::Model model;
  const auto spec = [](const std::string& id) {
    model::TensorSpec tensor;
    tensor.id = id;
    for (const tensor::Axis& axis : tensor::axes_from_letters("bcyx"))
      tensor.axes.push_back({.axis = axis, .size = model::ParametrizedSize{4, 4}});
    return tensor;
  };
  for (const std::string& input : inputs) model.inputs.push_back(spec(input));
  model.outputs.push_back(spec("y"));
  model::Network candidate;
  candidate.weights = "onnx";
  candidate.load = [network](const Context&) -> Result<onnx::Model> { return network; };
  model.networks.push_back(std::move(candidate));
  return model;
}

onnx::Node node(std::string op, std::vector<std::string> inputs, std::string output) {
  onnx::Node made;
  made.name = op + "_" + output;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

model::Model sum_of_two() { return model_of({node("Add", {"a", "b"}, "y")}, {"a", "b"}); }
model::Model global() {
  return model_of({node("GlobalAveragePool", {"a"}, "mean"), node("Sub", {"a", "mean"}, "y")}, {"a"});
}
model::Model shrinking() {
  return model_of({node("Conv", {"a", "w"}, "y")}, {"a"},
                  {onnx::make_floats("w", {1, 1, 3, 3}, std::vector<float>(9, 1.0f))});
}

tensor::Array ramp(std::int64_t size) {
  tensor::Array array(tensor::Dtype::kFloat32, {size, size});
  float value = 0;
  for (float& pixel : array.as<float>()) pixel = value++;
  return array;
}

// Plans for as many copies of the same image as `count`.
Result<Plan> planned(const model::Model& model, const PredictOptions& options, std::size_t count) {
  ZOOPORT_TRY_ASSIGN(const Predictor predictor, Predictor::open(model, testing::installed_engine(), options, {}));
  static std::vector<std::unique_ptr<image::Reader>> readers;
  std::vector<SampleView> views;
  for (std::size_t i = 0; i < count; ++i) {
    readers.push_back(array_reader(ramp(40), "yx"));
    ZOOPORT_TRY_ASSIGN(SampleView view, SampleView::make(*readers.back(), "yx", model.inputs[0].tensor_axes()));
    views.push_back(view);
  }
  return predictor.plan(views);
}

PredictOptions tiles_of(std::int64_t size) { return {.tile = {TileChoice::Kind::kSizes, {size}}}; }

TEST(Plan, SeveralInputsAreOnePieceEach) {
  ZOOPORT_NEEDS_ENGINE();
  EXPECT_TRUE(planned(sum_of_two(), {}, 2).ok());
  EXPECT_EQ(planned(sum_of_two(), {}, 1).error().what.id, "predict.input-count");
  EXPECT_EQ(planned(sum_of_two(), tiles_of(16), 2).error().what.id, "predict.several-inputs");
}

TEST(Plan, SaysBecauseOfWhichNodeTheReceptiveFieldIsUnknown) {
  ZOOPORT_NEEDS_ENGINE();
  PredictOptions exact = tiles_of(16);
  exact.halo.kind = HaloChoice::Kind::kExact;
  const auto refused = planned(global(), exact, 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().what.id, "predict.halo-unknown");
  EXPECT_NE(refused.error().what.message.find("GlobalAveragePool_mean"), std::string::npos);
  const auto tiled = planned(global(), tiles_of(16), 1);
  ASSERT_TRUE(tiled.ok()) << tiled.error().what.message;
  EXPECT_EQ(tiled->findings.items().at(0).id, "predict.receptive-field-unknown");
}

TEST(Plan, OutputsThatShrinkCannotBePutTogether) {
  ZOOPORT_NEEDS_ENGINE();
  auto predictor = Predictor::open(shrinking(), testing::installed_engine(), tiles_of(16), {});
  ASSERT_TRUE(predictor.ok()) << predictor.error().what.message;
  const auto tiled = predict_array(*predictor, ramp(40), "yx", {});
  ASSERT_FALSE(tiled.ok());
  EXPECT_EQ(tiled.error().what.id, "predict.output-size");
}

TEST(Plan, ATestTensorHasTheDescribedAxes) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = global();
  model.inputs[0].test_file = model.outputs[0].test_file = "x.npy";
  model.open = [](const std::string&, const Context&) -> Result<Bytes> {
    return Bytes(tensor::npy_bytes(ramp(8).view()));
  };
  EXPECT_EQ(test_model(model, testing::installed_engine(), {}, {}).error().what.id, "predict.test-tensor-axes");
}

}  // namespace
}  // namespace zooport::predict
