#include "zooport/convert/open.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/engine.hpp"
#include "tests/support/fake_engine.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/convert/unpack.hpp"
#include "zooport/convert/verify_graph.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

using Folder = zooport::testing::TemporaryFolder;

std::string id_of(const Result<Opened>& opened) { return opened ? "" : opened.error().what.id; }

TEST(Open, TellsSourcesByTheirContent) {
  const Folder folder;
  const auto described = open_source(kExample, {});
  ASSERT_TRUE(described.ok());
  EXPECT_EQ(described->kind, SourceKind::kBioimageio);
  EXPECT_EQ(described->file_name, "rdf.yaml");
  EXPECT_EQ(described->shown("rdf.yaml"), kExample + "/rdf.yaml");
  fs::copy_file(kExample + "/weights.onnx", folder / "weights.yaml");
  const auto graph = open_source(folder / "weights.yaml", {});
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->kind, SourceKind::kOnnx);
  EXPECT_EQ(graph->shown("weights.yaml"), folder / "weights.yaml");
  const auto keras = open_source(folder.file("x.onnx.txt", "\x89HDF\r\n\x1a\n and more"), {});
  ASSERT_TRUE(keras.ok());
  EXPECT_EQ(keras->recognised_as, "keras");
}

TEST(Open, WantsADescriptionInAFolder) {
  const Folder folder;
  folder.file("notes.txt", "nothing here");
  EXPECT_EQ(id_of(open_source(folder.path(), {})), "convert.no-description");
  folder.file("saved_model.pb", "");
  const auto opened = open_source(folder.path(), {});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->recognised_as, "savedmodel");
}

TEST(Open, AnEmptyArchiveIsInvalid) {
  const Folder folder;
  const std::string path = folder.file("model.czann", std::string("PK\5\6") + std::string(18, '\0'));
  const auto opened = open_source(path, {});
  EXPECT_EQ(id_of(opened), "convert.empty-archive");
  EXPECT_EQ(check_source(path, {}, {})->status, bioimageio::Status::kInvalid);
}

TEST(CheckSource, TellsTheVerdictOfEachKind) {
  const Folder folder;
  EXPECT_EQ(check_source(kExample, {}, {})->status, bioimageio::Status::kValid);
  EXPECT_EQ(check_source(kExample + "/weights.onnx", {}, {})->status, bioimageio::Status::kValid);
  const auto broken = check_source(folder.file("rdf.yaml", "type: model\nformat_version: 0.4.10\n"), {}, {});
  EXPECT_EQ(broken->status, bioimageio::Status::kInvalid);
  ASSERT_FALSE(broken->findings.items().empty());
  EXPECT_EQ(broken->findings.items().front().file, folder / "rdf.yaml");
  EXPECT_TRUE(broken->texts.contains(folder / "rdf.yaml"));
  const auto graph = check_source(folder.file("short.onnx", "\x08\x07\x12"), {}, {});
  EXPECT_EQ(graph->status, bioimageio::Status::kInvalid);
  const auto missing = check_source(folder / "missing", {}, {});
  EXPECT_EQ(missing->status, bioimageio::Status::kUnreadable);
  EXPECT_EQ(missing->kind, "");
  EXPECT_EQ(missing->findings.items().front().id, "base.io");
}

TEST(CheckSource, NamesWhatItCannotRead) {
  const Folder folder;
  const auto report = check_source(folder.file("model.h5", "\x89HDF\r\n\x1a\n"), {}, {});
  EXPECT_EQ(report->status, bioimageio::Status::kUnsupported);
  EXPECT_EQ(report->kind, "keras");
  EXPECT_EQ(report->findings.items().front().id, "convert.unsupported-source");
}

TEST(Unpack, RefusesOtherFiles) {
  const Folder folder;
  const auto unpacked = unpack_source(kExample + "/rdf.yaml", folder / "out", {}, {});
  ASSERT_FALSE(unpacked.ok());
  EXPECT_EQ(unpacked.error().what.id, "convert.no-archive");
  EXPECT_FALSE(fs::exists(folder / "out"));
}

TEST(GraphFiles, ReadsAxisChanges) {
  const auto named = parse_axis_change("a=b=batch,1,y,x");
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->input, "a=b");
  EXPECT_EQ(named->axes, (std::vector<std::string>{"batch", "1", "y", "x"}));
  EXPECT_EQ(parse_axis_change("1,2")->input, "");
  EXPECT_EQ(parse_axis_change("1,,*,2")->axes, (std::vector<std::string>{"1", "", "", "2"}));
  EXPECT_TRUE(parse_axis_change("a=")->axes.empty());
  for (const std::string text : {"", "1,0", "-1", "1,2.5"})
    EXPECT_EQ(parse_axis_change(text).error().what.id, "convert.input-shape") << text;
}

TEST(GraphFiles, FixesAndOpensAxes) {
  const Folder folder;
  const auto fixed = change_graph_shape(kExample + "/weights.onnx", folder / "fixed.onnx",
                                        {{"", {"1", "1", "64", "128"}}}, {}, nullptr, {});
  ASSERT_TRUE(fixed.ok()) << fixed.error().what.message;
  EXPECT_EQ(fixed->graph.outputs[0].extents, (std::vector<std::string>{"1", "1", "64", "128"}));
  const auto open = change_graph_shape(folder / "fixed.onnx", folder / "open.onnx", {{"input", {"1", "1", "h", "w"}}},
                                       {}, nullptr, {});
  ASSERT_TRUE(open.ok()) << open.error().what.message;
  EXPECT_EQ(open->graph.inputs[0].extents, (std::vector<std::string>{"1", "1", "h", "w"}));
}

TEST(GraphFiles, ShapeNeedsOneEntryForEachAxis) {
  const auto report =
      change_graph_shape(kExample + "/weights.onnx", "never-written.onnx", {{"", {"1", "1"}}}, {}, nullptr, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "convert.input-shape");
  EXPECT_EQ(report.error().kind, ErrorKind::kUsage);
}

TEST(GraphFiles, RefusesAnExistingDestination) {
  const Folder folder;
  const std::string there = folder.file("there.onnx", "mine");
  const auto report =
      change_graph_shape(kExample + "/weights.onnx", there, {{"", {"1", "1", "64", "64"}}}, {}, nullptr, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "base.exists");
  EXPECT_EQ(fs::file_size(there), 4u);
}

TEST(GraphFiles, RefusesWhatTheGraphLacks) {
  const Folder folder;
  const auto report = change_graph_shape(kExample + "/weights.onnx", folder / "x.onnx",
                                         {{"raw", {"1", "1", "64", "64"}}}, {}, nullptr, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "convert.graph-input");
  EXPECT_FALSE(fs::exists(folder / "x.onnx"));
}

// Stands for an engine that runs the same function whatever graph it gets; the second graph gets `shift` more.
std::shared_ptr<engine::Engine> shifting_engine(float shift) {
  testing::FakeNetwork network;
  network.compute = [shift, runs = 0](const std::vector<tensor::View>& inputs) mutable {
    tensor::Array output = tensor::Array::copy_of(inputs[0]);
    if (runs++ > 0)
      for (float& value : output.as<float>()) value += shift;
    std::vector<tensor::Array> outputs;
    outputs.push_back(std::move(output));
    return Result<std::vector<tensor::Array>>(std::move(outputs));
  };
  return std::make_shared<testing::FakeEngine>(std::move(network));
}

TEST(VerifyGraph, ComparesOnRandomInput) {
  const auto model = read_graph(kExample + "/weights.onnx", {});
  ASSERT_TRUE(model.ok());
  const auto same = verify_graph(*model, *model, *shifting_engine(0), 1, {});
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->shapes.at("input"), (tensor::Shape{1, 1, 64, 64}));
  EXPECT_TRUE(same->has_run);
}

TEST(VerifyGraph, SaysWhyItHasNotRun) {
  auto model = read_graph(kExample + "/weights.onnx", {});
  ASSERT_TRUE(model.ok());
  model->graph.inputs[0].type.element = onnx::ElementType::kString;
  const auto result = verify_graph(*model, *model, *shifting_engine(0), 1, {});
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->has_run);
  EXPECT_FALSE(result->passed());
  EXPECT_NE(result->reason.find("input"), std::string::npos);
}

TEST(VerifyGraph, OpsetKeepsTheNumbers) {
  ZOOPORT_NEEDS_ENGINE();
  const Folder folder;
  const auto report =
      change_graph_opset(kExample + "/weights.onnx", folder / "older.onnx", 12, {}, testing::installed_engine(), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_TRUE(report->verification.passed()) << report->verification.reason;
  EXPECT_LT(report->verification.max_abs(), 1e-4);
  EXPECT_TRUE(fs::exists(folder / "older.onnx"));
}

}  // namespace
}  // namespace zooport::convert
