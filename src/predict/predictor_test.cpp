#include "zooport/predict/predictor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/support/engine.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/predict/compare.hpp"
#include "zooport/predict/test_model.hpp"
#include "zooport/predict/zen_emulator.hpp"
#include "zooport/process/registry.hpp"

namespace zooport::predict {
namespace {

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei/";

// The example model as its description says it, made by hand: this module knows no formats.
model::Model example(const std::vector<std::string>& preprocessing = {"zero_mean_unit_variance"}) {
  model::Model model;
  model::TensorSpec input;
  input.id = "raw";
  for (const tensor::Axis& axis : tensor::axes_from_letters("bcyx")) {
    model::AxisSpec spec;
    spec.axis = axis;
    if (axis.kind == tensor::AxisKind::kSpace) spec.size = model::ParametrizedSize{64, 4};
    input.axes.push_back(spec);
  }
  model::TensorSpec output = input;
  output.id = "probability";
  for (model::AxisSpec& axis : output.axes)
    if (axis.axis.kind == tensor::AxisKind::kSpace) axis.halo = 24;
  for (const std::string& name : preprocessing) {
    process::Parameters parameters;
    parameters.values["axes"] = std::vector<std::string>{"x", "y"};
    parameters.values["mode"] = std::string("per_sample");
    const auto operation = process::make_operation(name, parameters, input.tensor_axes());
    EXPECT_TRUE(operation.ok());
    input.processing.push_back(*operation);
  }
  output.processing.push_back(*process::make_operation("sigmoid", {}, output.tensor_axes()));
  input.test_file = "test_input.npy";
  output.test_file = "test_output.npy";
  model.inputs.push_back(std::move(input));
  model.outputs.push_back(std::move(output));
  model::Network network;
  network.weights = "onnx";
  network.load = [](const Context&) { return onnx::read_model(*os::read_file(kExample + "weights.onnx", 1u << 30)); };
  model.networks.push_back(std::move(network));
  model.open = [](const std::string& source, const Context&) { return os::read_file(kExample + source, 1u << 30); };
  return model;
}

// Noise with a few bright spots, so that outputs vary.
tensor::Array scene(std::int64_t height, std::int64_t width, unsigned seed) {
  std::mt19937 random(seed);
  tensor::Array array(tensor::Dtype::kUint16, {height, width});
  auto pixels = array.as<std::uint16_t>();
  for (auto& pixel : pixels) pixel = static_cast<std::uint16_t>(300 + random() % 80);
  for (int spot = 0; spot < height * width / 3000; ++spot) {
    const std::int64_t cy = static_cast<std::int64_t>(random() % static_cast<unsigned>(height));
    const std::int64_t cx = static_cast<std::int64_t>(random() % static_cast<unsigned>(width));
    for (std::int64_t y = std::max<std::int64_t>(0, cy - 8); y < std::min(height, cy + 8); ++y)
      for (std::int64_t x = std::max<std::int64_t>(0, cx - 8); x < std::min(width, cx + 8); ++x)
        if ((y - cy) * (y - cy) + (x - cx) * (x - cx) < 50)
          pixels[static_cast<std::size_t>(y * width + x)] = static_cast<std::uint16_t>(900 + random() % 90);
  }
  return array;
}

Result<tensor::Array> predicted(const PredictOptions& options, tensor::Array image, const std::string& letters = "yx",
                                const model::Model& model = example()) {
  ZOOPORT_TRY_ASSIGN(Predictor predictor, Predictor::open(model, testing::installed_engine(), options, {}));
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> outputs, predict_array(predictor, std::move(image), letters, {}));
  return std::move(outputs.at(0));
}

PredictOptions tiled(std::vector<std::int64_t> sizes, HaloChoice halo = {HaloChoice::Kind::kExact, 0}) {
  PredictOptions options;
  options.tile = {TileChoice::Kind::kSizes, std::move(sizes)};
  options.halo = halo;
  return options;
}

double largest_difference(const tensor::Array& a, const tensor::Array& b) {
  return compare("y", a.view(), b.view(), {.absolute = 0, .relative = 0}).max_abs;
}

TEST(TestModel, TheExamplePassesOnItsOwnTensors) {
  ZOOPORT_NEEDS_ENGINE();
  const auto result = test_model(example(), testing::installed_engine(), {}, {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
  EXPECT_LT(result->outputs[0].comparison.max_abs, 1e-5);
  EXPECT_TRUE(result->outputs[0].comparison.discriminates);
}

TEST(TestModel, FailsAndSavesWhatWasComputed) {
  ZOOPORT_NEEDS_ENGINE();
  TestOptions options;
  options.save_folder = os::temporary_folder();
  const auto result = test_model(example({}), testing::installed_engine(), options, {});  // without its preprocessing
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kFailed);
  EXPECT_GT(result->outputs[0].comparison.mismatched, 0u);
  EXPECT_EQ(os::status(result->outputs[0].saved).kind, os::FileKind::kRegular);
  EXPECT_TRUE(os::remove_file(result->outputs[0].saved).ok());
  model::Model without = example();
  without.outputs[0].test_file.clear();
  EXPECT_EQ(test_model(without, testing::installed_engine(), {}, {}).error().what.id, "predict.no-test-tensor");
  model::Model other = example();
  other.inputs[0].test_file = "sample.png";
  EXPECT_FALSE(test_model(other, testing::installed_engine(), {}, {}).ok());
}

// What tiling stands for: the same pixels for any tile size.
TEST(Predictor, TiledEqualsWhole) {
  ZOOPORT_NEEDS_ENGINE();
  const auto whole = predicted({.tile = {TileChoice::Kind::kWhole, {}}}, scene(300, 420, 1));
  ASSERT_TRUE(whole.ok()) << whole.error().what.message;
  EXPECT_EQ(whole->shape(), (tensor::Shape{1, 1, 300, 420}));
  EXPECT_TRUE(compare("y", whole->view(), whole->view(), {}).discriminates);
  for (const std::vector<std::int64_t>& tile : {std::vector<std::int64_t>{96}, {128}, {100, 224}, {304, 96}, {1024}}) {
    const auto parts = predicted(tiled(tile), scene(300, 420, 1));
    ASSERT_TRUE(parts.ok()) << parts.error().what.message;
    EXPECT_LT(largest_difference(*whole, *parts), 1e-5) << "tile " << shape_text(tile);
  }
}

TEST(Predictor, ThreadsDoNotChangeThePixels) {
  ZOOPORT_NEEDS_ENGINE();
  PredictOptions one = tiled({128});
  one.session.threads = 1;
  PredictOptions two = one;
  two.session.threads = 2;
  EXPECT_LT(largest_difference(*predicted(one, scene(200, 250, 2)), *predicted(two, scene(200, 250, 2))), 1e-6);
}

TEST(Predictor, SaysThatAHaloIsTooSmallAndTheDifferenceIsThere) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = example();
  for (model::AxisSpec& axis : model.outputs[0].axes) axis.halo = 0;
  const PredictOptions options = tiled({96}, {HaloChoice::Kind::kDeclared, 0});
  auto predictor = Predictor::open(model, testing::installed_engine(), options, {});
  ASSERT_TRUE(predictor.ok());
  const auto reader = array_reader(scene(300, 420, 1), "yx");
  const auto view = SampleView::make(*reader, "yx", model.inputs[0].tensor_axes());
  const auto plan = predictor->plan({*view});
  ASSERT_TRUE(plan.ok());
  ASSERT_FALSE(plan->findings.items().empty());
  EXPECT_EQ(plan->findings.items()[0].id, "predict.halo-below-receptive-field");
  EXPECT_GT(plan->tiles, 1);
  EXPECT_EQ(plan->blockers.size(), 1u);
  EXPECT_GT(plan->peak_bytes, 0u);
  const auto whole = predicted({.tile = {TileChoice::Kind::kWhole, {}}}, scene(300, 420, 1));
  const auto parts = predicted(options, scene(300, 420, 1), "yx", model);
  ASSERT_TRUE(parts.ok()) << parts.error().what.message;
  EXPECT_GT(largest_difference(*whole, *parts), 1e-4);
}

TEST(Predictor, PadsAndSaysSo) {
  ZOOPORT_NEEDS_ENGINE();
  auto predictor = Predictor::open(example(), testing::installed_engine(), {}, {});
  ASSERT_TRUE(predictor.ok());
  const auto reader = array_reader(scene(81, 98, 3), "yx");
  const auto view = SampleView::make(*reader, "yx", predictor->model().inputs[0].tensor_axes());
  const auto plan = predictor->plan({*view});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->network_input, (tensor::Shape{1, 1, 84, 100}));
  ASSERT_EQ(plan->findings.items().size(), 2u);
  EXPECT_EQ(plan->findings.items()[0].id, "predict.padded");
  EXPECT_EQ(predicted({}, scene(81, 98, 3))->shape(), (tensor::Shape{1, 1, 81, 98}));
}

TEST(Predictor, WalksOverPlanesEachWithItsOwnStatistics) {
  ZOOPORT_NEEDS_ENGINE();
  tensor::Array stack(tensor::Dtype::kUint16, {2, 96, 100});
  for (unsigned t = 0; t < 2; ++t) {
    const tensor::Array plane = scene(96, 100, 4 + t);
    std::copy(plane.as<std::uint16_t>().begin(), plane.as<std::uint16_t>().end(),
              stack.as<std::uint16_t>().begin() + t * 9600);
  }
  const auto both = predicted({}, std::move(stack), "tyx");
  ASSERT_TRUE(both.ok()) << both.error().what.message;
  EXPECT_EQ(both->shape(), (tensor::Shape{2, 1, 96, 100}));
  for (unsigned t = 0; t < 2; ++t) {
    const auto one = predicted({}, scene(96, 100, 4 + t));
    const tensor::View plane = both->view().cropped(0, t, 1);
    EXPECT_LT(compare("y", one->view(), plane, {.absolute = 0, .relative = 0}).max_abs, 1e-6);
  }
}

TEST(Predictor, RefusesWhatCannotWork) {
  ZOOPORT_NEEDS_ENGINE();
  const auto id = [](const PredictOptions& options, const model::Model& model) {
    const auto result = predicted(options, scene(100, 100, 5), "yx", model);
    return result.ok() ? std::string() : result.error().what.id;
  };
  EXPECT_EQ(id(tiled({101}), example()), "predict.tile-size");
  EXPECT_EQ(id(tiled({128, 128, 128}), example()), "predict.tile-count");
  EXPECT_EQ(id({.tile = {TileChoice::Kind::kSizes, {}}}, example()), "predict.options");
  model::Model two = example();
  two.inputs.push_back(two.inputs[0]);
  EXPECT_EQ(id({}, two), "predict.port-count");
  model::Model ranks = example();
  ranks.outputs[0].axes.pop_back();
  EXPECT_EQ(id({}, ranks), "predict.rank");
}

TEST(Predictor, StopsWhenAskedTo) {
  ZOOPORT_NEEDS_ENGINE();
  std::stop_source stop;
  Context context;
  context.stop = stop.get_token();
  context.progress = [&](const Progress& at) {
    if (at.done == 2) stop.request_stop();
  };
  auto predictor = Predictor::open(example(), testing::installed_engine(), tiled({96}), {});
  const auto result = predict_array(*predictor, scene(500, 500, 6), "yx", context);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

TEST(ZenEmulator, PutsTilesTogetherAsTheyLie) {
  tensor::Array image = scene(150, 170, 7);
  image.reshape({150, 170, 1});
  int tiles = 0;
  const auto same = zen_emulate(image.view(), {64, 64}, {8, 8}, [&](tensor::Array tile) -> Result<tensor::Array> {
    ++tiles;
    return tile;
  });
  ASSERT_TRUE(same.ok()) << same.error().what.message;
  EXPECT_EQ(tiles, 12);
  EXPECT_EQ(largest_difference(image, *same), 0);
}

}  // namespace
}  // namespace zooport::predict
