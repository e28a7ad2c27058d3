#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "convert/conversions_for_test.hpp"
#include "tests/support/engine.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

class WriteLegacy : public Conversions {};

std::string recorded(const std::string& name) {
  return zooport::testing::shared_folder() + "/data/czmodel/written/" + name;
}

ConvertRequest grey(const std::string& id = "0f7bd5a1-3c1e-4d0b-9a43-000000000320") {
  ConvertRequest request;
  request.czann.id = id;
  request.czann.name = "x";
  request.czann.classes = {"a", "b"};
  request.czann.min_overlap = {16};
  request.legacy.pixel_types = {"Gray8"};
  return request;
}

czann::LegacyPackage legacy_in(const std::string& file) {
  const auto read = czann::read_legacy(*os::read_file(file, 1 << 24), {});
  EXPECT_TRUE(read.ok() && read->package) << file;
  EXPECT_TRUE(read->findings.items().empty()) << read->findings.items()[0].message;
  return *read->package;
}

std::string written_in(const std::vector<Assumption>& assumptions, const std::string& what) {
  for (const Assumption& assumption : assumptions)
    if (assumption.what == what) return assumption.value;
  return {};
}

TEST_F(WriteLegacy, AnOnnxGraphIsPackedAsTheRealPackageDoes) {
  ZOOPORT_NEEDS_SHARED();
  std::ofstream(at("LICENSE.txt"), std::ios::binary) << "";
  const auto expect_same = [&](const std::string& name, const ConvertRequest& request) {
    SCOPED_TRACE(name);
    const std::string dest = at(os::file_name(name));
    std::filesystem::remove(dest);
    const auto report = converted(onnx_input("seg2"), dest, request);
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->verification.reason, "identical bytes");
    EXPECT_EQ(report->to, "czseg");
    const Bytes our_bytes = *os::read_file(dest, 1 << 24);
    const Bytes their_bytes = *os::read_file(recorded(name), 1 << 24);
    const auto ours = archive::Reader::open(our_bytes, {});
    const auto theirs = archive::Reader::open(their_bytes, {});
    ASSERT_TRUE(ours.ok() && theirs.ok());
    ASSERT_EQ(ours->entries().size(), theirs->entries().size());
    for (std::size_t i = 0; i < ours->entries().size(); ++i) {
      EXPECT_EQ(ours->entries()[i].name, theirs->entries()[i].name);
      EXPECT_EQ(ours->entries()[i].compressed_size, theirs->entries()[i].compressed_size);
      EXPECT_EQ(ours->read(ours->entries()[i], Context{})->text(),
                theirs->read(theirs->entries()[i], Context{})->text());
    }
    EXPECT_EQ(our_bytes.size(), their_bytes.size());
  };
  expect_same("3.0.0/onnx_legacy/model.czseg", grey());
  expect_same("3.1.0/onnx_legacy/model.czseg", grey());
  for (const char* release : {"4.0.0", "5.1.0", "6.0.0", "6.2.0"})
    expect_same(std::string(release) + "/onnx_legacy/model.czmodel", grey());
  const Bytes theirs = *os::read_file(recorded("3.0.0/onnx_legacy_license/model.czseg"), 1 << 24);
  const auto licence = archive::Reader::open(theirs, {});
  std::ofstream(at("LICENSE.txt"), std::ios::binary) << licence->read(*licence->find("LICENSE.txt"), Context{})->text();
  ConvertRequest licensed = grey("0f7bd5a1-3c1e-4d0b-9a43-000000000321");
  licensed.license_file = at("LICENSE.txt");
  expect_same("3.0.0/onnx_legacy_license/model.czseg", licensed);
  expect_same("6.2.0/onnx_legacy_license/model.czmodel", licensed);
}

TEST_F(WriteLegacy, OpenSizesAreFixedAndOtherAxesTurned) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  ConvertRequest request = grey();
  request.czann.spatial_dims = {64, 96};
  const auto open = converted(onnx_input("seg2_symbolic"), at("a.czseg"), request, testing::installed_engine());
  ASSERT_TRUE(open.ok()) << open.error().what.message;
  EXPECT_EQ(open->verification.status, Verification::Status::kPassed) << open->verification.reason;
  const auto fixed = onnx::read_model(legacy_in(at("a.czseg")).network);
  EXPECT_EQ((*fixed->graph.inputs[0].type.shape)[1].value, 64);
  EXPECT_EQ((*fixed->graph.outputs[0].type.shape)[2].value, 96);
  const auto turned = converted(onnx_input("nchw"), at("b.czseg"), grey(), testing::installed_engine());
  ASSERT_TRUE(turned.ok()) << turned.error().what.message;
  EXPECT_EQ(turned->verification.status, Verification::Status::kPassed) << turned->verification.reason;
  // A tile that has no sizes of its own cannot be packed without being run.
  EXPECT_EQ(converted(onnx_input("seg2_symbolic"), at("c.czseg"), request).error().what.id, "convert.no-engine");
}

TEST_F(WriteLegacy, TheNetworkOfACzannGetsADivision) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const std::string source = recorded("6.2.0/torch_license/model.czann");
  for (const std::string pixel_type : {"Gray8", "Gray16"}) {
    SCOPED_TRACE(pixel_type);
    ConvertRequest request;
    request.legacy.pixel_types = {pixel_type};
    const std::string dest = at(pixel_type + ".czseg");
    const auto report = converted(source, dest, request, testing::installed_engine());
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
    ASSERT_EQ(report->verification.outputs.size(), 1u);
    EXPECT_TRUE(report->verification.outputs[0].discriminates);
    EXPECT_LT(report->verification.outputs[0].max_abs, 1e-5);
    const czann::LegacyPackage package = legacy_in(dest);
    EXPECT_EQ(package.metadata.id, "0f7bd5a1-3c1e-4d0b-9a43-000000000400");
    EXPECT_EQ(package.metadata.name, "Nuclei");
    EXPECT_EQ(package.metadata.border_size, (std::vector<std::int64_t>{4}));
    ASSERT_EQ(package.metadata.classes.size(), 2u);
    EXPECT_EQ(package.metadata.classes[1].name, "nucleus");
    ASSERT_EQ(package.others.size(), 1u);
    EXPECT_EQ(package.others[0].name, "LICENSE.txt");
    const auto network = onnx::read_model(package.network);
    EXPECT_EQ(network->opset(), 12);
    EXPECT_EQ(std::count_if(network->graph.nodes.begin(), network->graph.nodes.end(),
                            [](const onnx::Node& node) { return node.op == "Div"; }),
              1);
    EXPECT_TRUE(std::any_of(report->losses.begin(), report->losses.end(),
                            [](const Loss& loss) { return loss.what == "Scaling"; }));
  }
  // Floats are not divided.
  ConvertRequest floats;
  floats.legacy.pixel_types = {"Gray32Float"};
  floats.czann.if_present = CzannOptions::IfPresent::kReplace;
  const auto report = converted(recorded("5.1.0/onnx_seg2/model.czann"), at("f.czseg"), floats);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.reason, "identical bytes");
}

TEST_F(WriteLegacy, AModelThatGivesOneChannelGetsABackground) {
  ZOOPORT_NEEDS_ENGINE();
  ConvertRequest request;
  request.czann.spatial_dims = {128, 128};
  request.czann.statistics = CzannOptions::Statistics::kOfImage;
  request.czann.statistics_image = kExample + "/sample.png";
  request.legacy.pixel_types = {"Gray16"};
  const auto report = converted(kExample, at("a.czseg"), request, testing::installed_engine());
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  EXPECT_EQ(written_in(report->assumptions, "type"), "SingleClassSemanticSegmentation");
  const czann::LegacyPackage package = legacy_in(at("a.czseg"));
  ASSERT_EQ(package.metadata.classes.size(), 2u);
  EXPECT_EQ(package.metadata.classes[0].name, "Background");
  EXPECT_EQ(package.metadata.color_handling, "SplitRgb");
  EXPECT_TRUE(czann::is_uuid(package.metadata.id));
  // No multiplication: it gets pixels as they are.
  EXPECT_EQ(std::count_if(report->steps.begin(), report->steps.end(),
                          [](const std::string& step) { return step.find("delivers") != std::string::npos; }),
            0);
}

TEST_F(WriteLegacy, WhatACzsegCannotHoldIsRefused) {
  ZOOPORT_NEEDS_SHARED();
  const auto id_of = [&](const std::string& source, const ConvertRequest& request) {
    const auto report = converted(source, at("a.czseg"), request);
    EXPECT_TRUE(os::list_folder(folder_.path())->empty());
    return report.ok() ? std::string() : report.error().what.id;
  };
  EXPECT_EQ(id_of(onnx_input("seg3d"), grey()), "convert.legacy");
  EXPECT_EQ(id_of(recorded("3.0.0/onnx_regression/model.czann"), grey()), "convert.legacy");
  ConvertRequest request = grey();
  request.type = "Regression";
  EXPECT_EQ(id_of(onnx_input("seg2"), request), "convert.legacy");
  request = grey();
  request.legacy.pixel_types = {"Gray8", "Gray16"};
  EXPECT_EQ(id_of(onnx_input("seg2"), request), "convert.legacy");
  for (const char* wrong : {"Bgr24", "Rgb24", "gray8"}) {
    request.legacy.pixel_types = {wrong};
    EXPECT_EQ(id_of(onnx_input("seg2"), request), "convert.options") << wrong;
  }
  request = grey();
  request.legacy.color_handling = "Split";
  EXPECT_EQ(id_of(onnx_input("seg2"), request), "convert.options");
  request = grey();
  request.source_dtype = "uint16";
  EXPECT_EQ(id_of(onnx_input("seg2"), request), "convert.options");
  request = grey();
  request.target = "zen-blue-3.3";
  EXPECT_EQ(id_of(onnx_input("seg2"), request), "convert.zen-target");
  EXPECT_EQ(id_of(onnx_input("two_inputs"), grey()), "convert.tensor-count");
  // A colour image that is made grey is one channel.
  request = grey();
  request.legacy.pixel_types = {"Bgr24"};
  request.legacy.color_handling = "ConvertToMonochrome";
  EXPECT_TRUE(converted(onnx_input("seg2"), at("b.czseg"), request).ok());
}

}  // namespace
}  // namespace zooport::convert
