#include <sstream>

#include "image/support_test.hpp"
#include "tests/support/shared.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::image {
namespace {

// tests/data/images: written by NumPy, Pillow and tifffile (make_images.py).
TEST(ReadImage, FilesOfOtherWriters) {
  const std::string folder = ZOOPORT_SOURCE_DIR "/tests/data/images/";
  const auto manifest = os::read_file(folder + "MANIFEST.tsv", 1u << 20);
  ASSERT_TRUE(manifest.ok());
  std::istringstream lines{std::string(manifest->text())};
  std::size_t files = 0;
  for (std::string name, expected_name, axes, certain; lines >> name >> expected_name >> axes >> certain; ++files) {
    SCOPED_TRACE(name);
    const auto expected = tensor::read_npy_file(folder + expected_name, {});
    ASSERT_TRUE(expected.ok());
    const auto reader = open_reader(folder + name, {});
    ASSERT_TRUE(reader.ok()) << reader.error().what.message;
    const Info& info = (*reader)->info();
    EXPECT_EQ(info.dtype, expected->dtype());
    EXPECT_EQ(info.shape, expected->shape());
    EXPECT_EQ(info.axes, axes);
    EXPECT_EQ(info.axes_are_certain, certain == "1");
    const auto whole = (*reader)->read(everything(info));
    ASSERT_TRUE(whole.ok()) << whole.error().what.message;
    EXPECT_TRUE(text_of(whole->bytes()) == text_of(expected->bytes()));
    if (info.shape == expected->shape()) expect_regions(**reader, *expected, 40);
  }
  EXPECT_GE(files, 50u);
}

// The recorded files of the reference: where the same array was saved as .npy and .tif, both read alike.
TEST(ReadImage, RecordedFilesReadAlike) {
  ZOOPORT_NEEDS_SHARED();
  const std::string folder = testing::shared_folder() + "/data/golden/tensors/files/";
  const auto names = os::list_folder(folder);
  ASSERT_TRUE(names.ok());
  std::size_t pairs = 0;
  std::size_t read = 0;
  for (const std::string& name : *names) {
    if (name.ends_with(".bmp") || name.ends_with(".npz")) {
      const auto refused = open_reader(folder + name, {});
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().what.id, "image.format");
      continue;
    }
    SCOPED_TRACE(name);
    const auto reader = open_reader(folder + name, {});
    ASSERT_TRUE(reader.ok()) << reader.error().what.message;
    const auto image = (*reader)->read(everything((*reader)->info()));
    ASSERT_TRUE(image.ok()) << image.error().what.message;
    ++read;
    if (!name.ends_with(".tif")) continue;
    const auto expected = tensor::read_npy_file(folder + name.substr(0, name.size() - 4) + ".npy", {});
    if (!expected.ok()) continue;
    EXPECT_EQ(image->shape(), expected->shape());
    EXPECT_EQ(text_of(image->bytes()), text_of(expected->bytes()));
    ++pairs;
  }
  EXPECT_GE(pairs, 9u);
  EXPECT_GE(read, 35u);
}

TEST(ReadImage, TestTensorAndPictureOfAModel) {
  ZOOPORT_NEEDS_SHARED();
  const std::string folder = testing::shared_folder() + "/data/models/unet2d_nuclei_broad/";
  for (const char* name : {"test_input.npy", "test_input.png"}) {
    const auto reader = open_reader(folder + name, {});
    ASSERT_TRUE(reader.ok()) << reader.error().what.message;
    const Info& info = (*reader)->info();
    const auto image = (*reader)->read(everything(info));
    ASSERT_TRUE(image.ok());
    expect_regions(**reader, *image, 10);
  }
}

TEST(ReadImage, WhatIsNoImageIsNamed) {
  const std::string path = scratch("read_test.jpg");
  ASSERT_TRUE(os::write_file_atomically(path, as_bytes("\xff\xd8\xff\xe0 JFIF"), true).ok());
  const auto reader = open_reader(path, {});
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(reader.error().what.id, "image.format");
  EXPECT_EQ(reader.error().what.file, path);
  ASSERT_TRUE(os::write_file_atomically(path, {}, true).ok());
  EXPECT_FALSE(open_reader(path, {}).ok());
  EXPECT_EQ(open_reader(scratch("no such file.png"), {}).error().what.id, "base.io");
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(ReadImage, LimitsAreNamed) {
  const std::string file = ZOOPORT_SOURCE_DIR "/tests/data/images/rgb16.png";
  Context context;
  context.limits.image_elements = 13 * 9 * 3 - 1;
  const auto elements = open_reader(file, context);
  ASSERT_FALSE(elements.ok());
  EXPECT_EQ(elements.error().what.id, "image.too-large");
  EXPECT_NE(elements.error().what.message.find("limits.image_elements"), std::string::npos);
  context.limits = {};
  context.limits.image_extent = 12;
  for (const char* name : {"uint16.npy", "tiles_plain.tif", "strips_zlib.tif"}) {
    context.limits.image_extent = 6;
    const auto extent = open_reader(ZOOPORT_SOURCE_DIR "/tests/data/images/" + std::string(name), context);
    ASSERT_FALSE(extent.ok());
    EXPECT_EQ(extent.error().what.id, "image.too-large") << name;
    EXPECT_NE(extent.error().what.message.find("limits.image_extent"), std::string::npos);
  }
}

TEST(ReadImage, RegionsOutsideAreRefused) {
  for (const char* name : {"uint16.npy", "uint8.tif", "gray8.png"}) {
    const auto reader = open_reader(ZOOPORT_SOURCE_DIR "/tests/data/images/" + std::string(name), {});
    ASSERT_TRUE(reader.ok());
    for (const Region& region :
         {Region{{0, 0}, {1, 99}}, Region{{-1, 0}, {1, 1}}, Region{{0}, {1}}, Region{{0, 0}, {INT64_MAX, 1}}}) {
      const auto part = (*reader)->read(region);
      ASSERT_FALSE(part.ok());
      EXPECT_EQ(part.error().what.id, "image.region");
    }
    EXPECT_TRUE((*reader)->read({{0, 0}, {0, 1}}).ok());
  }
}

}  // namespace
}  // namespace zooport::image
