#include "zooport/convert/predict_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "convert/samples.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/tiny_onnx.hpp"
#include "zooport/convert/convert_model.hpp"
#include "zooport/convert/info.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

std::string fresh_folder() {
  const fs::path path =
      fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
  fs::remove_all(path);
  fs::create_directories(path);
  return path.string();
}

model::Model model_with(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  model::Model model;
  for (const std::string& id : inputs) model.inputs.emplace_back().id = id;
  for (const std::string& id : outputs) model.outputs.emplace_back().id = id;
  return model;
}

std::string refusal(const model::Model& model, const std::vector<std::string>& inputs,
                    const std::vector<std::string>& outputs, const std::string& picture = "") {
  const auto samples = samples_of(model, {.inputs = inputs, .outputs = outputs, .picture = picture});
  return samples ? "" : samples.error().what.id;
}

TEST(PredictFiles, ABareListIsABatch) {
  const auto samples = samples_of(model_with({"raw"}, {"mask", "edges"}),
                                  {.inputs = {"a=b.tif", "c.tif"}, .outputs = {"1.tif", "2.tif"}});
  ASSERT_TRUE(samples.ok());
  ASSERT_EQ(samples->size(), 2u);
  EXPECT_EQ((*samples)[0].inputs, std::vector<std::string>{"a=b.tif"});
  EXPECT_EQ((*samples)[1].outputs, (std::vector<std::string>{"2.tif", ""}));
}

TEST(PredictFiles, IdsNameTheTensorsOfOneSample) {
  const auto samples = samples_of(model_with({"raw", "seed"}, {"mask", "edges"}),
                                  {.inputs = {"seed=s.tif", "raw=r.tif"}, .outputs = {"edges=e.tif"}});
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ((*samples)[0].inputs, (std::vector<std::string>{"r.tif", "s.tif"}));
  EXPECT_EQ((*samples)[0].outputs, (std::vector<std::string>{"", "e.tif"}));
}

TEST(PredictFiles, AFolderTakesTheNamesOfTheInputs) {
  const auto samples =
      samples_of(model_with({"raw"}, {"mask"}), {.inputs = {"x/a.tif", "b.png"}, .outputs = {"results/"}});
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ((*samples)[0].outputs[0], "results/a.tif");
  EXPECT_EQ((*samples)[1].outputs[0], "results/b.tif");
}

TEST(PredictFiles, RefusesFilesThatDoNotFit) {
  const model::Model two = model_with({"raw", "seed"}, {"mask", "edges"});
  const model::Model one = model_with({"raw"}, {"mask"});
  EXPECT_EQ(refusal(two, {"a", "b"}, {"c"}), "convert.predict-inputs");
  EXPECT_EQ(refusal(two, {"raw=a"}, {"c"}), "convert.predict-inputs");
  EXPECT_EQ(refusal(two, {"raw=a", "raw=b"}, {"c"}), "convert.predict-inputs");
  EXPECT_EQ(refusal(one, {}, {"c"}), "convert.predict-inputs");
  EXPECT_EQ(refusal(one, {"a"}, {}), "convert.predict-outputs");
  EXPECT_EQ(refusal(one, {"a", "b"}, {"c"}), "convert.predict-outputs");
  EXPECT_EQ(refusal(one, {"a", "b"}, {"c", "c"}), "convert.predict-outputs");
  EXPECT_EQ(refusal(one, {"a"}, {"c", "d"}), "convert.predict-outputs");
  EXPECT_EQ(refusal(one, {"a", "b"}, {"c", "d"}, "p.png"), "convert.predict-outputs");
  EXPECT_EQ(refusal(two, {"raw=a", "seed=b"}, {"mask=c", "d"}), "convert.predict-outputs");
  EXPECT_EQ(refusal(one, {"a"}, {kExample + "/rdf.yaml"}), "base.exists");
}

TEST(PredictFiles, ReadsTileAndHalo) {
  EXPECT_EQ(parse_tile("")->kind, predict::TileChoice::Kind::kAutomatic);
  EXPECT_EQ(parse_tile("whole")->kind, predict::TileChoice::Kind::kWhole);
  EXPECT_EQ(parse_tile("64x512x512")->sizes, (std::vector<std::int64_t>{64, 512, 512}));
  for (const std::string text : {"0", "x", "12x", "-4", "1.5", "12y3"})
    EXPECT_EQ(parse_tile(text).error().what.id, "convert.tile") << text;
  EXPECT_EQ(parse_halo("exact")->kind, predict::HaloChoice::Kind::kExact);
  EXPECT_EQ(parse_halo("16")->pixels, 16);
  for (const std::string text : {"-1", "much", "1 "}) EXPECT_EQ(parse_halo(text).error().what.id, "convert.halo");
}

TEST(PredictFiles, WritesImageAndPicture) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder();
  const auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  PredictRequest request{.inputs = {kExample + "/sample.png"}, .outputs = {folder + "/whole.npy"}};
  request.options.tile.kind = predict::TileChoice::Kind::kWhole;
  request.picture = folder + "/picture.png";
  const auto whole = predict_files(*loaded, request, testing::installed_engine(), {});
  ASSERT_TRUE(whole.ok()) << whole.error().what.message;
  EXPECT_EQ(whole->tiles, 1);
  EXPECT_TRUE(fs::exists(request.picture));
  request.picture.clear();
  request.outputs = {folder + "/tiled.npy"};
  request.options.tile = {predict::TileChoice::Kind::kSizes, {128}};
  const auto tiled = predict_files(*loaded, request, testing::installed_engine(), {});
  ASSERT_TRUE(tiled.ok()) << tiled.error().what.message;
  EXPECT_GT(tiled->tiles, 1);
  const auto a = tensor::read_npy_file(folder + "/whole.npy", {});
  const auto b = tensor::read_npy_file(folder + "/tiled.npy", {});
  ASSERT_TRUE(a.ok() && b.ok());
  model::Tolerance tolerance;
  tolerance.absolute = tolerance.relative = 1e-4;
  EXPECT_TRUE(predict::compare("p", a->view(), b->view(), tolerance).passed);
}

TEST(PredictFiles, PicturesNeedPlanes) {
  ZOOPORT_NEEDS_ENGINE();
  namespace tiny = testing::tiny;
  const std::string folder = fresh_folder();
  const Bytes line = tiny::model({{"Relu", {"x"}, {"y"}}}, {{"x", 1, {1, 1, -1}}}, {{"y", 1, {1, 1, -1}}});
  std::ofstream(folder + "/line.onnx", std::ios::binary) << line.text();
  const tensor::Array pixels(tensor::Dtype::kFloat32, {16});
  ASSERT_TRUE(tensor::write_npy_file(folder + "/line.npy", pixels.view(), {}).ok());
  const auto loaded = load_model(folder + "/line.onnx", {});
  ASSERT_TRUE(loaded.ok());
  const PredictRequest request{
      .inputs = {folder + "/line.npy"}, .outputs = {folder + "/out.npy"}, .picture = folder + "/picture.png"};
  const auto report = predict_files(*loaded, request, testing::installed_engine(), {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "convert.picture") << report.error().what.message;
  EXPECT_FALSE(fs::exists(request.picture));
}

TEST(ConvertModel, RefusesOtherFormats) {
  const auto loaded = load_model(kExample, {});
  ASSERT_TRUE(loaded.ok());
  for (const std::string dest : {"x.onnx", "folder", "x.zip"}) {
    const auto report = convert_model(*loaded, dest, {}, nullptr, {});
    ASSERT_FALSE(report.ok());
    EXPECT_EQ(report.error().what.id, "convert.unsupported-dest");
    EXPECT_EQ(report.error().kind, ErrorKind::kUnsupported);
  }
  EXPECT_EQ(convert_model(*loaded, "x.czann", {.type = "Guess"}, nullptr, {}).error().what.id, "convert.options");
  EXPECT_EQ(convert_model(*loaded, "x.czann", {.source_dtype = "int3"}, nullptr, {}).error().what.id,
            "convert.options");
}

TEST(Info, SaysWhatCanBeDone) {
  const auto info = inspect_source(kExample, {});
  ASSERT_TRUE(info.ok()) << info.error().what.message;
  EXPECT_EQ(info->kind, "bioimageio");
  EXPECT_EQ(info->model.inputs.at(0).id, "raw");
  for (const Use& use : info->uses) EXPECT_TRUE(use.is_possible) << use.verb << use.reason;
  EXPECT_NE(info->uses.back().reason.find("zero_mean_unit_variance"), std::string::npos);
  const auto bare = inspect_source(kExample + "/weights.onnx", {});
  ASSERT_TRUE(bare.ok());
  EXPECT_FALSE(bare->uses.at(0).is_possible);
}

}  // namespace
}  // namespace zooport::convert
