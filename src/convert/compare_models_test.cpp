#include "zooport/convert/compare_models.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/engine.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/convert/to_czann.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;
using predict::TestResult;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

std::string fresh_folder() {
  const fs::path path =
      fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::remove_all(path);
  fs::create_directories(path);
  return path.string();
}

model::Model model_with(const std::vector<std::string>& inputs) {
  model::Model model;
  for (const std::string& id : inputs) model.inputs.emplace_back().id = id;
  model.outputs.emplace_back().id = "mask";
  return model;
}

TEST(CompareModels, AModelAgreesWithItself) {
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  const auto result = compare_models(*loaded, *loaded, {}, testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed);
  EXPECT_EQ(result->outputs.at(0).comparison.max_abs, 0);
  EXPECT_TRUE(result->findings.items().empty());
}

TEST(CompareModels, BareGraphsGetNoise) {
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load_model(kExample + "/weights.onnx", {});
  ASSERT_TRUE(loaded.ok());
  const auto result = compare_models(*loaded, *loaded, {}, testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed);
  EXPECT_TRUE(result->outputs.at(0).comparison.discriminates);
}

TEST(CompareModels, TakesAsManyInputsEach) {
  ZOOPORT_NEEDS_ENGINE();
  Loaded one;
  one.model = model_with({"raw"});
  Loaded two;
  two.model = model_with({"raw", "seed"});
  const auto result = compare_models(one, two, {}, testing::installed_engine(), {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().what.id, "convert.compare-input");
  const auto batch = compare_models(one, one, {.inputs = {"a.tif", "b.tif"}}, testing::installed_engine(), {});
  ASSERT_FALSE(batch.ok());
  EXPECT_EQ(batch.error().what.id, "convert.compare-input");
  EXPECT_EQ(compare_models(two, two, {.inputs = {"a.tif"}}, testing::installed_engine(), {}).error().what.id,
            "convert.predict-inputs");
}

// Inputs meet by their ids, whatever their order.
TEST(CompareModels, OfSeveralInputsEachGetsItsOwn) {
  ZOOPORT_NEEDS_ENGINE();
  const auto difference = [](const std::string& first, const std::string& second) {
    Loaded loaded;
    for (const std::string& id : {first, second}) {
      model::TensorSpec& tensor = loaded.model.inputs.emplace_back();
      tensor.id = id;
      for (const tensor::Axis& axis : tensor::axes_from_letters("bcyx"))
        tensor.axes.push_back({.axis = axis, .size = model::ParametrizedSize{1, 1}});
    }
    loaded.model.outputs.push_back(loaded.model.inputs[0]);
    loaded.model.outputs[0].id = "difference";
    onnx::Model network;
    network.ir_version = 8;
    network.set_opset(17);
    network.graph.name = "g";
    const auto value = [](const std::string& name) {
      onnx::ValueInfo info;
      info.name = name;
      info.type.element = onnx::ElementType::kFloat;
      info.type.shape = std::vector<onnx::Dimension>{{1}, {1}, {std::nullopt, "y"}, {std::nullopt, "x"}};
      return info;
    };
    network.graph.inputs = {value(first), value(second)};
    network.graph.outputs = {value("difference")};
    onnx::Node node;
    node.op = "Sub";
    node.inputs = {"a", "b"};
    node.outputs = {"difference"};
    network.graph.nodes.push_back(node);
    model::Network& candidate = loaded.model.networks.emplace_back();
    candidate.weights = "onnx";
    candidate.load = [network](const Context&) -> Result<onnx::Model> { return network; };
    return loaded;
  };
  const auto result = compare_models(difference("a", "b"), difference("b", "a"), {}, testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
  EXPECT_TRUE(result->outputs.at(0).comparison.discriminates);
}

// A CZANN wants pixels divided by the maximum of their type: floating-point test tensors would not be.
TEST(CompareModels, AModelAndItsCzannGetIntegers) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder();
  const auto source = load_model(kExample, {});
  ASSERT_TRUE(source.ok());
  auto image = tensor::read_npy_file(kExample + "/test_input.npy", {});
  ASSERT_TRUE(image.ok());
  ASSERT_EQ(image->dtype(), tensor::Dtype::kFloat32);
  image->reshape({image->shape()[2], image->shape()[3]});
  const std::string floats = folder + "/floats.npy";
  ASSERT_TRUE(tensor::write_npy_file(floats, image->view(), {}).ok());
  CzannOptions options;
  options.statistics = CzannOptions::Statistics::kOfImage;
  options.statistics_image = floats;
  options.source_dtype = tensor::Dtype::kUint16;
  options.spatial_dims = {128, 128};
  const auto report = to_czann(*source, folder + "/a.czann", options, testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  const auto made = load_model(folder + "/a.czann", {});
  ASSERT_TRUE(made.ok());
  for (const bool czann_first : {false, true}) {
    const auto result = compare_models(czann_first ? *made : *source, czann_first ? *source : *made, {},
                                       testing::installed_engine(), {});
    ASSERT_TRUE(result.ok()) << result.error().what.message;
    EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
    ASSERT_EQ(result->findings.items().size(), 1u);
    EXPECT_EQ(result->findings.items()[0].id, "convert.compare-integers");
    EXPECT_NE(result->findings.items()[0].message.find("uint16"), std::string::npos);
  }
  const auto named = compare_models(*source, *made, {.inputs = {floats}}, testing::installed_engine(), {});
  ASSERT_TRUE(named.ok()) << named.error().what.message;
  EXPECT_EQ(named->status, TestResult::Status::kFailed);
  EXPECT_EQ(named->findings.items().at(0).id, "convert.compare-floats");
}

}  // namespace
}  // namespace zooport::convert
