#include "convert/statistics_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/engine.hpp"
#include "zooport/convert/predict_files.hpp"
#include "zooport/process/registry.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;

model::Model normalising(const std::string& axes) {
  model::Model model;
  model::TensorSpec& input = model.inputs.emplace_back();
  input.id = "raw";
  for (const tensor::Axis& axis : tensor::axes_from_letters("bcyx"))
    input.axes.push_back({.axis = axis, .size = model::ParametrizedSize{1, 1}});
  const process::Parameters parameters{{{"mode", std::string("per_dataset")}, {"axes", axes}}};
  input.processing.push_back(
      process::make_operation("zero_mean_unit_variance", parameters, input.tensor_axes()).value());
  model.outputs.push_back(input);
  model.outputs[0].id = "same";
  model.outputs[0].processing.clear();
  onnx::Model network;
  network.ir_version = 8;
  network.set_opset(17);
  network.graph.name = "g";
  onnx::ValueInfo value;
  value.name = "raw";
  value.type.element = onnx::ElementType::kFloat;
  value.type.shape = std::vector<onnx::Dimension>{{1}, {std::nullopt, "c"}, {std::nullopt, "y"}, {std::nullopt, "x"}};
  network.graph.inputs = {value};
  value.name = "same";
  network.graph.outputs = {value};
  onnx::Node node;
  node.op = "Identity";
  node.inputs = {"raw"};
  node.outputs = {"same"};
  network.graph.nodes.push_back(node);
  model::Network& candidate = model.networks.emplace_back();
  candidate.weights = "onnx";
  candidate.load = [network](const Context&) -> Result<onnx::Model> { return network; };
  return model;
}

Result<process::Measured> read(const std::string& json, const std::string& axes = "yx") {
  return read_statistics(Bytes(std::string(json)), normalising(axes), {});
}
std::string refusal(const std::string& json) {
  const auto result = read(json);
  return result ? "" : result.error().what.id;
}

constexpr const char* kMean =
    R"({"measure": {"member_id": "raw", "scope": "dataset", "name": "mean", "axes": ["batch", "x", "y"]},
        "value": {"data": [1, 2], "dims": ["channel"]}})";
constexpr const char* kStd =
    R"({"measure": {"member_id": "raw", "scope": "dataset", "name": "std", "axes": ["batch", "y", "x"]},
        "value": {"data": [3, 4.5], "dims": ["channel"]}})";

TEST(StatisticsFile, ValuesKeepTheirAxes) {
  const auto measured = read(std::string("[") + kMean + ", " + kStd + "]");
  ASSERT_TRUE(measured.ok()) << measured.error().what.message;
  ASSERT_EQ(measured->size(), 2u);
  const process::Measure mean{process::Measure::Kind::kMean, 0, {}, {"batch", "y", "x"}, true, "raw"};
  EXPECT_EQ(measured->at(mean).values, (std::vector<double>{1, 2}));
  EXPECT_EQ(measured->at(mean).axes, std::vector<std::string>{"channel"});
  EXPECT_EQ(measured->at(mean).shape, tensor::Shape{2});
}

TEST(StatisticsFile, WrongFilesAreRefused) {
  EXPECT_EQ(refusal("{}"), "convert.statistics-file");
  EXPECT_EQ(refusal("[{}]"), "convert.statistics-file");
  EXPECT_EQ(refusal("[1]"), "convert.statistics-file");
  EXPECT_EQ(refusal(R"([{"measure": {"member_id": "raw", "scope": "dataset", "name": "median"}, "value": 1}])"),
            "convert.statistics-file");
  EXPECT_EQ(refusal(R"([{"measure": {"member_id": "raw", "scope": "dataset", "name": "mean"}, "value": "1"}])"),
            "convert.statistics-file");
  EXPECT_EQ(refusal(R"([{"measure": {"member_id": "raw", "scope": "dataset", "name": "mean"},
                         "value": {"data": [[1], [1, 2]], "dims": ["y", "x"]}}])"),
            "convert.statistics-file");
  EXPECT_EQ(refusal(R"([{"measure": {"member_id": "raw", "scope": "dataset", "name": "quantile"}, "value": 1}])"),
            "convert.statistics-file");
  EXPECT_EQ(refusal(std::string("[") + kMean + "]"), "convert.statistics-missing");
  EXPECT_EQ(refusal("[]"), "convert.statistics-missing");
  EXPECT_NE(refusal("[NaN"), "");
}

class PredictBatch : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    loaded_.model = normalising("cyx");
    for (int i = 0; i < 2; ++i) {
      tensor::Array array(tensor::Dtype::kFloat32, {4, 4});
      std::fill(array.as<float>().begin(), array.as<float>().end(), 10.0f * static_cast<float>(i));
      ASSERT_TRUE(tensor::write_npy_file(image(i), array.view(), {}).ok());
    }
  }
  std::string image(int i) const { return (folder_ / (std::to_string(i) + ".npy")).string(); }
  // First elements of the outputs of both images.
  std::pair<float, float> predicted(const std::vector<std::string>& statistics_from) {
    const PredictRequest request{.inputs = {image(0), image(1)},
                                 .outputs = {image(10), image(11)},
                                 .statistics_from = statistics_from,
                                 .if_present = resource::IfPresent::kReplace};
    const auto report = predict_files(loaded_, request, testing::installed_engine(), {});
    if (!report) {
      ADD_FAILURE() << report.error().what.message;
      return {};
    }
    return {tensor::read_npy_file(image(10), {})->as<float>()[0], tensor::read_npy_file(image(11), {})->as<float>()[0]};
  }
  fs::path folder_;
  Loaded loaded_;
};

// As in the reference: each image with the statistics of all images up to it.
TEST_F(PredictBatch, StatisticsOverADatasetRunOn) {
  ZOOPORT_NEEDS_ENGINE();
  const auto [first, second] = predicted({});
  EXPECT_NEAR(first, 0, 1e-6);
  EXPECT_NEAR(second, 1, 1e-5);  // (10 - 5) / 5
}

TEST_F(PredictBatch, StatisticsOfImagesHoldForAll) {
  ZOOPORT_NEEDS_ENGINE();
  const auto [first, second] = predicted({image(0), image(1)});
  EXPECT_NEAR(first, -1, 1e-5);
  EXPECT_NEAR(second, 1, 1e-5);
}

TEST_F(PredictBatch, StatisticsOfAFileHoldForAll) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string path = (folder_ / "stats.json").string();
  std::ofstream(path)
      << R"([{"measure": {"member_id": "raw", "scope": "dataset", "name": "mean", "axes": ["batch", "channel", "y", "x"]}, "value": 4},
    {"measure": {"member_id": "raw", "scope": "dataset", "name": "std", "axes": ["batch", "channel", "y", "x"]}, "value": {"data": 2, "dims": []}}])";
  const auto [first, second] = predicted({path});
  EXPECT_NEAR(first, -2, 1e-5);
  EXPECT_NEAR(second, 3, 1e-5);
}

}  // namespace
}  // namespace zooport::convert
