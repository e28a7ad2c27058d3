#include "zooport/predict/plan.hpp"

#include <gtest/gtest.h>

#include "predict/models_for_test.hpp"
#include "tests/support/engine.hpp"
#include "zooport/predict/test_model.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::predict {
namespace {

using namespace for_test;

model::Model global() {
  return model_of({node("GlobalAveragePool", {"a"}, "mean"), node("Sub", {"a", "mean"}, "y")}, {"a"});
}
model::Model shrinking() {
  return model_of({node("Conv", {"a", "w"}, "y")}, {"a"},
                  {onnx::make_floats("w", {1, 1, 3, 3}, std::vector<float>(9, 1.0f))});
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

TEST(Plan, TakesAnImageForEachInput) {
  ZOOPORT_NEEDS_ENGINE();
  EXPECT_TRUE(planned(sum_of_two(), {}, 2).ok());
  EXPECT_EQ(planned(sum_of_two(), {}, 1).error().what.id, "predict.input-count");
}

TEST(Plan, TilesHaveToBeHeldInMemory) {
  ZOOPORT_NEEDS_ENGINE();
  for (const std::int64_t size : {std::int64_t{1} << 40, std::int64_t{1} << 62}) {
    model::Model model = model_of({node("Relu", {"a"}, "y")}, {"a"});
    model.inputs[0].axes[2].size = model::ParametrizedSize{size, 0};
    model.outputs[0].axes[2].size = model::ParametrizedSize{size, 0};
    model.networks[0].load = [size, load = model.networks[0].load](const Context& context) -> Result<onnx::Model> {
      ZOOPORT_TRY_ASSIGN(onnx::Model network, load(context));
      network.graph.inputs[0].type.shape->at(2).value = size;
      network.graph.outputs[0].type.shape->at(2).value = size;
      return network;
    };
    EXPECT_EQ(planned(model, {}, 1).error().what.id, "predict.tile-too-large");
  }
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
