#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "convert/conversions_for_test.hpp"
#include "tests/support/engine.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

using czann::Specification;

class WriteCzann : public Conversions {};

std::string recorded(const std::string& name, const std::string& file = "model.czann") {
  return zooport::testing::shared_folder() + "/data/czmodel/written/" + name + "/" + file;
}

ConvertRequest request_for(const std::string& id, const std::string& type) {
  ConvertRequest request;
  request.type = type;
  request.czann.id = id;
  return request;
}
ConvertRequest segmentation(const std::string& id = "0f7bd5a1-3c1e-4d0b-9a43-000000000300") {
  ConvertRequest request = request_for(id, "SingleClassSemanticSegmentation");
  request.czann.classes = {"a", "b"};
  request.czann.min_overlap = {8};
  return request;
}

// Names, order, method and content of all members; a time of writing and modes differ.
void expect_same_members(const std::string& ours, const std::string& theirs) {
  const Bytes our_bytes = *os::read_file(ours, 1 << 24);
  const Bytes their_bytes = *os::read_file(theirs, 1 << 24);
  const auto our = archive::Reader::open(our_bytes, {});
  const auto their = archive::Reader::open(their_bytes, {});
  ASSERT_TRUE(our.ok() && their.ok());
  ASSERT_EQ(our->entries().size(), their->entries().size());
  for (std::size_t i = 0; i < our->entries().size(); ++i) {
    const archive::Entry& a = our->entries()[i];
    const archive::Entry& b = their->entries()[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.size, b.size);
    EXPECT_EQ(a.compressed_size, b.compressed_size);
    EXPECT_EQ(our->read(a, Context{})->text(), their->read(b, Context{})->text()) << a.name;
  }
  EXPECT_EQ(our_bytes.size(), their_bytes.size());
}

TEST_F(WriteCzann, AnOnnxGraphInZensAxesIsPackedAsTheRealPackageDoes) {
  ZOOPORT_NEEDS_SHARED();
  struct Case {
    std::string recorded;
    std::string graph;
    ConvertRequest request;
  };
  std::vector<Case> cases;
  for (const char* release : {"3.0.0", "3.0.1", "3.1.0", "4.0.0", "4.1.0", "5.0.0", "5.1.0"})
    cases.push_back({std::string(release) + "/onnx_seg2", "seg2", segmentation()});
  for (const char* release : {"6.0.0", "6.0.1", "6.1.0", "6.1.1"})
    cases.push_back({std::string(release) + "/onnx_seg2", "seg2", segmentation()});
  ConvertRequest newest = segmentation();
  newest.czann_version = "2.1.0";
  cases.push_back({"6.2.0/onnx_seg2", "seg2", newest});
  cases.push_back({"6.2.0/onnx_opset18_ir8", "opset18_ir8", newest});
  cases.push_back({"6.2.0/onnx_opset13", "opset13", newest});
  cases.push_back({"5.1.0/onnx_opset9", "opset9", segmentation()});
  cases.push_back({"5.1.0/onnx_batch_symbol", "seg2_batch_symbol", segmentation()});
  cases.push_back({"5.1.0/onnx_output_shape_unknown", "output_shape_unknown", segmentation()});
  ConvertRequest regression = request_for("0f7bd5a1-3c1e-4d0b-9a43-000000000302", "Regression");
  regression.czann.min_overlap = {2};
  cases.push_back({"3.0.0/onnx_regression", "reg", regression});
  ConvertRequest classification = request_for("0f7bd5a1-3c1e-4d0b-9a43-000000000304", "SingleClassClassification");
  classification.czann.classes = {"a", "b", "c", "d"};
  cases.push_back({"5.1.0/onnx_cls4", "cls4", classification});
  cases.push_back({"5.1.0/onnx_det6", "det6", request_for("0f7bd5a1-3c1e-4d0b-9a43-000000000307", "ObjectDetection")});
  ConvertRequest licensed = segmentation();
  licensed.license_file = at("LICENSE.txt");
  cases.push_back({"3.0.0/onnx_license", "seg2", licensed});
  newest.license_file = at("LICENSE.txt");
  cases.push_back({"6.2.0/onnx_license", "seg2", newest});
  const Bytes theirs = *os::read_file(recorded("3.0.0/onnx_license"), 1 << 24);
  const auto licence = archive::Reader::open(theirs, {});
  std::ofstream(at("LICENSE.txt"), std::ios::binary) << licence->read(*licence->find("LICENSE.txt"), Context{})->text();
  for (const Case& one : cases) {
    SCOPED_TRACE(one.recorded);
    ConvertRequest request = one.request;
    request.czann.if_present = CzannOptions::IfPresent::kReplace;
    const auto report = converted(onnx_input(one.graph), at("a.czann"), request);
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->verification.status, Verification::Status::kPassed);
    EXPECT_EQ(report->verification.reason, "identical bytes");
    expect_same_members(at("a.czann"), recorded(one.recorded));
  }
}

TEST_F(WriteCzann, TheOldestVersionThatHoldsTheContentIsChosen) {
  ZOOPORT_NEEDS_SHARED();
  ConvertRequest request = request_for("0f7bd5a1-3c1e-4d0b-9a43-000000000314", "SingleClassSemanticSegmentation");
  request.czann.if_present = CzannOptions::IfPresent::kReplace;
  request.czann.classes = {"a", "b"};
  const auto write = [&](const std::string& version, std::vector<double> scaling, const std::string& target = "") {
    request.czann_version = version;
    request.target = target;
    request.czann.scaling = std::move(scaling);
    return converted(onnx_input("seg3d"), at("a.czann"), request);
  };
  const auto version_of = [&] {
    const czann::Metadata metadata = package_in(at("a.czann")).metadata;
    return concat(metadata.format_version, '|', metadata.scaling.size());
  };
  const auto version_in = [](const ConversionReport& report) {
    for (const Assumption& assumption : report.assumptions)
      if (assumption.what == "version of the format") return assumption.value;
    return std::string();
  };
  auto report = write("", {});
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(version_in(*report), "");
  EXPECT_EQ(version_of(), "|0");
  report = write("", {1e-7, 2e-7});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(version_in(*report), "1.1.0, the oldest that holds the content");
  EXPECT_EQ(version_of(), "|2");
  report = write("", {1e-7, 2e-7, 5e-7});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(version_in(*report), "2.0.0, the oldest that holds the content");
  EXPECT_EQ(version_of(), "|3");
  report = write("2.1.0", {1e-7, 2e-7, 5e-7}, "zen-core-3.13");
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(version_in(*report), "");
  EXPECT_EQ(version_of(), "2.1.0|3");
  EXPECT_EQ(write("1.0.0", {1e-7, 2e-7}).error().what.id, "convert.options");
  EXPECT_EQ(write("1.1.0", {1e-7, 2e-7, 5e-7}).error().what.id, "convert.options");
  EXPECT_EQ(write("3.0", {}).error().what.id, "convert.options");
  EXPECT_EQ(write("2.0.0", {}, "zen-blue-3.5").error().what.id, "convert.zen-target");
  EXPECT_EQ(write("", {}, "zen-blue-3.4").error().what.id, "convert.zen-target");
  EXPECT_EQ(write("", {}, "zen-green-1").error().what.id, "czann.zen-target");
  EXPECT_TRUE(write("", {1e-7, 2e-7}, "zen-blue-3.5").ok());
}

TEST_F(WriteCzann, OtherGraphsAreTurnedLoweredAndCompared) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  for (const char* graph : {"nchw", "opset13", "opset18_ir8", "uint8_input"}) {
    SCOPED_TRACE(graph);
    const auto report =
        converted(onnx_input(graph), at(concat(graph, ".czann")), segmentation(), testing::installed_engine());
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
    ASSERT_EQ(report->verification.outputs.size(), 1u);
    EXPECT_TRUE(report->verification.outputs[0].discriminates);
    const auto network = onnx::read_model(package_in(at(concat(graph, ".czann"))).network);
    EXPECT_EQ(network->opset(), 12);
    EXPECT_EQ(network->ir_version, 7);
    const auto without = converted(onnx_input(graph), at("b.czann"), segmentation());
    EXPECT_EQ(without.error().what.id, "convert.no-engine");
  }
  EXPECT_FALSE(std::filesystem::exists(at("b.czann")));
}

TEST_F(WriteCzann, NothingIsLeftOfARefusal) {
  ZOOPORT_NEEDS_SHARED();
  const auto id_of = [&](const std::string& graph, const ConvertRequest& request) {
    const auto report = converted(onnx_input(graph), at("a.czann"), request);
    EXPECT_TRUE(os::list_folder(folder_.path())->empty()) << graph;
    return report.ok() ? std::string() : report.error().what.id;
  };
  EXPECT_EQ(id_of("two_inputs", segmentation()), "convert.tensor-count");
  EXPECT_EQ(id_of("two_outputs", segmentation()), "convert.tensor-count");
  EXPECT_EQ(id_of("batch8", segmentation()), "convert.no-engine");
  EXPECT_EQ(id_of("cls4_vec", segmentation()), "convert.axes");
  EXPECT_EQ(id_of("output_rank_wrong", segmentation()), "convert.axes");
  EXPECT_EQ(id_of("det6", request_for("", "Regression")), "convert.output-size");
  ConvertRequest request = segmentation();
  request.czann.graph_axes = "byxz";
  EXPECT_EQ(id_of("seg2", request), "convert.options");
  request = segmentation();
  request.czann.classes = {"a", "b", "c"};
  EXPECT_EQ(id_of("seg2", request), "convert.options");
  // One class for one channel: only a look at the whole tells that two are needed at least.
  request = request_for("", "SingleClassClassification");
  request.czann.classes = {"a"};
  EXPECT_EQ(id_of("reg", request), "convert.does-not-fit");
  request.czann.on_failure = CzannOptions::OnFailure::kWriteAnyway;
  EXPECT_TRUE(converted(onnx_input("reg"), at("a.czann"), request).ok());
}

TEST_F(WriteCzann, ALicenceKeepsItsNameUnlessThatIsTaken) {
  ZOOPORT_NEEDS_SHARED();
  const auto member_for = [&](const std::string& name) {
    std::ofstream(at(name), std::ios::binary) << "\xef\xbb\xbflicence\r\n";
    ConvertRequest request = segmentation();
    request.license_file = at(name);
    request.czann.if_present = CzannOptions::IfPresent::kReplace;
    EXPECT_TRUE(converted(onnx_input("seg2"), at("a.czann"), request).ok());
    const czann::Package package = package_in(at("a.czann"));
    EXPECT_EQ(package.others.size(), 1u);
    EXPECT_EQ(package.others[0].content.text(), "\xef\xbb\xbflicence\r\n");
    return package.others[0].name;
  };
  EXPECT_EQ(member_for("MIT.md"), "MIT.md");
  EXPECT_EQ(member_for("Lizenz \xc3\xbc.txt"), "Lizenz \xc3\xbc.txt");
  EXPECT_EQ(member_for("model.json"), "license.txt");
  EXPECT_EQ(member_for("MODEL.MODEL"), "license.txt");
}

TEST_F(WriteCzann, TheSameContentGetsTheSameId) {
  ZOOPORT_NEEDS_SHARED();
  ConvertRequest request = segmentation("");
  request.czann.classes = {"Hintergrund", "Zellkern \xc3\xbc\xe2\x80\x93\xf0\x9f\xa7\xac"};
  const auto a = converted(onnx_input("seg2"), at("a.czann"), request);
  const auto b = converted(onnx_input("seg2"), at("b.czann"), request);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->sha256.hex(), b->sha256.hex());
  const czann::Metadata metadata = package_in(at("a.czann")).metadata;
  EXPECT_EQ(metadata.classes, request.czann.classes);
  EXPECT_TRUE(czann::is_uuid(metadata.id));
  request.czann.classes[0] = "Anders";
  ASSERT_TRUE(converted(onnx_input("seg2"), at("c.czann"), request).ok());
  EXPECT_NE(package_in(at("c.czann")).metadata.id, metadata.id);
}

}  // namespace
}  // namespace zooport::convert
