#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_onnx.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/convert/info.hpp"
#include "zooport/convert/predict_files.hpp"
#include "zooport/convert/unpack.hpp"
#include "zooport/tensor/npy.hpp"

// CZSEG and CZMODEL as sources.
namespace zooport::convert {
namespace {

namespace fs = std::filesystem;
namespace tiny = testing::tiny;
using Folder = testing::TemporaryFolder;

czann::LegacyPackage package_of(std::vector<std::string> pixel_types, std::int64_t channels) {
  czann::LegacyPackage package;
  package.metadata.id = "b511d295-91ff-46ca-bb60-b2e26c393809";
  package.metadata.name = "n";
  package.metadata.color_handling = "SplitRgb";
  package.metadata.pixel_types = std::move(pixel_types);
  for (std::int64_t i = 0; i < channels; ++i) package.metadata.classes.push_back({"c" + std::to_string(i), {}, i + 1});
  package.metadata.border_size = {0};
  package.network =
      tiny::model({{"Identity", {"x"}, {"y"}}}, {{"x", 1, {1, 8, 8, channels}}}, {{"y", 1, {1, 8, 8, channels}}}, 12);
  return package;
}

std::string written(const Folder& folder, const std::string& name, const czann::LegacyPackage& package) {
  std::string bytes;
  const auto sink = archive::append_to(bytes);
  EXPECT_TRUE(czann::write(package, sink, {}).ok());
  return folder.file(name, bytes);
}

// What the model makes of an image, as numbers.
std::vector<float> predicted(const Folder& folder, const std::string& source, const tensor::Array& image,
                             const std::string& axes) {
  const auto loaded = load_model(source, {});
  EXPECT_TRUE(loaded.ok()) << loaded.error().what.message;
  EXPECT_TRUE(tensor::write_npy_file(folder / "in.npy", image.view(), {.may_replace = true}).ok());
  const PredictRequest request{.inputs = {folder / "in.npy"},
                               .outputs = {folder / "out.npy"},
                               .axes = axes,
                               .if_present = resource::IfPresent::kReplace};
  const auto report = predict_files(*loaded, request, testing::installed_engine(), {});
  EXPECT_TRUE(report.ok()) << report.error().what.message;
  if (!report) return {};
  const auto out = tensor::read_npy_file(folder / "out.npy", {});
  EXPECT_TRUE(out.ok());
  const auto values = out->as<float>();
  return {values.begin(), values.end()};
}

TEST(Czseg, IsToldByItsMembers) {
  const Folder folder;
  for (const char* name : {"a.czseg", "A.CZMODEL", "a.zip", "a"}) {
    const auto opened = open_source(written(folder, name, package_of({"Gray8"}, 1)), {});
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->kind, SourceKind::kCzseg) << name;
    EXPECT_EQ(name_of(opened->kind), "czseg");
    EXPECT_EQ(opened->shown("x.xml"), folder / name + "/x.xml");
  }
}

TEST(Czseg, IsCheckedAndUnpacked) {
  const Folder folder;
  const czann::LegacyPackage good = package_of({"Gray8", "Gray16"}, 2);
  const auto report = check_source(written(folder, "a.czseg", good), {}, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->status, bioimageio::Status::kValid);
  EXPECT_EQ(report->kind, "czseg");
  EXPECT_EQ(report->format_version, "3.1.0");
  const auto unpacked = unpack_source(folder / "a.czseg", folder / "out", {}, {});
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().what.message;
  EXPECT_EQ(unpacked->files.size(), 3U);
  EXPECT_TRUE(fs::exists(folder / "out/b511d295-91ff-46ca-bb60-b2e26c393809.model"));

  czann::LegacyPackage bad = good;
  bad.metadata.pixel_types = {"Gray12"};
  bad.metadata.classes.pop_back();
  const auto faults = check_source(written(folder, "b.czseg", bad), {}, {});
  ASSERT_TRUE(faults.ok());
  EXPECT_EQ(faults->status, bioimageio::Status::kInvalid);
  std::vector<std::string> ids;
  for (const Diagnostic& finding : faults->findings.items()) {
    ids.push_back(finding.id);
    if (finding.id == "czann.ir-version") continue;  // of the network
    EXPECT_EQ(finding.file, folder / "b.czseg/b511d295-91ff-46ca-bb60-b2e26c393809.xml");
    EXPECT_TRUE(faults->texts.contains(finding.file));
    EXPECT_TRUE(finding.span) << finding.id;
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"czann.pixel-type", "czann.scale-inputs-missing", "czann.class-count",
                                           "czann.ir-version"}));
  EXPECT_TRUE(load_source(folder / "b.czseg", {}).ok()) << "neither is in the way of running it";
}

TEST(Czseg, InfoHasWhatTheFormatHas) {
  const Folder folder;
  const auto info = inspect_source(written(folder, "a.czseg", package_of({"Bgr24"}, 3)), {});
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->kind, "czseg");
  ASSERT_TRUE(info->legacy);
  EXPECT_EQ(info->legacy->pixel_types, std::vector<std::string>{"Bgr24"});
  EXPECT_TRUE(info->uses.at(1).is_possible);

  czann::LegacyPackage lost = package_of({"Gray8"}, 1);
  lost.network = Bytes();
  lost.others.push_back({"notes.txt", Bytes(std::string("abc"))});
  const std::string without_network = written(folder, "l.czseg", lost);
  EXPECT_FALSE(load_source(without_network, {}).ok());
  const auto readable = inspect_source(without_network, {});
  ASSERT_TRUE(readable.ok()) << readable.error().what.message;
  ASSERT_TRUE(readable->legacy);
  EXPECT_EQ(readable->members.at(0).name, "notes.txt");
  EXPECT_EQ(readable->members.at(0).bytes, 3U);
  for (const Use& use : readable->uses) EXPECT_FALSE(use.is_possible) << use.verb;

  czann::LegacyPackage training = package_of({"Gray8"}, 1);
  training.metadata.status = "Untrained";
  training.network = Bytes();
  const auto without = inspect_source(written(folder, "t.czseg", training), {});
  ASSERT_TRUE(without.ok()) << without.error().what.message;
  EXPECT_FALSE(without->uses.at(1).is_possible);
  EXPECT_NE(without->uses.at(1).reason.find("training only"), std::string::npos);

  czann::LegacyPackage forest = package_of({"Gray8"}, 1);
  forest.metadata.feature_extractor = "BasicFeatures";
  forest.others.push_back({"forest.bin", Bytes(std::string("trees"))});
  const auto trees = inspect_source(written(folder, "f.czmodel", forest), {});
  ASSERT_TRUE(trees.ok()) << trees.error().what.message;
  EXPECT_FALSE(trees->uses.at(1).is_possible);
  EXPECT_EQ(check_source(folder / "f.czmodel", {}, {})->status, bioimageio::Status::kValid);
}

TEST(Czseg, NetworksSeePixelsAsTheyAreUnlessTheFileScalesThem) {
  ZOOPORT_NEEDS_ENGINE();
  const Folder folder;
  czann::LegacyPackage package = package_of({"Gray16"}, 1);
  std::vector<std::uint16_t> pixels(64);
  for (std::size_t i = 0; i < 64; ++i) pixels[i] = static_cast<std::uint16_t>(1000 * i);
  const tensor::Array image = tensor::Array::of<std::uint16_t>({8, 8}, pixels);
  EXPECT_EQ(predicted(folder, written(folder, "raw.czseg", package), image, "yx").at(5), 5000.0F);
  package.metadata.scale_inputs_by_bit_depth = true;
  EXPECT_EQ(predicted(folder, written(folder, "scaled.czseg", package), image, "yx").at(5), 5000.0F / 65535.0F);
}

TEST(Czseg, NetworksSeeBlueFirst) {
  ZOOPORT_NEEDS_ENGINE();
  const Folder folder;
  czann::LegacyPackage package = package_of({"Bgr24"}, 3);
  std::vector<std::uint8_t> pixels(8 * 8 * 3);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i);
  const tensor::Array image = tensor::Array::of<std::uint8_t>({8, 8, 3}, pixels);
  const std::vector<float> turned = predicted(folder, written(folder, "a.czseg", package), image, "yxc");
  ASSERT_EQ(turned.size(), pixels.size());
  EXPECT_EQ(std::vector<float>(turned.begin(), turned.begin() + 6), (std::vector<float>{2, 1, 0, 5, 4, 3}));
}

TEST(Czseg, RecordedNetworksGiveTheirNumbers) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const Folder folder;
  std::size_t compared = 0;
  std::size_t turned = 0;
  for (const auto& entry : fs::recursive_directory_iterator(testing::shared_folder() + "/data/czmodel/written")) {
    const std::string ending = entry.path().extension().string();
    const fs::path input = entry.path().parent_path() / "input.npy";
    if ((ending != ".czseg" && ending != ".czmodel") || !fs::exists(input)) continue;
    auto image = tensor::read_npy_file(input.string(), {});
    const auto expected = tensor::read_npy_file((entry.path().parent_path() / "output.npy").string(), {});
    ASSERT_TRUE(image.ok() && expected.ok());
    // The records are of the network, which has blue first where images have red.
    const auto info = inspect_source(entry.path().string(), {});
    ASSERT_TRUE(info.ok());
    if (info->legacy->pixel_types.front() == "Bgr24") {
      const auto pixels = image->as<float>();
      for (std::size_t i = 0; i + 2 < pixels.size(); i += 3) std::swap(pixels[i], pixels[i + 2]);
      ++turned;
    }
    const std::vector<float> found = predicted(folder, entry.path().string(), *image, "byxc");
    const auto numbers = expected->as<float>();
    ASSERT_EQ(found.size(), numbers.size()) << entry.path();
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], numbers[i], 1e-5) << entry.path() << ' ' << i;
    ++compared;
  }
  EXPECT_EQ(compared, 43U);
  EXPECT_EQ(turned, 6U);
}

}  // namespace
}  // namespace zooport::convert
