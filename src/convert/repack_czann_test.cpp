#include <gtest/gtest.h>

#include <fstream>

#include "convert/conversions_for_test.hpp"
#include "tests/support/engine.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

class RepackCzann : public Conversions {};

std::string written(const std::string& name) {
  return zooport::testing::shared_folder() + "/data/czmodel/written/" + name + "/model.czann";
}
std::string real(const std::string& name) { return zooport::testing::shared_folder() + "/data/czann/" + name; }

bool has_loss(const ConversionReport& report, const std::string& what) {
  return std::any_of(report.losses.begin(), report.losses.end(), [&](const Loss& loss) { return loss.what == what; });
}

TEST_F(RepackCzann, WithoutOptionsMetadataNetworkAndOtherMembersStay) {
  ZOOPORT_NEEDS_SHARED();
  for (const std::string& file : {written("3.0.0/license"), written("5.1.0/scaling_00"), written("6.2.0/torch_license"),
                                  written("3.0.0/name_non_ascii"), real("N2V_tobacco_leaf.czann")}) {
    SCOPED_TRACE(file);
    const std::string dest = at(concat(os::file_name(os::parent_path(file)), ".czann"));
    const auto report = converted(file, dest, {});
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->verification.reason, "identical bytes");
    EXPECT_TRUE(report->losses.empty());
    const czann::Package before = package_in(file);
    const czann::Package after = package_in(dest);
    EXPECT_EQ(czann::write_metadata(after.metadata), czann::write_metadata(before.metadata));
    EXPECT_EQ(after.network.text(), before.network.text());
    ASSERT_EQ(after.others.size(), before.others.size());
    for (std::size_t i = 0; i < after.others.size(); ++i) {
      EXPECT_EQ(after.others[i].name, before.others[i].name);
      EXPECT_EQ(after.others[i].content.text(), before.others[i].content.text());
    }
  }
}

TEST_F(RepackCzann, NameIdClassesAndLicenceAreReplaced) {
  ZOOPORT_NEEDS_SHARED();
  std::ofstream(at("BSD.txt")) << "text";
  ConvertRequest request;
  request.license_file = at("BSD.txt");
  request.czann.name = "other \xc3\xbc";
  request.czann.id = "11111111-2222-3333-4444-555555555555";
  request.czann.classes = {"x", "y"};
  request.czann.min_overlap = {4};
  request.czann_version = "2.1.0";
  const std::string source = written("3.0.0/license");
  const auto report = converted(source, at("a.czann"), request);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.reason, "identical bytes");
  const czann::Package before = package_in(source);
  const czann::Package after = package_in(at("a.czann"));
  EXPECT_EQ(after.metadata.name, request.czann.name);
  EXPECT_EQ(after.metadata.id, request.czann.id);
  EXPECT_EQ(after.metadata.classes, request.czann.classes);
  EXPECT_EQ(after.metadata.min_overlap, (std::vector<std::int64_t>{4, 4}));
  EXPECT_EQ(after.metadata.format_version, "2.1.0");
  EXPECT_EQ(after.metadata.type, before.metadata.type);
  ASSERT_EQ(after.others.size(), 1u);
  EXPECT_EQ(after.others[0].name, "BSD.txt");
}

TEST_F(RepackCzann, AnOlderVersionLosesScalingAndGetsAnOlderOpset) {
  ZOOPORT_NEEDS_SHARED();
  ConvertRequest request;
  request.czann_version = "1.0.0";
  const std::string source = written("6.2.0/torch_license");
  const auto without = converted(source, at("a.czann"), request);
  EXPECT_EQ(without.error().what.id, "convert.no-engine");
  EXPECT_TRUE(os::list_folder(folder_.path())->empty());
  ZOOPORT_NEEDS_ENGINE();
  const auto report = converted(source, at("a.czann"), request, testing::installed_engine());
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  ASSERT_EQ(report->verification.outputs.size(), 1u);
  EXPECT_LT(report->verification.outputs[0].max_abs, 1e-5);
  EXPECT_TRUE(has_loss(*report, "Scaling"));
  const czann::Package after = package_in(at("a.czann"));
  EXPECT_EQ(after.metadata.format_version, "");
  EXPECT_TRUE(after.metadata.scaling.empty());
  EXPECT_EQ(after.metadata.id, package_in(source).metadata.id);
  const auto network = onnx::read_model(after.network);
  EXPECT_EQ(network->opset(), 12);
  EXPECT_EQ(network->ir_version, 7);
  // What an older ZEN loads follows from its name.
  ConvertRequest target;
  target.target = "zen-core-3.4";
  ASSERT_TRUE(converted(source, at("b.czann"), target, testing::installed_engine()).ok());
  EXPECT_EQ(package_in(at("b.czann")).metadata.scaling.size(), 2u);
  EXPECT_EQ(onnx::read_model(package_in(at("b.czann")).network)->opset(), 12);
}

TEST_F(RepackCzann, AnotherTileGivesTheSameImage) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  ConvertRequest request;
  request.czann.spatial_dims = {64, 48};
  // The source takes its own size only: its tiles, put together, are what the resized network is compared with.
  const auto resized = converted(written("3.0.0/license"), at("a.czann"), request, testing::installed_engine());
  ASSERT_TRUE(resized.ok()) << resized.error().what.message;
  EXPECT_EQ(resized->verification.status, Verification::Status::kPassed) << resized->verification.reason;
  ASSERT_EQ(resized->verification.outputs.size(), 1u);
  EXPECT_LT(resized->verification.outputs[0].max_abs, 1e-5);
  EXPECT_EQ(package_in(at("a.czann")).metadata.input_shape, (std::vector<std::int64_t>{64, 48, 1}));
  const auto report = converted(written("5.1.0/onnx_symbolic"), at("b.czann"), request);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.reason, "identical bytes");
  EXPECT_EQ(package_in(at("b.czann")).metadata.input_shape, (std::vector<std::int64_t>{64, 48, 1}));
  EXPECT_EQ(package_in(at("b.czann")).metadata.output_shape, (std::vector<std::int64_t>{64, 48, 2}));
}

TEST_F(RepackCzann, ASavedModelIsCopiedAndNeverChanged) {
  ZOOPORT_NEEDS_SHARED();
  const std::string source = written("3.0.0/net_savedmodel_fallback");
  ConvertRequest request;
  request.czann.name = "other";
  const auto report = converted(source, at("a.czann"), request);
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.reason, "identical bytes");
  EXPECT_EQ(package_in(at("a.czann")).network.text(), package_in(source).network.text());
  request.czann_version = "2.0.0";
  EXPECT_EQ(converted(source, at("b.czann"), request).error().what.id, "convert.saved-model");
  request.czann_version = "";
  request.czann.spatial_dims = {32, 32};
  EXPECT_EQ(converted(source, at("b.czann"), request).error().what.id, "convert.saved-model");
}

}  // namespace
}  // namespace zooport::convert
