#include <algorithm>

#include "image/support_test.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::image {
namespace {

using tensor::Array;
using tensor::Dtype;
using tensor::Shape;

Info info_of(const Array& array, std::string axes = {}) {
  return {"", array.dtype(), array.shape(), std::move(axes), false};
}

void write_in_tiles(const std::string& path, const Array& array, const std::string& axes, std::int64_t tile) {
  const auto writer = open_writer(path, info_of(array, axes), {.may_replace = true}, {});
  ASSERT_TRUE(writer.ok()) << writer.error().what.message;
  // Backwards, to show that no order is asked for.
  const Shape& shape = array.shape();
  const std::size_t rank = shape.size();
  for (std::int64_t y = (shape[rank - 2] - 1) / tile * tile; y >= 0; y -= tile) {
    for (std::int64_t x = (shape[rank - 1] - 1) / tile * tile; x >= 0; x -= tile) {
      Region region{Shape(rank, 0), shape};
      region.origin[rank - 2] = y;
      region.origin[rank - 1] = x;
      region.size[rank - 2] = std::min(tile, shape[rank - 2] - y);
      region.size[rank - 1] = std::min(tile, shape[rank - 1] - x);
      ASSERT_TRUE((*writer)->write(region, cropped(array.view(), region)).ok());
    }
  }
  EXPECT_NE(os::status(path).kind, os::FileKind::kRegular);
  ASSERT_TRUE((*writer)->finish().ok());
}

TEST(WriteImage, RoundTripsInTiles) {
  for (const char* ending : {".npy", ".tif"}) {
    for (int i = 0; i <= static_cast<int>(Dtype::kFloat64); ++i) {
      for (const Shape& shape : {Shape{13, 17}, Shape{3, 13, 17}, Shape{2, 3, 13, 17}, Shape{1, 1, 13, 17},
                                 Shape{13, 17, 3}, Shape{5, 1, 1}}) {
        SCOPED_TRACE(testing::Message() << ending << i << " rank " << shape.size());
        const std::string path = scratch(std::string("write_test") + ending);
        ASSERT_EQ(os::status(path).kind, os::FileKind::kMissing);
        const Array array = noise(static_cast<Dtype>(i), shape);
        write_in_tiles(path, array, "", 5);
        const auto reader = open_reader(path, {});
        ASSERT_TRUE(reader.ok()) << reader.error().what.message;
        const bool bool_as_uint8 = array.dtype() == Dtype::kBool && (*reader)->info().format == "tiff";
        EXPECT_EQ((*reader)->info().dtype, bool_as_uint8 ? Dtype::kUint8 : array.dtype());
        ASSERT_EQ((*reader)->info().shape, shape);
        const auto again = (*reader)->read(everything((*reader)->info()));
        ASSERT_TRUE(again.ok()) << again.error().what.message;
        EXPECT_TRUE(text_of(again->bytes()) == text_of(array.bytes()));
        expect_regions(**reader, *again, 5);
        ASSERT_TRUE(os::remove_file(path).ok());
      }
    }
  }
}

TEST(WriteImage, NpyIsWhatNumpyWouldSave) {
  const std::string path = scratch("write_test_same.npy");
  const Array array = noise(Dtype::kFloat32, {3, 20, 30});
  write_in_tiles(path, array, "cyx", 7);
  EXPECT_EQ(os::read_file(path, 1u << 20)->text(), tensor::npy_bytes(array.view()));
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(WriteImage, TiffKeepsAxes) {
  const std::string path = scratch("write_test_axes.tif");
  for (const auto& [shape, axes] : std::vector<std::pair<Shape, std::string>>{{{2, 5, 6}, "tyx"},
                                                                              {{2, 3, 5, 6}, "czyx"},
                                                                              {{5, 6, 2}, "yxc"},
                                                                              {{5, 6, 4}, "yxc"},
                                                                              {{4, 5, 6, 3}, "zyxc"},
                                                                              {{5, 6, 3}, "zyx"}}) {
    SCOPED_TRACE(axes);
    const Array array = noise(Dtype::kUint16, shape);
    const auto writer = open_writer(path, info_of(array, axes), {.may_replace = true}, {});
    ASSERT_TRUE(writer.ok());
    EXPECT_EQ((*writer)->order(), WriteOrder::kAny);
    ASSERT_TRUE((*writer)->write(everything(info_of(array)), array.view()).ok());
    ASSERT_TRUE((*writer)->finish().ok());
    const auto reader = open_reader(path, {});
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ((*reader)->info().axes, axes);
    EXPECT_TRUE((*reader)->info().axes_are_certain);
    EXPECT_EQ((*reader)->info().shape, shape);
    const auto again = (*reader)->read(everything((*reader)->info()));
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(text_of(again->bytes()) == text_of(array.bytes()));
  }
  ASSERT_TRUE(os::remove_file(path).ok());
}

// Sparse on disk: only the corners are written.
TEST(WriteImage, BigTiffBeyondFourGigabytes) {
  const std::string path = scratch("write_test_big.tif");
  const Info info{"", Dtype::kUint16, {50000, 50000}, "yx", false};
  const Array corner = noise(Dtype::kUint16, {3, 4});
  {
    const auto writer = open_writer(path, info, {.may_replace = true}, {});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->write({{0, 0}, {3, 4}}, corner.view()).ok());
    ASSERT_TRUE((*writer)->write({{49997, 49996}, {3, 4}}, corner.view()).ok());
    ASSERT_TRUE((*writer)->finish().ok());
  }
  const auto reader = open_reader(path, {});
  ASSERT_TRUE(reader.ok()) << reader.error().what.message;
  for (const Shape& origin : {Shape{0, 0}, Shape{49997, 49996}}) {
    const auto again = (*reader)->read({origin, {3, 4}});
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(text_of(again->bytes()) == text_of(corner.bytes()));
  }
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(WriteImage, PngTakesRows) {
  const std::string path = scratch("write_test.png");
  struct Case {
    Dtype dtype;
    Shape shape;
    const char* axes;
    Shape read_shape;
  };
  for (const Case& c :
       {Case{Dtype::kUint8, {9, 7}, "yx", {9, 7}}, Case{Dtype::kUint16, {9, 7}, "", {9, 7}},
        Case{Dtype::kBool, {9, 7}, "yx", {9, 7}}, Case{Dtype::kUint8, {9, 7, 2}, "yxc", {9, 7, 2}},
        Case{Dtype::kUint16, {9, 7, 3}, "", {9, 7, 3}}, Case{Dtype::kUint8, {1, 9, 7, 4}, "byxc", {9, 7, 4}},
        Case{Dtype::kUint8, {1, 1, 9, 7}, "bcyx", {9, 7}}}) {
    SCOPED_TRACE(c.axes);
    const Array array = noise(c.dtype, c.shape);
    const auto writer = open_writer(path, info_of(array, c.axes), {.may_replace = true}, {});
    ASSERT_TRUE(writer.ok()) << writer.error().what.message;
    EXPECT_EQ((*writer)->order(), WriteOrder::kRows);
    std::size_t y = 0;
    while (c.shape[y] != 9) ++y;
    for (std::int64_t at = 0; at < 9; at += 3) {
      Region band = everything(info_of(array));
      band.origin[y] = at;
      band.size[y] = 3;
      ASSERT_TRUE((*writer)->write(band, cropped(array.view(), band)).ok());
    }
    ASSERT_TRUE((*writer)->finish().ok());
    const auto reader = open_reader(path, {});
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ((*reader)->info().shape, c.read_shape);
    EXPECT_EQ((*reader)->info().dtype, c.dtype);
    const auto again = (*reader)->read(everything((*reader)->info()));
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(text_of(again->bytes()) == text_of(array.bytes()));
  }
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(WriteImage, ChannelsFirstBecomeColours) {
  const std::string path = scratch("write_test_cyx.png");
  const Array array = noise(Dtype::kUint8, {3, 5, 6});
  const auto writer = open_writer(path, info_of(array, "cyx"), {.may_replace = true}, {});
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->write(everything(info_of(array)), array.view()).ok());
  ASSERT_TRUE((*writer)->finish().ok());
  const auto reader = open_reader(path, {});
  const auto again = (*reader)->read(everything((*reader)->info()));
  EXPECT_TRUE(text_of(again->bytes()) == text_of(Array::copy_of(array.view().transposed({1, 2, 0})).bytes()));
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(WriteImage, MistakesAreNamed) {
  const Array array = noise(Dtype::kFloat32, {5, 6});
  const auto id_of = [](const auto& result) { return result.ok() ? std::string() : result.error().what.id; };
  EXPECT_EQ(id_of(open_writer(scratch("write_test.png"), info_of(array), {}, {})), "png.unsupported");
  EXPECT_EQ(id_of(open_writer(scratch("write_test.jpg"), info_of(array), {}, {})), "image.ending");
  EXPECT_EQ(id_of(open_writer(scratch("write_test.tif"), info_of(array, "zyx"), {}, {})), "image.axes");
  EXPECT_EQ(id_of(open_writer(scratch("write_test.tif"), {"", Dtype::kUint8, {5, 0}, "yx", false}, {}, {})),
            "tiff.unsupported");
  EXPECT_EQ(id_of(open_writer(scratch("write_test.npy"), {"", Dtype::kUint8, {1ll << 40, 5}, "yx", false}, {}, {})),
            "image.too-large");

  const std::string path = scratch("write_test_mistakes.npy");
  {
    const auto writer = open_writer(path, info_of(array), {.may_replace = true}, {});
    EXPECT_EQ(id_of((*writer)->write({{0, 0}, {5, 7}}, array.view())), "image.region");
    EXPECT_EQ(id_of((*writer)->write({{0, 0}, {5, 5}}, array.view())), "image.elements");
    EXPECT_EQ(id_of((*writer)->write({{0, 0}, {5, 6}}, Array(Dtype::kUint8, {5, 6}).view())), "image.elements");
  }
  EXPECT_EQ(os::status(path).kind, os::FileKind::kMissing);

  const Array pixels = noise(Dtype::kUint8, {5, 6});
  const std::string png = scratch("write_test_mistakes.png");
  {
    const auto writer = open_writer(png, info_of(pixels), {.may_replace = true}, {});
    EXPECT_EQ(id_of((*writer)->write({{1, 0}, {1, 6}}, pixels.view().cropped(0, 1, 1))), "image.order");
    EXPECT_EQ(id_of((*writer)->write({{0, 0}, {1, 5}}, pixels.view().cropped(0, 0, 1).cropped(1, 0, 5))),
              "image.order");
    EXPECT_EQ(id_of((*writer)->finish()), "image.order");
  }
  EXPECT_EQ(os::status(png).kind, os::FileKind::kMissing);
}

TEST(WriteImage, ReplacesOnlyWhenAllowed) {
  const std::string path = scratch("write_test_once.npy");
  const Array array = noise(Dtype::kUint8, {2, 2});
  for (const bool second : {false, true}) {
    const auto writer = open_writer(path, info_of(array), {.may_replace = !second}, {});
    const bool done =
        writer.ok() && (*writer)->write(everything(info_of(array)), array.view()).ok() && (*writer)->finish().ok();
    EXPECT_EQ(done, !second);
  }
  ASSERT_TRUE(os::remove_file(path).ok());
}

}  // namespace
}  // namespace zooport::image
