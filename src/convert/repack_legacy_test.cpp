#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "convert/conversions_for_test.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/tiny_onnx.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

class RepackLegacy : public Conversions {};

std::string recorded(const std::string& name) {
  return zooport::testing::shared_folder() + "/data/czmodel/written/" + name + "/model.czseg";
}

czann::LegacyPackage legacy_in(const std::string& file) {
  const auto read = czann::read_legacy(*os::read_file(file, 1 << 24), {});
  EXPECT_TRUE(read.ok() && read->package) << file;
  return *read->package;
}
std::ptrdiff_t count_of(const Bytes& network, const std::string& op) {
  const auto model = onnx::read_model(network);
  return std::count_if(model->graph.nodes.begin(), model->graph.nodes.end(),
                       [&](const onnx::Node& node) { return node.op == op; });
}

TEST_F(RepackLegacy, ACzsegBecomesACzann) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  ConvertRequest request;
  request.czann.embed = CzannOptions::Embed::kDescription;
  const std::string source = recorded("3.0.0/legacy_gray");
  const auto report = converted(source, at("a.czann"), request, testing::installed_engine());
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->from, "czseg");
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  ASSERT_EQ(report->verification.outputs.size(), 1u);
  EXPECT_TRUE(report->verification.outputs[0].discriminates);
  const czann::Package package = package_in(at("a.czann"));
  EXPECT_EQ(package.metadata.id, "0f7bd5a1-3c1e-4d0b-9a43-000000000200");
  EXPECT_EQ(package.metadata.name, "Nuclei");
  EXPECT_EQ(package.metadata.type, czann::ModelType::kSingleClassSemanticSegmentation);
  EXPECT_EQ(package.metadata.input_shape, (std::vector<std::int64_t>{32, 32, 1}));
  EXPECT_EQ(package.metadata.output_shape, (std::vector<std::int64_t>{32, 32, 2}));
  EXPECT_EQ(package.metadata.min_overlap, (std::vector<std::int64_t>{16, 16}));
  EXPECT_EQ(package.metadata.classes, (std::vector<std::string>{"background", "nucleus"}));
  EXPECT_TRUE(package.metadata.scaling.empty());
  // Raw 16-bit pixels, as before.
  EXPECT_TRUE(std::any_of(report->steps.begin(), report->steps.end(),
                          [](const std::string& step) { return step.find("gain=65535") != std::string::npos; }));
  EXPECT_EQ(count_of(package.network, "Mul"), 1);
  ASSERT_EQ(package.others.size(), 1u);
  EXPECT_EQ(package.others[0].name, "0f7bd5a1-3c1e-4d0b-9a43-000000000200.xml");
  ASSERT_FALSE(report->losses.empty());
  for (const Loss& loss : report->losses) EXPECT_EQ(loss.kept, package.others[0].name + " inside the archive");
  // And back: the division undoes the multiplication.
  ConvertRequest back;
  back.legacy.pixel_types = {"Gray16"};
  const auto again = converted(at("a.czann"), at("b.czseg"), back, testing::installed_engine());
  ASSERT_TRUE(again.ok()) << again.error().what.message;
  EXPECT_EQ(again->verification.status, Verification::Status::kPassed) << again->verification.reason;
  EXPECT_EQ(czann::write_legacy_metadata(legacy_in(at("b.czseg")).metadata),
            czann::write_legacy_metadata(legacy_in(source).metadata));
  EXPECT_EQ(converted(source, at("c.czann"), {}).error().what.id, "convert.no-engine");
}

TEST_F(RepackLegacy, PixelsThatAreDividedAlreadyNeedNoChange) {
  ZOOPORT_NEEDS_SHARED();
  czann::LegacyPackage package = legacy_in(recorded("3.0.0/legacy_gray"));
  package.metadata.scale_inputs_by_bit_depth = true;
  std::string archive;
  ASSERT_TRUE(czann::write(package, archive::append_to(archive), {}).ok());
  std::ofstream(at("scaled.czseg"), std::ios::binary) << archive;
  const auto report = converted(at("scaled.czseg"), at("a.czann"), {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.reason, "identical bytes");
  EXPECT_EQ(package_in(at("a.czann")).network.text(), package.network.text());
}

TEST_F(RepackLegacy, OneClassIsTooFewForACzann) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  czann::LegacyPackage package = legacy_in(recorded("3.0.0/legacy_gray"));
  package.metadata.classes.pop_back();
  package.network =
      testing::tiny::model({{"Identity", {"x"}, {"y"}}}, {{"x", 1, {1, 32, 32, 1}}}, {{"y", 1, {1, 32, 32, 1}}}, 12);
  std::string archive;
  ASSERT_TRUE(czann::write(package, archive::append_to(archive), {}).ok());
  std::ofstream(at("one.czseg"), std::ios::binary) << archive;
  const auto report = converted(at("one.czseg"), at("a.czann"), {}, testing::installed_engine());
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().what.id, "convert.does-not-fit");
  EXPECT_EQ(report.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(os::list_folder(folder_.path())->size(), 1u);
}

TEST_F(RepackLegacy, ACzsegIsCopiedWithAnotherName) {
  ZOOPORT_NEEDS_SHARED();
  ConvertRequest request;
  request.czann.name = "other \xc3\xbc <&>";
  for (const std::string name : {"3.0.0/legacy_gray", "3.0.0/legacy_bgr24_monochrome", "3.0.0/legacy_license"}) {
    SCOPED_TRACE(name);
    request.czann.if_present = CzannOptions::IfPresent::kReplace;
    // Recorded with a border of 90 on a tile of 32, and with one channel where its network has three: the former has to
    // be put right, the latter is the file's own statement.
    const bool is_contradictory = name == "3.0.0/legacy_bgr24_monochrome";
    if (is_contradictory) {
      EXPECT_EQ(converted(recorded(name), at("never.czmodel"), request).error().what.id, "convert.border");
      request.czann.min_overlap = {8};
    } else {
      request.czann.min_overlap.clear();
    }
    const auto report = converted(recorded(name), at("a.czmodel"), request);
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->verification.reason, "identical bytes");
    czann::LegacyPackage before = legacy_in(recorded(name));
    const czann::LegacyPackage after = legacy_in(at("a.czmodel"));
    before.metadata.name = request.czann.name;
    if (is_contradictory) before.metadata.border_size = {4};
    EXPECT_EQ(czann::write_legacy_metadata(after.metadata), czann::write_legacy_metadata(before.metadata));
    EXPECT_EQ(after.network.text(), before.network.text());
    EXPECT_EQ(after.others.size(), before.others.size());
    EXPECT_TRUE(report->losses.empty());
  }
}

}  // namespace
}  // namespace zooport::convert
