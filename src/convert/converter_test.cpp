#include "zooport/convert/converter.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "convert/graphs_for_test.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
namespace {

using testing::graph;
using testing::node;

class Converter : public ::testing::Test {
 protected:
  Converter() {
    onnx::Model model =
        graph({.nodes = {node("Relu", {"x"}, "y")}, .constants = {}, .input = {1, 8, 8, 1}, .output = {1, 8, 8, 1}});
    model.set_opset(12);
    model.ir_version = onnx::ir_version_of(12);
    network_ = std::string(onnx::to_bytes(model)->text());
    spec_.model = folder_.file("net.onnx", network_);
    spec_.license_file = folder_.file("LICENSE.txt", "free");
    spec_.model_metadata.type = czann::ModelType::kRegression;
    spec_.model_metadata.input_shape = spec_.model_metadata.output_shape = {8, 8, 1};
  }

  ::zooport::testing::TemporaryFolder folder_;
  std::string network_;
  ModelSpec spec_;
};

TEST_F(Converter, PacksAndUnpacks) {
  const DefaultConverter converter;
  const auto report = converter.convert_from_model_spec(spec_, folder_ / "new/folder");
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->dest, folder_ / "new/folder/DNNModel.czann");
  // The same once more replaces the file; the ending counts in any case.
  const auto again =
      converter.convert_from_model_spec(spec_, folder_ / "new/folder", {.output_name = "DNNModel.CZANN"});
  ASSERT_TRUE(again.ok()) << again.error().what.message;
  EXPECT_EQ(again->dest, folder_ / "new/folder/DNNModel.CZANN");
  EXPECT_EQ(again->sha256.hex(), report->sha256.hex());
  // Relative to the working folder.
  const std::string relative = std::filesystem::relative(folder_ / "out").string();
  folder_.file("out/mine.txt", "kept");
  const auto unpacked = converter.unpack_model(report->dest, relative);
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().what.message;
  EXPECT_EQ(unpacked->network, relative + "/model.model");
  EXPECT_EQ(os::read_file(unpacked->network, 1 << 20)->text(), network_);
  EXPECT_EQ(os::read_file(relative + "/LICENSE.txt", 1 << 20)->text(), "free");
  EXPECT_EQ(os::read_file(relative + "/mine.txt", 1 << 20)->text(), "kept");
  EXPECT_EQ(unpacked->metadata.input_shape, (std::vector<std::int64_t>{8, 8, 1}));
  EXPECT_TRUE(czann::is_uuid(unpacked->metadata.id));
}

TEST_F(Converter, ReadsASpecificationAndAddsOperations) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string json = folder_.file("specs/spec.json", R"({"ModelMetadata": {"Type": "Regression",
      "InputShape": [8, 8, 1], "OutputShape": [8, 8, 1]}, "ModelPath": "../net.onnx"})");
  Conversion conversion{.output_name = "model"};
  conversion.preprocessing = {"scale(2)"};
  const auto report = DefaultConverter().convert_from_json_spec(json, folder_.path(), conversion);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  const auto read = czann::read(*os::read_file(folder_ / "model.czann", 1 << 20), {});
  ASSERT_TRUE(read.ok() && read->package);
  EXPECT_EQ(onnx::read_model(read->package->network)->graph.nodes.at(0).op, "Mul");
}

TEST_F(Converter, RefusalsLeaveNothing) {
  const DefaultConverter converter;
  const auto no_spec = converter.convert_from_json_spec(folder_.file("a.json", "{}"), folder_ / "a");
  ASSERT_FALSE(no_spec.ok());
  EXPECT_EQ(no_spec.error().what.id, "convert.no-spec");
  spec_.model_metadata.input_shape = {16, 8, 1};
  EXPECT_FALSE(converter.convert_from_model_spec(spec_, folder_ / "a").ok());
  spec_.model = folder_ / "nowhere.onnx";
  EXPECT_FALSE(converter.convert_from_model_spec(spec_, folder_ / "a").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a"));
  EXPECT_FALSE(converter.unpack_model(folder_ / "nowhere.czann", folder_ / "a").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a"));
}

}  // namespace
}  // namespace zooport::convert
