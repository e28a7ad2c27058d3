// The real model of ../shared/data/models/unet2d_nuclei_broad through every floor.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/to_czann.hpp"
#include "zooport/image/image.hpp"
#include "zooport/predict/compare.hpp"
#include "zooport/predict/predictor.hpp"
#include "zooport/predict/test_model.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport {
namespace {

std::string folder() { return testing::shared_folder() + "/data/models/unet2d_nuclei_broad/"; }

Result<convert::Loaded> load(const std::string& name = "v0_4_9.bioimageio.yaml") {
  return convert::load_model(folder() + name, {});
}

// The test image, repeated by mirroring to the size that is asked for.
tensor::Array scene(std::int64_t height, std::int64_t width) {
  const tensor::Array image = *tensor::read_npy(*os::read_file(folder() + "test_input.npy", 1u << 30), {});
  tensor::Array flat(tensor::Dtype::kFloat32, {height, width});
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      flat.as<float>()[static_cast<std::size_t>(y * width + x)] =
          image.as<float>()[static_cast<std::size_t>(predict::mirrored(y, 512) * 512 + predict::mirrored(x, 512))];
  return flat;
}

Result<tensor::Array> predicted(const predict::PredictOptions& options, tensor::Array image,
                                std::size_t* findings = nullptr) {
  ZOOPORT_TRY_ASSIGN(convert::Loaded loaded, load());
  ZOOPORT_TRY_ASSIGN(predict::Predictor predictor,
                     predict::Predictor::open(loaded.model, testing::installed_engine(), options, {}));
  if (findings) {
    const auto reader = predict::array_reader(tensor::Array::copy_of(image.view()), "yx");
    ZOOPORT_TRY_ASSIGN(const predict::SampleView view,
                       predict::SampleView::make(*reader, "yx", predictor.model().inputs[0].tensor_axes()));
    ZOOPORT_TRY_ASSIGN(const predict::Plan plan, predictor.plan({view}));
    *findings = static_cast<std::size_t>(
        std::count_if(plan.findings.items().begin(), plan.findings.items().end(),
                      [](const Diagnostic& finding) { return finding.id == "predict.halo-below-receptive-field"; }));
  }
  ZOOPORT_TRY_ASSIGN(std::vector<tensor::Array> outputs, predict::predict_array(predictor, std::move(image), "yx", {}));
  return std::move(outputs.at(0));
}

double largest_difference(const tensor::Array& a, const tensor::Array& b) {
  return predict::compare("y", a.view(), b.view(), {.absolute = 0, .relative = 0}).max_abs;
}

TEST(NucleiModel, PassesOnItsOwnTensors) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  for (const char* name : {"v0_4_9.bioimageio.yaml", "v0_4_0.bioimageio.yaml"}) {
    const auto loaded = load(name);
    ASSERT_TRUE(loaded.ok()) << loaded.error().what.message;
    predict::TestOptions options;
    options.weights = "onnx";
    const auto result = predict::test_model(loaded->model, testing::installed_engine(), options, {});
    ASSERT_TRUE(result.ok()) << result.error().what.message;
    EXPECT_EQ(result->status, predict::TestResult::Status::kPassed) << result->reason;
    EXPECT_LT(result->outputs[0].comparison.max_abs, 1e-4);
    EXPECT_TRUE(result->outputs[0].comparison.discriminates);
  }
  EXPECT_FALSE(load("invalid_v0_4_0_duplicate_tensor_names.bioimageio.yaml").ok());
}

TEST(NucleiModel, TakesAnotherSize) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto output = predicted({}, scene(700, 900));
  ASSERT_TRUE(output.ok()) << output.error().what.message;
  EXPECT_EQ(output->shape(), (tensor::Shape{1, 1, 700, 900}));
}

TEST(NucleiModel, TilesWithASufficientHaloEqualTheWhole) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  using predict::HaloChoice;
  using predict::TileChoice;
  const auto whole = predicted({.tile = {TileChoice::Kind::kWhole, {}}}, scene(1488, 1488));
  ASSERT_TRUE(whole.ok()) << whole.error().what.message;
  std::size_t findings = 0;
  const auto wide = predicted({.tile = {TileChoice::Kind::kSizes, {512}}, .halo = {HaloChoice::Kind::kPixels, 64}},
                              scene(1488, 1488), &findings);
  ASSERT_TRUE(wide.ok()) << wide.error().what.message;
  EXPECT_EQ(findings, 0u);
  EXPECT_LT(largest_difference(*whole, *wide), 1e-5);
  // The declared halo of 32 is less than the receptive field of 58: said, and seen.
  const auto narrow = predicted({.tile = {TileChoice::Kind::kSizes, {512}}}, scene(1488, 1488), &findings);
  ASSERT_TRUE(narrow.ok()) << narrow.error().what.message;
  EXPECT_EQ(findings, 2u);
  const double difference = largest_difference(*whole, *narrow);
  EXPECT_GT(difference, 0);
  EXPECT_LT(difference, 0.05);
  std::cout << "1488x1488, tile 512: halo 64 differs by " << largest_difference(*whole, *wide) << ", halo 32 by "
            << difference << "\n";
}

TEST(NucleiModel, BecomesACzannWithTheSameNumbers) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto loaded = load();
  ASSERT_TRUE(loaded.ok());
  const std::string dest = os::join_path(os::temporary_folder(), "zooport-nuclei-model.czann");
  std::filesystem::remove(dest);
  convert::CzannOptions options;
  EXPECT_EQ(convert::to_czann(*loaded, dest, options, testing::installed_engine(), {}).error().what.id,
            "convert.statistics-needed");
  options.statistics = convert::CzannOptions::Statistics::kOfImage;
  options.statistics_image = folder() + "test_input.png";
  const auto report = convert::to_czann(*loaded, dest, options, testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, convert::Verification::Status::kPassed) << report->verification.reason;
  ASSERT_EQ(report->verification.outputs.size(), 1u);
  EXPECT_EQ(report->verification.outputs[0].shape, (tensor::Shape{1280, 1280, 1}));
  const auto read = czann::read(*os::read_file(dest, 1u << 30), {});
  ASSERT_TRUE(read.ok() && read->package);
  EXPECT_TRUE(read->findings.items().empty());
  EXPECT_EQ(read->package->metadata.input_shape, (std::vector<std::int64_t>{512, 512, 1}));
  EXPECT_EQ(read->package->metadata.min_overlap, (std::vector<std::int64_t>{128, 128}));
  std::vector<std::string> members;
  for (const czann::Member& member : read->package->others) members.push_back(member.name);
  EXPECT_EQ(members, std::vector<std::string>{"license.txt"});
  for (const convert::Assumption& assumption : report->assumptions)
    std::cout << assumption.what << ": " << assumption.value << "\n";
  std::cout << "largest difference through ZEN's tiling " << report->verification.outputs[0].max_abs << "\n";
  std::filesystem::remove(dest);
}

}  // namespace
}  // namespace zooport
