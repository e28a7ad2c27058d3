#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "predict/models_for_test.hpp"
#include "tests/support/engine.hpp"
#include "zooport/predict/compare.hpp"
#include "zooport/predict/test_model.hpp"
#include "zooport/process/registry.hpp"
#include "zooport/tensor/npy.hpp"

// Models with several inputs and outputs, and statistics that several samples share.
namespace zooport::predict {
namespace {

using namespace for_test;

// y = a + the mean of 3 x 3 pixels of b, so that b has to bring a halo and a does not.
model::Model sum_with_blurred() {
  return model_of({node("Conv", {"b", "w"}, "conv"), node("Add", {"a", "conv"}, "y")}, {"a", "b"},
                  {onnx::make_floats("w", {1, 1, 3, 3}, std::vector<float>(9, 1.0f / 9))});
}

model::Model padded(model::Model model) {
  const auto load = model.networks[0].load;
  model.networks[0].load = [load](const Context& context) -> Result<onnx::Model> {
    ZOOPORT_TRY_ASSIGN(onnx::Model network, load(context));
    onnx::Attribute pads;
    pads.name = "pads";
    pads.type = onnx::AttributeType::kInts;
    pads.ints = {1, 1, 1, 1};
    network.graph.nodes[0].attributes.push_back(pads);
    return network;
  };
  return model;
}

std::vector<Picture> pictures(std::vector<tensor::Array> arrays) {
  std::vector<Picture> all;
  for (tensor::Array& array : arrays) {
    const std::string letters = array.shape().size() == 3 ? "cyx" : "yx";
    all.push_back({std::move(array), letters});
  }
  return all;
}

Result<std::vector<tensor::Array>> predicted(const model::Model& model, const PredictOptions& options,
                                             std::vector<tensor::Array> arrays) {
  ZOOPORT_TRY_ASSIGN(Predictor predictor, Predictor::open(model, testing::installed_engine(), options, {}));
  return predict_arrays(predictor, pictures(std::move(arrays)), {});
}

std::string refusal(const model::Model& model, const PredictOptions& options, std::vector<tensor::Array> arrays) {
  const auto result = predicted(model, options, std::move(arrays));
  return result ? "" : result.error().what.id;
}

std::vector<tensor::Array> two(tensor::Array a, tensor::Array b) {
  std::vector<tensor::Array> arrays;
  arrays.push_back(std::move(a));
  arrays.push_back(std::move(b));
  return arrays;
}

std::vector<tensor::Array> one_of(tensor::Array a) {
  std::vector<tensor::Array> arrays;
  arrays.push_back(std::move(a));
  return arrays;
}

// Something that changes from pixel to pixel.
tensor::Array waves(std::int64_t size) {
  tensor::Array array = ramp(size);
  for (float& value : array.as<float>()) value = std::sin(value * value / 7);
  return array;
}

PredictOptions tiles(std::int64_t size, HaloChoice::Kind halo = HaloChoice::Kind::kExact) {
  return {.tile = {TileChoice::Kind::kSizes, {size}}, .halo = {halo, 0}};
}

process::OperationPtr operation(const std::string& name, process::Parameters parameters = {}) {
  return process::make_operation(name, parameters, tensor::axes_from_letters("bcyx")).value();
}
process::Parameters over(const std::string& mode, const std::string& axes) {
  return {{{"mode", mode}, {"axes", axes}}};
}

TEST(SeveralInputs, AreCutAlikeWithTheWidestHalo) {
  ZOOPORT_NEEDS_ENGINE();
  const model::Model model = padded(sum_with_blurred());
  const auto whole = predicted(model, {}, two(ramp(40), waves(40)));
  ASSERT_TRUE(whole.ok()) << whole.error().what.message;
  const auto tiled = predicted(model, tiles(16), two(ramp(40), waves(40)));
  ASSERT_TRUE(tiled.ok()) << tiled.error().what.message;
  const Comparison same = compare("y", (*whole)[0].view(), (*tiled)[0].view(), {.absolute = 1e-5, .relative = 0});
  EXPECT_TRUE(same.passed) << same.reason;
  EXPECT_TRUE(same.discriminates);
}

TEST(SeveralInputs, OfOneSizeAreContinuedAlike) {
  ZOOPORT_NEEDS_ENGINE();
  const auto made = predicted(sum_of_two(), {}, two(ramp(41), ramp(41)));  // sizes are 4 + 4n
  ASSERT_TRUE(made.ok()) << made.error().what.message;
  ASSERT_EQ((*made)[0].shape(), (tensor::Shape{1, 1, 41, 41}));
  const tensor::Array once = ramp(41);
  for (std::size_t i = 0; i < once.as<float>().size(); ++i)
    ASSERT_EQ((*made)[0].as<float>()[i], 2 * once.as<float>()[i]);
}

TEST(SeveralInputs, OfOtherSizesCannotBeCut) {
  ZOOPORT_NEEDS_ENGINE();
  EXPECT_EQ(refusal(sum_of_two(), tiles(16), two(ramp(40), ramp(44))), "predict.several-inputs");
  EXPECT_EQ(refusal(sum_of_two(), {}, two(ramp(41), ramp(40))), "predict.several-inputs");
}

TEST(SeveralInputs, HaveTheSizesThatTheNetworkFixes) {
  ZOOPORT_NEEDS_ENGINE();
  EXPECT_EQ(refusal(sum_of_two(), {}, two(tensor::Array(tensor::Dtype::kFloat32, {2, 8, 8}), ramp(8))), "predict.size");
}

TEST(SeveralOutputs, WithoutAnAxisThatIsCutAreRefused) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = model_of({node("Relu", {"a"}, "y"), node("ReduceMax", {"a"}, "most")}, {"a"});
  const auto load = model.networks[0].load;
  model.networks[0].load = [load](const Context& context) -> Result<onnx::Model> {
    ZOOPORT_TRY_ASSIGN(onnx::Model network, load(context));
    onnx::ValueInfo value = image_value("most");
    value.type.shape = std::vector<onnx::Dimension>{{1}, {1}, {1}, {1}};
    network.graph.outputs.push_back(value);
    return network;
  };
  model::TensorSpec most;
  most.id = "most";
  for (const tensor::Axis& axis : tensor::axes_from_letters("bcti")) most.axes.push_back({.axis = axis});
  model.outputs.push_back(most);
  EXPECT_EQ(refusal(model, tiles(16, HaloChoice::Kind::kDeclared), one_of(ramp(40))), "predict.output-size");
}

// Statistics over a dataset: those of a call, or of all calls so far.
TEST(Statistics, OverADatasetRunOnFromCallToCall) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = model_of({node("Identity", {"a"}, "y")}, {"a"});
  model.inputs[0].processing.push_back(operation("zero_mean_unit_variance", over("per_dataset", "cyx")));
  tensor::Array dark(tensor::Dtype::kFloat32, {1, 1, 4, 4});
  tensor::Array bright(tensor::Dtype::kFloat32, {1, 1, 4, 4});
  std::fill(bright.as<float>().begin(), bright.as<float>().end(), 10.0f);
  const auto second = [&](PredictOptions::Dataset dataset) {
    auto predictor = Predictor::open(model, testing::installed_engine(), {.dataset = dataset}, {});
    EXPECT_TRUE(predictor->run_whole({dark.view()}, {}).ok());
    EXPECT_EQ(predictor->findings().items().at(0).id, "predict.statistics-constant");
    const auto made = predictor->run_whole({bright.view()}, {});
    EXPECT_TRUE(made.ok());
    return (*made)[0].as<float>()[0];
  };
  EXPECT_NEAR(second(PredictOptions::Dataset::kOneCall), 0, 1e-6);
  EXPECT_NEAR(second(PredictOptions::Dataset::kAllCalls), 1, 1e-5);  // (10 - 5) / 5
}

TEST(Statistics, ThatAreNanAreTold) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = model_of({node("Identity", {"a"}, "y")}, {"a"});
  model.inputs[0].processing.push_back(operation("zero_mean_unit_variance", over("per_sample", "yx")));
  tensor::Array image = ramp(8);
  image.as<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  const tensor::View view = image.view().with_axis(0).with_axis(0);
  auto predictor = Predictor::open(model, testing::installed_engine(), {}, {});
  ASSERT_TRUE(predictor->run_whole({view}, {}).ok());
  ASSERT_EQ(predictor->findings().items().size(), 1u);
  EXPECT_EQ(predictor->findings().items()[0].id, "predict.statistics-not-finite");
  EXPECT_EQ(predictor->findings().items()[0].severity, Severity::kWarning);

  // A model whose own tensors hold NaN does not pass, though output and expected output are the same.
  model.inputs[0].test_file = "in.npy";
  model.outputs[0].test_file = "out.npy";
  const auto nothing = (*predictor).run_whole({view}, {});
  model.open = [&](const std::string& source, const Context&) -> Result<Bytes> {
    return Bytes(tensor::npy_bytes(source == "in.npy" ? view : (*nothing)[0].view()));
  };
  const auto result = test_model(model, testing::installed_engine(), {}, {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kFailed);
  EXPECT_NE(result->reason.find("NaN never passes"), std::string::npos) << result->reason;
  EXPECT_EQ(result->findings.items().size(), 1u);
}

// What scale_mean_variance of an output needs: its own statistics, and those of an input as it was given.
TEST(Statistics, OfAnOutputAndOfTheInputThatItRefersTo) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = model_of({node("Sigmoid", {"a"}, "y")}, {"a"});
  process::Parameters parameters = over("per_sample", "yx");
  parameters.values["reference_tensor"] = std::string("a");
  model.outputs[0].processing.push_back(operation("scale_mean_variance", parameters));
  for (const PredictOptions& options : {PredictOptions{}, tiles(16, HaloChoice::Kind::kDeclared)}) {
    const auto made = predicted(model, options, one_of(waves(40)));
    ASSERT_TRUE(made.ok()) << made.error().what.message;
    const auto mean_of = [](const tensor::Array& array) {
      const tensor::Array values = tensor::Array::converted(array.view(), tensor::Dtype::kFloat64);
      double sum = 0;
      for (const double value : values.as<double>()) sum += value;
      return sum / static_cast<double>(values.size());
    };
    EXPECT_NEAR(mean_of((*made)[0]), mean_of(waves(40)), 1e-5);
  }
}

TEST(TestModel, OfSeveralOutputsEachIsComparedWithItsOwnTolerance) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = sum_of_two();
  model.outputs.push_back(model.outputs[0]);
  model.outputs[1].id = "../z";
  const auto load = model.networks[0].load;
  model.networks[0].load = [load](const Context& context) -> Result<onnx::Model> {
    ZOOPORT_TRY_ASSIGN(onnx::Model network, load(context));
    network.graph.nodes.push_back(node("Mul", {"a", "b"}, "z"));
    network.graph.outputs.push_back(image_value("z"));
    return network;
  };
  model.inputs[0].test_file = model.inputs[1].test_file = "in.npy";
  model.outputs[0].test_file = "sum.npy";
  model.outputs[1].test_file = "product.npy";
  model.outputs[1].tolerance_of["onnx"] = {.absolute = 0.25, .relative = 0, .from = "description"};
  model.open = [](const std::string& source, const Context&) -> Result<Bytes> {
    tensor::Array array = ramp(4);
    for (float& value : array.as<float>())
      value = source == "sum.npy" ? 2 * value : source == "product.npy" ? value * value + 0.5f : value;
    return Bytes(tensor::npy_bytes(array.view().with_axis(0).with_axis(0)));
  };
  TestOptions options;
  options.save_folder = ::testing::TempDir() + "several_outputs";
  options.may_replace = true;
  const auto result = test_model(model, testing::installed_engine(), options, {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kFailed);
  ASSERT_EQ(result->outputs.size(), 2u);
  EXPECT_TRUE(result->outputs[0].comparison.passed);
  EXPECT_EQ(result->outputs[0].saved, "");
  EXPECT_EQ(result->outputs[1].comparison.mismatched, 16u);
  EXPECT_EQ(result->outputs[1].comparison.tolerance.from, "description");
  EXPECT_EQ(result->outputs[1].saved, options.save_folder + "/output1.npy");  // whatever its id says
  options.save = TestOptions::Save::kAll;
  EXPECT_NE(test_model(model, testing::installed_engine(), options, {})->outputs[0].saved, "");
  options.may_replace = false;
  EXPECT_EQ(test_model(model, testing::installed_engine(), options, {}).error().kind, ErrorKind::kIo);
}

TEST(TestModel, ANetworkThatRefusesItsOwnTestTensorsHasFailed) {
  ZOOPORT_NEEDS_ENGINE();
  model::Model model = sum_of_two();
  model.inputs[0].test_file = model.outputs[0].test_file = "4.npy";
  model.inputs[1].test_file = "5.npy";
  model.open = [](const std::string& source, const Context&) -> Result<Bytes> {
    return Bytes(tensor::npy_bytes(ramp(source == "4.npy" ? 4 : 5).view().with_axis(0).with_axis(0)));
  };
  const auto result = test_model(model, testing::installed_engine(), {}, {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kFailed);
  EXPECT_NE(result->reason, "");
}

}  // namespace
}  // namespace zooport::predict
