#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "convert/graphs_for_test.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/convert/convert_source.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
namespace {

using testing::graph;
using testing::node;

// y = relu(x) on byxc, 8 by 8 with 1 channel.
Bytes relu(std::int64_t opset = 12, std::vector<std::int64_t> shape = {1, 8, 8, 1}) {
  onnx::Model model = graph({.nodes = {node("Relu", {"x"}, "y")}, .constants = {}, .input = shape, .output = shape});
  model.set_opset(opset);
  model.ir_version = onnx::ir_version_of(opset);
  return *onnx::to_bytes(model);
}

class Spec : public ::testing::Test {
 protected:
  void SetUp() override { put("net.onnx", relu()); }

  std::string at(const std::string& name) const { return folder_ / name; }
  void put(const std::string& name, const Bytes& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(at(name)).parent_path());
    ASSERT_TRUE(os::write_file_atomically(at(name), bytes.span(), true).ok());
  }
  std::string spec(const std::string& more = "", const std::string& path = "net.onnx",
                   const std::string& size = "8, 8") const {
    const std::string name = at("spec.json");
    put("spec.json",
        Bytes(concat(
            R"({"ModelMetadata": {"Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "Type": "Regression", "InputShape": [)",
            size, R"(, 1], "OutputShape": [)", size, R"(, 1], "ModelName": "n"}, "ModelPath": ")", path, '"', more,
            "}")));
    return name;
  }
  Result<ConversionReport> convert(const std::string& source, const NetworkCall& call = {},
                                   const ConvertRequest& request = {}) const {
    return convert_source(source, at("out.czann"), request, call, ::zooport::testing::installed_engine(), {});
  }
  czann::Package written() const {
    const auto read = czann::read(*os::read_file(at("out.czann"), 1u << 30), {});
    EXPECT_TRUE(read.ok() && read->package && !read->findings.has_errors());
    return read.ok() && read->package ? *read->package : czann::Package{};
  }
  bool wrote() const { return std::filesystem::exists(at("out.czann")); }
  ::zooport::testing::TemporaryFolder folder_;
};

std::string id_of(const Result<ConversionReport>& result) { return result.ok() ? "" : result.error().what.id; }

std::vector<std::string> ids(const Diagnostics& findings) {
  std::vector<std::string> all;
  for (const Diagnostic& finding : findings.items()) all.push_back(finding.id);
  return all;
}

TEST_F(Spec, AnUnchangedNetworkKeepsItsBytes) {
  put("sub/MIT.md", Bytes("the licence"));
  const auto report = convert(spec(R"(, "LicenseFile": "sub/MIT.md")"));
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->from, "czmodel-spec");
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed);
  EXPECT_EQ(report->verification.reason, "identical bytes");
  ASSERT_EQ(report->steps.size(), 1u);
  EXPECT_TRUE(report->steps[0].starts_with("copy the network unchanged")) << report->steps[0];
  const czann::Package package = written();
  EXPECT_EQ(package.network.text(), relu().text());
  EXPECT_EQ(package.metadata.name, "n");
  ASSERT_EQ(package.others.size(), 1u);
  EXPECT_EQ(package.others[0].name, "MIT.md");
  EXPECT_EQ(package.others[0].content.text(), "the licence");
}

TEST_F(Spec, PathsResolveBesideTheFileOrInTheWorkingFolder) {
  // Somewhere that the working folder has and the folder of the specification has not.
  const std::string here = "spec_test_working_folder.onnx";
  ASSERT_TRUE(os::write_file_atomically(here, relu().span(), true).ok());
  const auto report = convert(spec("", here));
  std::filesystem::remove(here);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(ids(report->findings), (std::vector<std::string>{"convert.spec-folder", "czann.overlap-missing"}));
  put("sub/net.onnx", relu());
  const auto backslash = check_source(spec("", R"(sub\\net.onnx)"), {}, {});
  ASSERT_TRUE(backslash.ok());
  EXPECT_FALSE(backslash->findings.has_errors());
  const std::vector<std::string> said = ids(backslash->findings);
  EXPECT_EQ(std::count(said.begin(), said.end(), "convert.spec-folder"), 0);
}

TEST_F(Spec, WhatItNamesHasToBeThere) {
  EXPECT_EQ(id_of(convert(spec("", "nowhere.onnx"))), "convert.spec-file");
  EXPECT_EQ(id_of(convert(spec(R"(, "LicenseFile": "nowhere.txt")"))), "convert.spec-file");
  put("net.h5", Bytes("\x89HDF\r\n\x1a\n and more"));
  const auto keras = convert(spec("", "net.h5"));
  EXPECT_EQ(id_of(keras), "convert.spec-weights");
  EXPECT_EQ(keras.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(id_of(convert(spec(R"(, "LicenseFile": 5)"))), "convert.invalid-source");
  EXPECT_EQ(id_of(convert(spec("", "net.onnx", "16, 8"))), "convert.invalid-source");
  EXPECT_FALSE(wrote());
}

TEST_F(Spec, CheckSaysWhatIsWrong) {
  const auto good = check_source(spec(), {}, {});
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->kind, "czmodel-spec");
  EXPECT_EQ(good->type, "Regression");
  EXPECT_EQ(good->status, bioimageio::Status::kValid) << ids(good->findings).at(0);
  const auto bad = check_source(spec("", "net.onnx", "16, 8"), {}, {});
  ASSERT_TRUE(bad.ok());
  EXPECT_EQ(bad->status, bioimageio::Status::kInvalid);
  bool is_named = false;
  for (const Diagnostic& finding : bad->findings.items())
    is_named |= to_text(finding.path) == "ModelMetadata.InputShape" && finding.file == at("spec.json");
  EXPECT_TRUE(is_named);
}

TEST_F(Spec, OperationsGoIntoTheGraph) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string source =
      spec(R"_(, "PreProcessing": ["scale(0.5)", {"shift": [0.25]}], "PostProcessing": ["scale(2)"])_");
  const auto report = convert(source);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  ASSERT_EQ(report->steps.size(), 3u);
  const onnx::Model network = *onnx::read_model(written().network);
  std::vector<std::string> operators;
  for (const onnx::Node& one : network.graph.nodes) operators.push_back(one.op);
  EXPECT_EQ(operators, (std::vector<std::string>{"Mul", "Add", "Relu", "Mul"}));
  // A call replaces what the specification says.
  ConvertRequest replaces;
  replaces.czann.if_present = CzannOptions::IfPresent::kReplace;
  const auto other = convert(source, {.pre = {"scale(3)"}, .post = {}}, replaces);
  ASSERT_TRUE(other.ok()) << other.error().what.message;
  EXPECT_EQ(other->steps.size(), 2u);
}

TEST_F(Spec, OperationsThatCannotBeArePointedAt) {
  const std::string source = spec(R"_(, "PreProcessing": ["scale(1)", "scael(1)"])_");
  const auto report = convert(source);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "process.text-name");
  EXPECT_EQ(report.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(to_text(report.error().what.path), "PreProcessing[1]");
  const auto called = convert(source, {.pre = {"scale(1"}, .post = {}});
  ASSERT_FALSE(called.ok());
  EXPECT_EQ(called.error().what.file, "--pre");
  EXPECT_EQ(called.error().kind, ErrorKind::kUsage);
  EXPECT_FALSE(wrote());
}

TEST_F(Spec, SizesAreChangedOrRefused) {
  ZOOPORT_NEEDS_ENGINE();
  const auto resized = convert(spec(R"(, "SpatialDims": [16, 12])", "net.onnx", "16, 12"));
  ASSERT_TRUE(resized.ok()) << resized.error().what.message;
  EXPECT_EQ(resized->verification.status, Verification::Status::kPassed) << resized->verification.reason;
  const onnx::Model network = *onnx::read_model(written().network);
  EXPECT_EQ((*network.graph.inputs[0].type.shape)[1].value, 16);
  EXPECT_EQ((*network.graph.inputs[0].type.shape)[2].value, 12);
  // A matrix product along y takes one size only.
  onnx::Model fixed = graph({.nodes = {node("Reshape", {"x", "flat"}, "f"), node("MatMul", {"f", "w"}, "y")},
                             .constants = {onnx::make_integers("flat", {1, 64}),
                                           onnx::make_floats("w", {64, 64}, std::vector<float>(64 * 64, 0.5f))},
                             .input = {1, 8, 8, 1},
                             .output = {1, 64}});
  put("fixed.onnx", *onnx::to_bytes(fixed));
  const auto refused = convert(spec(R"(, "SpatialDims": [16, 12])", "fixed.onnx", "16, 12"));
  EXPECT_EQ(id_of(refused), "onnx.fixed-size");
  EXPECT_NE(refused.error().what.message.find("MatMul"), std::string::npos) << refused.error().what.message;
}

TEST_F(Spec, ANewOpsetIsLowered) {
  ZOOPORT_NEEDS_ENGINE();
  put("net.onnx", relu(17));
  const auto report = convert(spec());
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  EXPECT_EQ(onnx::read_model(written().network)->opset(), 12);
}

TEST_F(Spec, OnTheWebIsRefused) {
  Opened opened = *open_source(spec(), {});
  opened.location = "https://somewhere.example/spec.json";
  const auto read = read_spec(opened, {});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().what.id, "convert.spec-remote");
}

TEST_F(Spec, OperationsAroundOtherSources) {
  ZOOPORT_NEEDS_ENGINE();
  // A bare network, whose axes are guessed as bcyx.
  put("bare.onnx", relu(12, {1, 1, 16, 16}));
  const auto report = convert(at("bare.onnx"), {.pre = {"scale(0.5)"}, .post = {"shift(1)"}});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  std::size_t operations = 0;
  for (const std::string& step : report->steps)
    operations += step.find("scale(") != std::string::npos || step.find("shift(") != std::string::npos;
  EXPECT_EQ(operations, 2u);
  const auto refused = convert(at("bare.onnx"), {.pre = {"transpose_channels(0)"}, .post = {}});
  EXPECT_EQ(id_of(refused), "convert.processing");
  // A CZANN keeps its axes, and its metadata follow.
  ConvertRequest replaces;
  replaces.czann.if_present = CzannOptions::IfPresent::kReplace;
  ASSERT_TRUE(convert(spec(), {}, replaces).ok());
  const auto wrapped =
      convert_source(at("out.czann"), at("wrapped.czann"), {}, {.pre = {}, .post = {"sigmoid_to_softmax_scores"}},
                     ::zooport::testing::installed_engine(), {});
  ASSERT_TRUE(wrapped.ok()) << wrapped.error().what.message;
  EXPECT_EQ(wrapped->verification.status, Verification::Status::kPassed) << wrapped->verification.reason;
  const auto read = czann::read(*os::read_file(at("wrapped.czann"), 1 << 20), {});
  ASSERT_TRUE(read.ok() && read->package);
  EXPECT_EQ(read->package->metadata.output_shape, (std::vector<std::int64_t>{8, 8, 2}));
}

TEST_F(Spec, ASavedModelIsPackedWhereThatIsAllowed) {
  put("net/saved_model.pb", Bytes(std::string("\x12\0", 2)));
  put("net/variables/variables.index", Bytes("index"));
  const std::string source = spec("", "net");
  EXPECT_EQ(id_of(convert(source)), "convert.spec-weights");
  EXPECT_FALSE(wrote());
  const NetworkCall allowed{{}, {}, SpecCall::SavedModel::kPack};
  const auto report = convert(source, allowed);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  const std::vector<std::string> said = ids(report->findings);
  EXPECT_EQ(std::count(said.begin(), said.end(), "convert.savedmodel"), 1);
  EXPECT_EQ(report->verification.status, Verification::Status::kNotRun);
  EXPECT_EQ(report->verification.reason, "no importer for a SavedModel");
  const auto nested = archive::Reader::open(written().network, {});
  ASSERT_TRUE(nested.ok());
  ASSERT_EQ(nested->entries().size(), 2u);
  EXPECT_EQ(nested->entries()[0].name, "saved_model.pb");
  EXPECT_EQ(nested->entries()[1].name, "variables/variables.index");
  EXPECT_EQ(nested->entries()[1].size, nested->entries()[1].compressed_size);
  NetworkCall scaled = allowed;
  scaled.pre = {"scale(2)"};
  EXPECT_EQ(id_of(convert(source, scaled)), "convert.spec-weights");
}

}  // namespace
}  // namespace zooport::convert
