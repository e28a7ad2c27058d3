#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/to_czann.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

class Convert : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        os::join_path(os::temporary_folder(),
                      concat("zooport-convert-", ::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string at(const std::string& name) const { return os::join_path(folder_, name); }
  std::string folder_;
};

CzannOptions frozen(const std::string& image = kExample + "/sample.png") {
  CzannOptions options;
  options.statistics = CzannOptions::Statistics::kOfImage;
  options.statistics_image = image;
  options.source_dtype = tensor::Dtype::kUint16;
  options.spatial_dims = {128, 160};
  return options;
}

std::string id_of(const Result<ConversionReport>& result) { return result.ok() ? "" : result.error().what.id; }

TEST_F(Convert, TheExampleGivesTheSameNumbersThroughZensTiling) {
  ZOOPORT_NEEDS_ENGINE();
  const auto source = load_model(kExample, {});
  ASSERT_TRUE(source.ok()) << source.error().what.message;
  const auto report = to_czann(*source, at("a.czann"), frozen(), testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  EXPECT_TRUE(report->verification.reason.empty()) << report->verification.reason;
  ASSERT_EQ(report->verification.outputs.size(), 1u);
  // Three by three tiles of 128 by 160 with borders of 24.
  EXPECT_EQ(report->verification.outputs[0].shape, (tensor::Shape{288, 384, 1}));
  EXPECT_LT(report->verification.outputs[0].max_abs, 1e-4);
  EXPECT_FALSE(report->losses.empty());
  const auto read = czann::read(*os::read_file(at("a.czann"), 1u << 30), {});
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->findings.items().empty()) << read->findings.items()[0].message;
  EXPECT_EQ(read->package->metadata.input_shape, (std::vector<std::int64_t>{128, 160, 1}));
  EXPECT_EQ(read->package->metadata.min_overlap, (std::vector<std::int64_t>{48, 48}));
  EXPECT_EQ(read->package->metadata.type, czann::ModelType::kRegression);
  ASSERT_EQ(read->package->others.size(), 1u);
  EXPECT_EQ(read->package->others[0].name, "license.txt");
  EXPECT_EQ(onnx::read_model(read->package->network)->opset(), 12);
  // The same source and options give the same bytes.
  const auto again = to_czann(*source, at("b.czann"), frozen(), testing::installed_engine(), {});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->sha256.hex(), report->sha256.hex());
}

TEST_F(Convert, StatisticsHaveToBeChosen) {
  ZOOPORT_NEEDS_ENGINE();
  const auto source = load_model(kExample, {});
  ASSERT_TRUE(source.ok());
  CzannOptions options;
  options.spatial_dims = {128, 128};
  const auto refused = to_czann(*source, at("a.czann"), options, testing::installed_engine(), {});
  EXPECT_EQ(id_of(refused), "convert.statistics-needed");
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  options.statistics = CzannOptions::Statistics::kPerTile;
  const auto report = to_czann(*source, at("a.czann"), options, testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  EXPECT_TRUE(std::any_of(report->assumptions.begin(), report->assumptions.end(),
                          [](const Assumption& assumption) { return assumption.what == "statistics"; }));
}

TEST_F(Convert, SegmentationGetsTwoClassesAndTheDescriptionCanBeEmbedded) {
  ZOOPORT_NEEDS_ENGINE();
  const auto source = load_model(kExample, {});
  CzannOptions options = frozen();
  options.type = czann::ModelType::kSingleClassSemanticSegmentation;
  options.classes = {"Nucleus"};
  options.embed = CzannOptions::Embed::kDescription;
  options.license_text = "text";
  const auto report = to_czann(*source, at("a.czann"), options, testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  const auto read = czann::read(*os::read_file(at("a.czann"), 1u << 30), {});
  ASSERT_TRUE(read.ok() && read->package);
  EXPECT_TRUE(read->findings.items().empty());
  EXPECT_EQ(read->package->metadata.classes, (std::vector<std::string>{"Background", "Nucleus"}));
  EXPECT_EQ(read->package->others[0].content.text(), "text");
  EXPECT_EQ(read->package->others[1].content.text(), source->opened.bytes.text());
}

TEST_F(Convert, WhatCannotBeIsRefusedAndLeavesNothing) {
  ZOOPORT_NEEDS_ENGINE();
  const auto source = load_model(kExample, {});
  const auto convert = [&](const CzannOptions& options) {
    return to_czann(*source, at("a.czann"), options, testing::installed_engine(), {});
  };
  CzannOptions options = frozen();
  options.spatial_dims = {127, 160};
  EXPECT_FALSE(convert(options).ok());
  options.spatial_dims = {48, 48};
  EXPECT_EQ(id_of(convert(options)), "convert.border");
  options.spatial_dims = {128};
  EXPECT_EQ(id_of(convert(options)), "convert.options");
  options = frozen(at("none.png"));
  EXPECT_EQ(convert(options).error().kind, ErrorKind::kIo);
  options = frozen();
  options.id = "x";
  EXPECT_EQ(id_of(convert(options)), "convert.options");
  EXPECT_EQ(id_of(to_czann(*source, at("a.czann"), frozen(), nullptr, {})), "convert.no-engine");
  EXPECT_TRUE(os::list_folder(folder_)->empty());
  Loaded two = *source;
  two.model.inputs.push_back(two.model.inputs[0]);
  EXPECT_EQ(id_of(to_czann(two, at("a.czann"), frozen(), testing::installed_engine(), {})), "convert.tensor-count");
  Loaded upsampling = *source;
  for (model::AxisSpec& axis : upsampling.model.outputs[0].axes)
    axis.size = model::ReferenceSize{"raw", axis.axis.id, 2, 0};
  EXPECT_EQ(id_of(to_czann(upsampling, at("a.czann"), frozen(), testing::installed_engine(), {})),
            "convert.output-size");
  Loaded axes = *source;
  axes.model.inputs[0].axes[1].axis = {"time", tensor::AxisKind::kTime};
  EXPECT_EQ(id_of(to_czann(axes, at("a.czann"), frozen(), testing::installed_engine(), {})), "convert.axes");
}

TEST_F(Convert, AWrongResultIsNotWritten) {
  ZOOPORT_NEEDS_ENGINE();
  Loaded source = *load_model(kExample, {});
  // A border that is far too small: tiles differ from the whole image.
  CzannOptions options = frozen();
  options.min_overlap = {0};
  const auto report = to_czann(source, at("a.czann"), options, testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kFailed);
  EXPECT_TRUE(report->sha256.empty());
  EXPECT_TRUE(os::list_folder(folder_)->empty());
  options.on_failure = CzannOptions::OnFailure::kWriteAnyway;
  const auto forced = to_czann(source, at("a.czann"), options, testing::installed_engine(), {});
  ASSERT_TRUE(forced.ok());
  EXPECT_FALSE(forced->sha256.empty());
  EXPECT_EQ(to_czann(source, at("a.czann"), options, testing::installed_engine(), {}).error().what.id, "base.exists");
}

TEST_F(Convert, SourcesAreToldApartByContent) {
  EXPECT_EQ(open_source(kExample, {})->kind, SourceKind::kBioimageio);
  EXPECT_EQ(open_source(kExample + "/rdf.yaml", {})->kind, SourceKind::kBioimageio);
  EXPECT_EQ(open_source(kExample + "/weights.onnx", {})->kind, SourceKind::kOnnx);
  EXPECT_EQ(open_source(folder_, {}).error().what.id, "convert.no-description");
  EXPECT_EQ(open_source(at("none"), {}).error().what.id, "base.io");
  const auto graph = load_model(kExample + "/weights.onnx", {});
  ASSERT_TRUE(graph.ok()) << graph.error().what.message;
  EXPECT_EQ(tensor::letters_of(graph->model.inputs[0].tensor_axes()), "bcyx");
  EXPECT_EQ(graph->model.open("x", {}).error().what.id, "convert.no-files");
  std::ofstream(at("rdf.yaml")) << "type: model\nformat_version: 0.4.10\n";
  EXPECT_EQ(load_model(at("rdf.yaml"), {}).error().what.id, "convert.invalid-source");
  std::ofstream(at("rdf.yaml")) << "type: model\nformat_version: 0.5.3\n";
  EXPECT_NE(load_model(at("rdf.yaml"), {}).error().what.message.find("is read as model 0.5"), std::string::npos);
  std::ofstream(at("rdf.yaml")) << "type: dataset\nformat_version: 0.2.4\nname: n\ndescription: d\n";
  EXPECT_EQ(load_model(at("rdf.yaml"), {}).error().what.id, "convert.no-model");
}

}  // namespace
}  // namespace zooport::convert
