#include "image/png/reader.hpp"

#include "image/support_test.hpp"

namespace zooport::image::png {
namespace {

std::string write_gradient(std::string_view name, std::int64_t height, std::int64_t width) {
  const std::string path = scratch(name);
  const tensor::Array pixels = noise(tensor::Dtype::kUint16, {height, width});
  const Info info{"", pixels.dtype(), pixels.shape(), "yx", true};
  const auto writer = open_writer(path, info, {.may_replace = true}, {});
  EXPECT_TRUE((*writer)->write(everything(info), pixels.view()).ok());
  EXPECT_TRUE((*writer)->finish().ok());
  return path;
}

TEST(PngReader, BandsThatOverlapAreDecodedOnce) {
  const std::string path = write_gradient("png_reader_bands.png", 100, 50);
  auto opened = PngReader::open(std::move(os::InputFile::open(path)).value(), {});
  ASSERT_TRUE(opened.ok());
  auto& reader = static_cast<PngReader&>(**opened);
  reader.set_cache_bytes(30 * 100);  // 30 rows
  for (std::int64_t y = 0; y + 30 <= 100; y += 20)
    for (std::int64_t x = 0; x < 50; x += 10) ASSERT_TRUE(reader.read({{y, x}, {30, 10}}).ok());
  EXPECT_LE(reader.decoded_rows(), 100u);
  // Above what is kept: from the top again.
  ASSERT_TRUE(reader.read({{0, 0}, {1, 1}}).ok());
  EXPECT_LE(reader.decoded_rows(), 101u);
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(PngReader, AnyCacheGivesTheSame) {
  const std::string path = write_gradient("png_reader_cache.png", 40, 30);
  auto whole_reader = open_reader(path, {});
  const auto whole = (*whole_reader)->read({{0, 0}, {40, 30}});
  for (const std::uint64_t cache : {0, 60, 1000, 100000}) {
    auto opened = PngReader::open(std::move(os::InputFile::open(path)).value(), {});
    static_cast<PngReader&>(**opened).set_cache_bytes(cache);
    expect_regions(**opened, *whole, 50);
  }
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(PngReader, LongRowsNameTheLimit) {
  const std::string path = write_gradient("png_reader_limit.png", 2, 1000);
  Context context;
  context.limits.array_bytes = 16 * 1999;
  const auto reader = open_reader(path, context);
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().what.id, "png.too-large");
  EXPECT_NE(reader.error().what.message.find("limits.array_bytes"), std::string::npos);
  context.limits.array_bytes = 16 * 2000;
  EXPECT_TRUE(open_reader(path, context).ok());
  ASSERT_TRUE(os::remove_file(path).ok());
}

}  // namespace
}  // namespace zooport::image::png
