#include <fstream>
#include <sstream>

#include "image/support_test.hpp"

namespace zooport::image {
namespace {

// The first error on the way from opening to having read everything.
std::string first_error(const std::string& path) {
  const auto reader = open_reader(path, {});
  if (!reader.ok()) {
    EXPECT_EQ(reader.error().what.file, path);
    return reader.error().what.id;
  }
  const auto whole = (*reader)->read(everything((*reader)->info()));
  if (whole.ok()) return "none";
  EXPECT_NE(whole.error().what.message, "");
  // A second try must not crash, either.
  EXPECT_FALSE((*reader)->read(everything((*reader)->info())).ok());
  return whole.error().what.id;
}

void expect_diagnostics(const std::string& reader, std::size_t least) {
  const std::string folder = ZOOPORT_SOURCE_DIR "/tests/evil/" + reader + "/";
  const auto manifest = os::read_file(folder + "MANIFEST.tsv", 1u << 20);
  ASSERT_TRUE(manifest.ok());
  std::istringstream lines{std::string(manifest->text())};
  std::size_t files = 0;
  for (std::string name, id; lines >> name >> id; ++files) {
    // Without its magic number, a file has no format.
    EXPECT_EQ(first_error(folder + name), id == "npy.magic" ? "image.format" : id) << name;
  }
  EXPECT_GE(files, least);
}

TEST(EvilImage, Npy) { expect_diagnostics("npy", 40); }
TEST(EvilImage, Png) { expect_diagnostics("png", 20); }
TEST(EvilImage, Tiff) { expect_diagnostics("tiff", 25); }

TEST(EvilImage, EveryCutOfAFileIsAnError) {
  const std::string folder = ZOOPORT_SOURCE_DIR "/tests/data/images/";
  for (const char* name :
       {"gray8.png", "rgb16_interlaced.png", "uint8.tif", "strips_lzw.tif", "tiles_plain.tif", "float64.npy"}) {
    const auto whole = os::read_file(folder + name, 1u << 20);
    ASSERT_TRUE(whole.ok());
    const std::string path = scratch(std::string("cut_") + name);
    // A cut may fall behind the last pixel: there the same pixels must come out.
    const auto full = open_reader(folder + name, {});
    const auto expected = (*full)->read(everything((*full)->info()));
    for (std::size_t size = 0; size < whole->size(); size += 1 + whole->size() / 150) {
      std::ofstream(path, std::ios::binary) << whole->text().substr(0, size);
      const auto reader = open_reader(path, {});
      if (!reader.ok()) continue;
      const auto pixels = (*reader)->read(everything((*reader)->info()));
      if (!pixels.ok()) continue;
      EXPECT_TRUE(text_of(pixels->bytes()) == text_of(expected->bytes())) << name << " cut at " << size;
    }
    ASSERT_TRUE(os::remove_file(path).ok());
  }
}

}  // namespace
}  // namespace zooport::image
