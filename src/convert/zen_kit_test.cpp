#include "zooport/convert/zen_kit.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/engine.hpp"
#include "tests/support/fake_engine.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/image/image.hpp"

namespace zooport::convert {
namespace {

std::string fresh_folder(const std::string& name) {
  const std::string path = os::join_path(::testing::TempDir(), "zen_kit_" + name);
  EXPECT_TRUE(os::remove_tree(path).ok());
  return path;
}

std::map<std::string, std::string> contents(const std::string& folder, const ZenKit& kit) {
  std::map<std::string, std::string> all;
  for (const std::string& name : kit.files) {
    const auto bytes = os::read_file(os::join_path(folder, name), 1u << 26);
    EXPECT_TRUE(bytes.ok()) << name;
    if (bytes) all[name] = std::string(bytes->text());
  }
  return all;
}

std::string said(const Diagnostics& findings) {
  std::string all;
  for (const Diagnostic& finding : findings.items()) all += concat("\n  ", finding.id, ": ", finding.message);
  return all;
}

std::string id_of(const Bytes& archive) {
  const auto read = czann::read(archive, {});
  if (read.ok() && read->package) return read->package->metadata.id;
  const auto legacy = czann::read_legacy(archive, {});
  return legacy.ok() && legacy->package ? legacy->package->metadata.id : "";
}

TEST(ZenKit, IsTheSameEveryTimeAndPassesCheck) {
  const std::string one = fresh_folder("one"), two = fresh_folder("two");
  const auto kit = write_zen_kit(one, {}, nullptr, {});
  ASSERT_TRUE(kit.ok()) << kit.error().what.message;
  const auto again = write_zen_kit(two, {}, nullptr, {});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(contents(one, *kit), contents(two, *again));
  EXPECT_FALSE(kit->is_verified);
  std::map<std::string, std::string> models_of_id;
  for (const ZenKit::Row& row : kit->rows) {
    const auto bytes = os::read_file(os::join_path(one, row.model), 1u << 26);
    ASSERT_TRUE(bytes.ok());
    const std::string id = id_of(*bytes);
    EXPECT_FALSE(id.empty()) << row.model;
    EXPECT_EQ(models_of_id.insert({id, row.model}).first->second, row.model);
    if (row.model.ends_with(".czseg")) {
      const auto legacy = czann::read_legacy(*bytes, {});
      ASSERT_TRUE(legacy.ok() && legacy->package) << row.model;
      EXPECT_FALSE(legacy->findings.has_errors()) << row.model << said(legacy->findings);
    } else {
      const auto report = check_source(os::join_path(one, row.model), {}, {});
      ASSERT_TRUE(report.ok());
      EXPECT_EQ(report->status, bioimageio::Status::kValid) << row.model << said(report->findings);
    }
    if (row.image.empty()) continue;
    const auto image = image::open_reader(os::join_path(one, row.image), {});
    const auto expected = image::open_reader(os::join_path(one, row.expected), {});
    ASSERT_TRUE(image.ok() && expected.ok());
    EXPECT_EQ((*image)->info().shape[0], (*expected)->info().shape[0]);
  }
  EXPECT_EQ(models_of_id.size(), 19u);
}

// The picture of the grid, from its definition: tiles of 128, kept parts by cztile's published vectors.
TEST(ZenKit, ShowsTheGrid) {
  const std::string folder = fresh_folder("grid");
  const auto kit = write_zen_kit(folder, {}, nullptr, {});
  ASSERT_TRUE(kit.ok());
  const auto picture = image::open_reader(os::join_path(folder, "expected/07-grid-grey8.png"), {});
  ASSERT_TRUE(picture.ok());
  const auto pixels = (*picture)->read({tensor::Shape((*picture)->info().shape.size()), (*picture)->info().shape});
  ASSERT_TRUE(pixels.ok());
  const std::int64_t width = (*picture)->info().shape[1];
  const auto at = [&](std::int64_t row, std::int64_t column) {
    return int{pixels->as<std::uint8_t>()[static_cast<std::size_t>(row * width + column)]};
  };
  EXPECT_EQ(at(0, 0), 0);
  EXPECT_EQ(at(0, 90), 90);
  EXPECT_EQ(at(90, 0), 90);
  EXPECT_EQ(at(219, 309), 254);  // the last tile ends with the image
  int begins = 0;
  for (std::int64_t column = 1; column < width; ++column) begins += at(0, column) != at(0, column - 1) + 1;
  EXPECT_EQ(begins, 2);  // between ceil((310 - 2 * 112) / 96) + 2 tiles
}

TEST(ZenKit, IsWhatTheEngineGives) {
  ZOOPORT_NEEDS_ENGINE();
  const std::string folder = fresh_folder("engine"), other = fresh_folder("without");
  const auto kit = write_zen_kit(folder, {}, testing::installed_engine(), {});
  ASSERT_TRUE(kit.ok()) << kit.error().what.message;
  EXPECT_TRUE(kit->is_verified);
  const auto without = write_zen_kit(other, {}, nullptr, {});
  ASSERT_TRUE(without.ok());
  EXPECT_EQ(contents(folder, *kit), contents(other, *without));
}

TEST(ZenKit, TellsWhenANetworkGivesAnotherPicture) {
  const std::string folder = fresh_folder("differs");
  const engine::Port port{"input", tensor::Dtype::kFloat32, {-1, 128, 128, 1}};
  const auto grey = std::make_shared<testing::FakeEngine>(
      testing::FakeNetwork{{port}, {{"output", port.dtype, port.shape}}, [](const std::vector<tensor::View>& inputs) {
                             std::vector<tensor::Array> outputs;
                             outputs.emplace_back(tensor::Dtype::kFloat32, inputs[0].shape);
                             return Result<std::vector<tensor::Array>>(std::move(outputs));
                           }});
  const auto kit = write_zen_kit(folder, {}, grey, {});
  ASSERT_FALSE(kit.ok());
  EXPECT_EQ(kit.error().what.id, "convert.zen-kit-differs");
  EXPECT_EQ(os::status(folder).kind, os::FileKind::kMissing);
}

TEST(ZenKit, RefusesAFolderWithContent) {
  const std::string folder = fresh_folder("full");
  ASSERT_TRUE(os::make_folders(folder).ok());
  const std::string mine = os::join_path(folder, "mine.txt"), page = os::join_path(folder, "README.txt");
  ASSERT_TRUE(os::write_file_atomically(page, {}, false).ok());
  ASSERT_TRUE(os::write_file_atomically(mine, {}, false).ok());
  const auto refused = write_zen_kit(folder, {}, nullptr, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kIo);
  EXPECT_EQ(refused.error().what.id, "convert.zen-kit-folder");
  EXPECT_EQ(os::list_folder(folder)->size(), 2u);
  EXPECT_EQ(write_zen_kit(mine, {}, nullptr, {}).error().what.id, "convert.zen-kit-folder");

  const auto kit = write_zen_kit(folder, {.if_present = ZenKitOptions::IfPresent::kReplace}, nullptr, {});
  ASSERT_TRUE(kit.ok()) << kit.error().what.message;
  EXPECT_EQ(os::status(mine).kind, os::FileKind::kRegular);
  EXPECT_GT(os::status(page).size, 0u);
  EXPECT_EQ(os::list_folder(folder)->size(), 6u);  // three folders, two pages, and what was there
  // An empty folder needs no leave.
  const std::string empty = fresh_folder("empty");
  ASSERT_TRUE(os::make_folders(empty).ok());
  EXPECT_TRUE(write_zen_kit(empty, {}, nullptr, {}).ok());
}

}  // namespace
}  // namespace zooport::convert
