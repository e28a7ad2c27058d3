#include "zooport/convert/package.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "zooport/base/os/file.hpp"
#include "zooport/convert/unpack.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

struct PackageSource : ::testing::Test {
  fs::path scratch = fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
  void SetUp() override {
    fs::remove_all(scratch);
    fs::create_directories(scratch);
    fs::copy(kExample, scratch / "model");
  }
  void TearDown() override { fs::remove_all(scratch); }
  std::string at(const std::string& name) const { return (scratch / name).string(); }
  void edit(const std::string& name, const std::string& old, const std::string& fresh) const {
    std::string text(os::read_file(at(name), 1u << 20).value().text());
    text.replace(text.find(old), old.size(), fresh);
    std::ofstream(at(name), std::ios::binary) << text;
  }
  std::string fault(const std::string& source, const std::string& dest, const PackageRequest& request = {}) const {
    const auto report = package_source(at(source), at(dest), request, {});
    return report ? std::string(to_text(report->check.status)) : report.error().what.id;
  }
};

TEST_F(PackageSource, OfFolderFileAndArchiveAreTheSame) {
  const auto of_folder = package_source(at("model"), at("a.zip"), {}, {});
  const auto of_file = package_source(at("model/rdf.yaml"), at("b.zip"), {}, {});
  const auto of_archive = package_source(at("a.zip"), at("c.zip"), {}, {});
  ASSERT_TRUE(of_folder.ok() && of_file.ok() && of_archive.ok());
  ASSERT_TRUE(of_folder->written && of_file->written && of_archive->written);
  EXPECT_EQ(of_folder->written->sha256, of_file->written->sha256);
  EXPECT_EQ(of_folder->written->sha256, of_archive->written->sha256);
  EXPECT_EQ(of_folder->check.type, "model");
}

TEST_F(PackageSource, RefusesWhatCannotBePackaged) {
  EXPECT_EQ(fault("model/weights.onnx", "p.zip"), "convert.no-description-to-package");
  EXPECT_EQ(fault("none", "p.zip"), "base.io");
  EXPECT_EQ(package_source("-", at("p.zip"), {}, {}).error().what.id, "convert.package-of-stdin");
  PackageRequest replacing;
  replacing.package.if_present = resource::IfPresent::kReplace;
  EXPECT_EQ(fault("model", "model", replacing), "convert.dest-is-source");
  EXPECT_EQ(fault("model/rdf.yaml", ".", replacing), "convert.dest-is-source");
  edit("model/rdf.yaml", "opset_version: 17", "opset_version: 3");
  EXPECT_EQ(fault("model", "p.zip"), "invalid");
  const auto report = package_source(at("model"), at("p.zip"), {}, {});
  EXPECT_FALSE(report->written);
  EXPECT_TRUE(report->check.findings.has_errors());
  EXPECT_TRUE(fs::exists(scratch / "model/rdf.yaml"));
  EXPECT_FALSE(fs::exists(scratch / "p.zip"));
}

TEST_F(PackageSource, FilesFromOutsideNeedConsent) {
  fs::rename(scratch / "model/README.md", scratch / "README.md");
  edit("model/rdf.yaml", "documentation: README.md", "documentation: ../README.md");
  EXPECT_EQ(fault("model", "p.zip"), "invalid");
  PackageRequest request;
  request.outside = PackageRequest::Outside::kAllow;
  EXPECT_EQ(fault("model", "p.zip", request), "valid");
  EXPECT_EQ(fault("model/rdf.yaml", "q.zip", request), "valid");
}

TEST_F(PackageSource, StrictRefusesAlerts) {
  edit("model/rdf.yaml", "    opset_version: 17\n", "");
  EXPECT_EQ(fault("model", "p.zip"), "valid");
  PackageRequest strict;
  strict.check.fail_from = Severity::kAlert;
  EXPECT_EQ(fault("model", "q.zip", strict), "invalid");
}

TEST_F(PackageSource, TestTensorsAreNamedAfterTheirTensors) {
  const auto unpacked = unpack_tensors(at("model"), at("tensors"), {}, {});
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(unpacked->files, (std::vector<std::string>{"raw.npy", "probability.npy"}));
  EXPECT_TRUE(tensor::read_npy_file(at("tensors/raw.npy"), {}).ok());
  EXPECT_EQ(os::read_file(at("tensors/probability.npy"), 1u << 30).value().text(),
            os::read_file(at("model/test_output.npy"), 1u << 30).value().text());

  const auto refused = [&](const std::string& source) {
    const auto result = unpack_tensors(at(source), at("none"), {}, {});
    EXPECT_FALSE(fs::exists(scratch / "none"));
    return result ? "" : result.error().what.id;
  };
  EXPECT_EQ(refused("model/weights.onnx"), "convert.no-test-tensors");
  fs::resize_file(scratch / "model/test_output.npy", 200);
  EXPECT_EQ(refused("model"), "npy.truncated");
  edit("model/rdf.yaml", "type: model", "type: modell");
  EXPECT_EQ(refused("model"), "convert.no-test-tensors");
}

}  // namespace
}  // namespace zooport::convert
