#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/support/engine.hpp"
#include "tests/support/tiny_onnx.hpp"
#include "zooport/convert/compare_models.hpp"
#include "zooport/convert/predict_files.hpp"
#include "zooport/convert/test_source.hpp"
#include "zooport/tensor/npy.hpp"

// A model of two inputs and two outputs from its description: tested, run on files, and compared with itself.
namespace zooport::convert {
namespace {

namespace fs = std::filesystem;
namespace tiny = testing::tiny;
using predict::TestResult;

constexpr std::int64_t kSide = 16;
constexpr const char* kDescription = R"(format_version: 0.4.10
type: model
name: two of each
description: sum and product
authors: [{name: A}]
cite: [{text: t, url: https://example.com}]
documentation: README.md
license: MIT
timestamp: 2020-01-01T00:00:00Z
test_inputs: [a.npy, b.npy]
test_outputs: [sum.npy, product.npy]
weights: {onnx: {source: w.onnx, opset_version: 13}}
inputs:
- name: a
  axes: bcyx
  data_type: float32
  shape: {min: [1, 1, 4, 4], step: [0, 0, 4, 4]}
  preprocessing: [{name: scale_linear, kwargs: {gain: 2, axes: yx}}]
- name: b
  axes: bcyx
  data_type: uint8
  shape: {min: [1, 1, 4, 4], step: [0, 0, 4, 4]}
  preprocessing: [{name: scale_range, kwargs: {mode: per_sample, axes: yx, reference_tensor: a}}]
outputs:
- name: sum
  axes: bcyx
  data_type: float32
  shape: {reference_tensor: a, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
- name: product
  axes: bcyx
  data_type: float32
  shape: {reference_tensor: b, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
  postprocessing: [{name: scale_mean_variance, kwargs: {mode: per_sample, axes: yx, reference_tensor: b}}]
)";

tensor::Array image(const std::vector<double>& values, tensor::Dtype dtype) {
  tensor::Array array(tensor::Dtype::kFloat64, {1, 1, kSide, kSide});
  std::copy(values.begin(), values.end(), array.as<double>().begin());
  return tensor::Array::converted(array.view(), dtype);
}

std::pair<double, double> mean_and_deviation(const std::vector<double>& values) {
  double mean = 0;
  double squares = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  for (const double value : values) squares += (value - mean) * (value - mean) / static_cast<double>(values.size());
  return {mean, std::sqrt(squares)};
}

class SeveralTensors : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::ofstream(at("rdf.yaml")) << kDescription;
    std::ofstream(at("README.md")) << "# Two\n";
    const std::vector<std::int64_t> open = {1, 1, -1, -1};
    std::ofstream(at("w.onnx"), std::ios::binary)
        << tiny::model({{"Add", {"a", "b"}, {"sum"}}, {"Mul", {"a", "b"}, {"product"}}},
                       {{"a", 1, open}, {"b", 1, open}}, {{"sum", 1, open}, {"product", 1, open}})
               .text();
    std::vector<double> a, b;
    for (int i = 0; i < kSide * kSide; ++i) {
      a.push_back(std::floor(50 + 49 * std::sin(i * 0.7)));
      b.push_back((i * 37) % 251);
    }
    write("a.npy", a, tensor::Dtype::kFloat32);
    write("b.npy", b, tensor::Dtype::kUint8);
    // What the description says, worked out.
    const auto [low, high] = std::minmax_element(a.begin(), a.end());
    std::vector<double> sum, product;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double scaled = (b[i] - *low) / (*high - *low + 1e-6);
      sum.push_back(2 * a[i] + scaled);
      product.push_back(2 * a[i] * scaled);
    }
    const auto [mean, deviation] = mean_and_deviation(product);
    const auto [to_mean, to_deviation] = mean_and_deviation(b);
    for (double& value : product) value = (value - mean) / (deviation + 1e-6) * (to_deviation + 1e-6) + to_mean;
    write("sum.npy", sum, tensor::Dtype::kFloat32);
    write("product.npy", product, tensor::Dtype::kFloat32);
  }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::vector<double>& values, tensor::Dtype dtype) {
    const auto written = tensor::write_npy_file(at(name), image(values, dtype).view(), {.may_replace = true});
    ASSERT_TRUE(written.ok()) << written.error().what.message;
  }
  Loaded loaded() const {
    auto source = load_model(folder_.string(), {});
    EXPECT_TRUE(source.ok()) << source.error().what.message;
    return std::move(*source);
  }
  fs::path folder_;
};

TEST_F(SeveralTensors, PassTheirOwnTest) {
  ZOOPORT_NEEDS_ENGINE();
  const auto result = test_source(loaded(), {}, testing::installed_engine(), {});
  ASSERT_TRUE(result.ok()) << result.error().what.message;
  EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
  ASSERT_EQ(result->outputs.size(), 2u);
  for (const predict::TestedOutput& output : result->outputs) EXPECT_TRUE(output.comparison.discriminates);
}

TEST_F(SeveralTensors, SayWhichOfThemDiffersAndKeepIt) {
  ZOOPORT_NEEDS_ENGINE();
  auto array = tensor::read_npy_file(at("product.npy"), {});
  array->as<float>()[100] += 1;
  ASSERT_TRUE(tensor::write_npy_file(at("product.npy"), array->view(), {.may_replace = true}).ok());
  Context context;
  context.cache_folder = at("cache");
  for (int twice = 0; twice < 2; ++twice) {
    const auto result = test_source(loaded(), {}, testing::installed_engine(), context);
    ASSERT_TRUE(result.ok()) << result.error().what.message;
    EXPECT_EQ(result->status, TestResult::Status::kFailed);
    ASSERT_EQ(result->outputs.size(), 2u);
    EXPECT_TRUE(result->outputs[0].comparison.passed);
    const predict::Comparison& product = result->outputs[1].comparison;
    EXPECT_EQ(product.mismatched, 1u);
    EXPECT_EQ(product.worst, (tensor::Shape{0, 0, 6, 4}));
    EXPECT_NEAR(product.worst_expected - product.worst_found, 1, 1e-3);
    EXPECT_EQ(product.tolerance.from, "default");
    EXPECT_EQ(result->reason.find("product: "), 0u) << result->reason;
    EXPECT_EQ(result->outputs[0].saved, "");
    EXPECT_EQ(result->outputs[1].saved.find(at("cache") + "/test/"), 0u);
    EXPECT_TRUE(fs::exists(result->outputs[1].saved));
  }
}

TEST_F(SeveralTensors, AreReadAndWrittenByTheirIds) {
  ZOOPORT_NEEDS_ENGINE();
  for (const predict::TileChoice& tile : {predict::TileChoice{}, {predict::TileChoice::Kind::kSizes, {8}}}) {
    PredictRequest request{.inputs = {"b=" + at("b.npy"), "a=" + at("a.npy")},
                           .outputs = {"product=" + at("p.npy"), "sum=" + at("s.npy")},
                           .if_present = resource::IfPresent::kReplace};
    request.options.tile = tile;
    const auto report = predict_files(loaded(), request, testing::installed_engine(), {});
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->tiles, tile.sizes.empty() ? 1 : 4);
    for (const auto& [made, expected] : {std::pair{"p.npy", "product.npy"}, {"s.npy", "sum.npy"}}) {
      const auto found = tensor::read_npy_file(at(made), {});
      const auto wanted = tensor::read_npy_file(at(expected), {});
      const auto compared = predict::compare(made, wanted->view(), found->view(), {.absolute = 1e-3, .relative = 1e-5});
      EXPECT_TRUE(compared.passed) << made << ": " << compared.reason;
    }
  }
}

TEST_F(SeveralTensors, AreComparedEach) {
  ZOOPORT_NEEDS_ENGINE();
  const Loaded source = loaded();
  for (const std::vector<std::string>& inputs :
       {std::vector<std::string>{}, {"a=" + at("a.npy"), "b=" + at("b.npy")}}) {
    const auto result = compare_models(source, source, {.inputs = inputs}, testing::installed_engine(), {});
    ASSERT_TRUE(result.ok()) << result.error().what.message;
    EXPECT_EQ(result->status, TestResult::Status::kPassed) << result->reason;
    EXPECT_EQ(result->outputs.size(), 2u);
  }
}

// The description's own tolerance, by weights format; what is no number is passed over.
TEST_F(SeveralTensors, ToleranceOfTheDescription) {
  const auto tolerance_with = [&](const std::string& config) {
    std::ofstream(at("rdf.yaml")) << kDescription << "config: {bioimageio: " << config << "}\n";
    return loaded().model.outputs[1].tolerance_for("onnx");
  };
  const model::Tolerance standard = tolerance_with("{nickname: x}");
  EXPECT_EQ(standard.from, "default");
  EXPECT_EQ(standard.absolute, 1e-3);
  EXPECT_EQ(standard.mismatched_per_million, 0u);
  const model::Tolerance decimal = tolerance_with("{test_kwargs: {onnx: {decimal: 2}}}");
  EXPECT_EQ(decimal.from, "description");
  EXPECT_DOUBLE_EQ(decimal.absolute, 0.015);
  EXPECT_EQ(decimal.relative, 0);
  EXPECT_EQ(tolerance_with("{test_kwargs: {torchscript: {decimal: 2}}}").from, "default");
  EXPECT_EQ(tolerance_with("{test_kwargs: {onnx: {decimal: many}}}").from, "default");
  EXPECT_EQ(tolerance_with("{test_kwargs: {onnx: {relative_tolerance: 0.5}}}").relative, 0.5);
  const model::Tolerance listed = tolerance_with(
      "{test_kwargs: {onnx: {decimal: 2}}, reproducibility_tolerance: [{output_ids: [sum], absolute_tolerance: 9}, "
      "{weights_formats: [onnx], absolute_tolerance: 4, mismatched_elements_per_million: 7}]}");
  EXPECT_EQ(listed.absolute, 4);
  EXPECT_EQ(listed.mismatched_per_million, 7u);
  EXPECT_EQ(tolerance_with("{reproducibility_tolerance: [{absolute_tolerance: -1}]}").absolute, 1e-3);
  EXPECT_EQ(tolerance_with("3").from, "default");
}

}  // namespace
}  // namespace zooport::convert
