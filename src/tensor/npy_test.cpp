#include "zooport/tensor/npy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::tensor {
namespace {

Array random_bytes(Dtype dtype, Shape shape) {
  Array array = Array::uninitialized(dtype, std::move(shape));
  unsigned state = 1;
  for (std::byte& b : array.bytes()) {
    state = state * 1664525u + 1013904223u;
    b = dtype == Dtype::kBool ? std::byte(state >> 31) : std::byte(state >> 24);
  }
  return array;
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string with_header(const std::string& dictionary, const std::string& data) {
  std::string file("\x93NUMPY\x01\0", 8);
  file += static_cast<char>(dictionary.size() & 0xff);
  file += static_cast<char>(dictionary.size() >> 8);
  return file + dictionary + data;
}

// Reads from memory, and counts.
struct Counter {
  const std::string& file;
  std::uint64_t calls = 0;
  std::uint64_t bytes = 0;
  ReadAt reader() {
    return [this](std::uint64_t offset, std::span<std::byte> into) -> Result<void> {
      if (offset + into.size() > file.size()) return make_error(ErrorKind::kIo, "base.short-file", "");
      std::memcpy(into.data(), file.data() + offset, into.size());
      ++calls;
      bytes += into.size();
      return {};
    };
  }
};

void expect_regions_equal_crops(const std::string& file) {
  const Bytes bytes(file);
  const auto header = read_npy_header(bytes.span(), {});
  ASSERT_TRUE(header.ok());
  const auto whole = read_npy(bytes, {});
  ASSERT_TRUE(whole.ok());
  const Shape& shape = header->shape;
  Counter counter{file};
  unsigned state = 7;
  for (int n = 0; n < 200; ++n) {
    Shape origin, size;
    View crop = whole->view();
    for (std::size_t i = 0; i < shape.size(); ++i) {
      state = state * 1664525u + 1013904223u;
      origin.push_back((state >> 16) % shape[i]);
      state = state * 1664525u + 1013904223u;
      size.push_back((state >> 16) % (shape[i] - origin.back() + 1));
      crop = crop.cropped(static_cast<int>(i), origin.back(), size.back());
    }
    const auto from_memory = read_npy_region(bytes, *header, origin, size, {});
    const auto from_file = read_npy_region(counter.reader(), *header, origin, size, {});
    ASSERT_TRUE(from_memory.ok() && from_file.ok());
    const Array expected = Array::copy_of(crop);
    EXPECT_EQ(from_memory->shape(), size);
    EXPECT_EQ(text_of(from_memory->bytes()), text_of(expected.bytes()));
    EXPECT_EQ(text_of(from_file->bytes()), text_of(expected.bytes()));
  }
}

TEST(Npy, RoundTripOfEveryType) {
  for (int i = 0; i <= static_cast<int>(Dtype::kFloat64); ++i) {
    for (const Shape& shape : {Shape{}, Shape{7}, Shape{0}, Shape{2, 3, 5}, Shape{4, 0, 2}}) {
      const Array array = random_bytes(static_cast<Dtype>(i), shape);
      const auto again = read_npy(Bytes(npy_bytes(array.view())), {});
      ASSERT_TRUE(again.ok());
      EXPECT_EQ(again->dtype(), array.dtype());
      EXPECT_EQ(again->shape(), shape);
      EXPECT_EQ(text_of(again->bytes()), text_of(array.bytes()));
    }
  }
}

TEST(Npy, WritesViewsInCOrder) {
  const Array array = random_bytes(Dtype::kInt16, {3, 4});
  const auto turned = read_npy(Bytes(npy_bytes(array.view().transposed({1, 0}))), {});
  ASSERT_TRUE(turned.ok());
  EXPECT_EQ(turned->as<std::int16_t>()[1], array.as<std::int16_t>()[4]);
}

TEST(Npy, BigEndianAndFortranOrder) {
  const std::string big =
      with_header("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3)}", {"\0\1\0\2\0\3\0\4\0\5\0\6", 12});
  const auto array = read_npy(Bytes(big), {});
  ASSERT_TRUE(array.ok());
  EXPECT_EQ((std::vector<std::int16_t>{array->as<std::int16_t>().begin(), array->as<std::int16_t>().end()}),
            (std::vector<std::int16_t>{1, 3, 5, 2, 4, 6}));
  const auto header = read_npy_header(as_bytes(big), {});
  EXPECT_EQ(header->byte_order, ByteOrder::kBig);
  EXPECT_EQ(header->memory_order, MemoryOrder::kFortran);
  EXPECT_EQ(header->data_size(), 12u);
}

TEST(Npy, AcceptsWhatOtherWritersWrite) {
  const std::string data(24, '\1');
  for (const char* header : {
           "{\"shape\": (2,3), \"fortran_order\": False, \"descr\": \"<f4\"}",
           "{'shape': (2L, 3L), 'descr': 'float32', 'fortran_order': False,}   \n",
           " {'descr':'=f4','fortran_order':True,'shape':(2,3,)}",
           "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
           "{'descr': '?', 'fortran_order': False, 'shape': (24,), }",
       })
    EXPECT_TRUE(read_npy(Bytes(with_header(header, data)), {}).ok()) << header;
  std::string second("\x93NUMPY\x02\0\x38\0\0\0", 12);
  second += "{'descr': '<f4', 'fortran_order': False, 'shape': (2,3)}" + data;
  EXPECT_TRUE(read_npy(Bytes(second), {}).ok());
  second[6] = 3;
  EXPECT_TRUE(read_npy(Bytes(second), {}).ok());
}

TEST(Npy, ForeignBoolBytesBecomeOne) {
  const auto array =
      read_npy(Bytes(with_header("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", {"\0\2\xff", 3})), {});
  ASSERT_TRUE(array.ok());
  EXPECT_EQ(text_of(array->bytes()), std::string("\0\1\1", 3));
}

TEST(Npy, RegionsEqualCropsOfTheWhole) {
  const Array array = random_bytes(Dtype::kUint16, {6, 7, 50, 9});
  std::string file = npy_bytes(array.view());
  expect_regions_equal_crops(file);
  file.replace(file.find("False,"), 6, "True, ");
  expect_regions_equal_crops(file);
  file.replace(file.find("<u2"), 3, ">u2");
  expect_regions_equal_crops(file);
}

TEST(Npy, RegionReadsLittleMoreThanItGives) {
  const std::string file = npy_bytes(Array(Dtype::kUint8, {512, 4096}).view());
  const auto header = read_npy_header(as_bytes(file), {});
  Counter rows{file};
  ASSERT_TRUE(read_npy_region(rows.reader(), *header, {8, 0}, {300, 4096}, {}).ok());
  EXPECT_EQ(rows.calls, 1u);
  EXPECT_EQ(rows.bytes, 300u * 4096u);
  Counter narrow{file};
  ASSERT_TRUE(read_npy_region(narrow.reader(), *header, {8, 8}, {256, 64}, {}).ok());
  EXPECT_LE(narrow.bytes, 256u * 64u * 4u);
  Counter wide{file};
  ASSERT_TRUE(read_npy_region(wide.reader(), *header, {8, 8}, {256, 3000}, {}).ok());
  EXPECT_LE(wide.bytes, 256u * 4096u);
  EXPECT_LE(wide.calls, 256u);
}

TEST(Npy, RegionsOutsideAreRefused) {
  const std::string file = npy_bytes(Array(Dtype::kUint8, {4, 5}).view());
  const auto header = read_npy_header(as_bytes(file), {});
  for (const auto& [origin, size] : std::vector<std::pair<Shape, Shape>>{{{0, 0}, {4, 6}},
                                                                         {{-1, 0}, {1, 1}},
                                                                         {{0}, {4}},
                                                                         {{0, 6}, {0, 0}},
                                                                         {{3, 0}, {INT64_MAX, 1}},
                                                                         {{0, 0}, {-1, 1}}}) {
    const auto region = read_npy_region(Bytes(file), *header, origin, size, {});
    ASSERT_FALSE(region.ok());
    EXPECT_EQ(region.error().what.id, "npy.region");
  }
}

TEST(Npy, FilesAppearWhole) {
  const std::string path = os::join_path(::testing::TempDir(), "npy_test.npy");
  const Array array = random_bytes(Dtype::kFloat32, {3, 4});
  ASSERT_TRUE(write_npy_file(path, array.view(), {.may_replace = true}).ok());
  EXPECT_FALSE(write_npy_file(path, array.view(), {}).ok());
  const auto again = read_npy_file(path, {});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(text_of(again->bytes()), text_of(array.bytes()));
  Limits limits;
  limits.array_bytes = 47;
  limits.document_bytes = 1000;
  const auto limited = read_npy_file(path, limits);
  ASSERT_FALSE(limited.ok());
  EXPECT_EQ(limited.error().what.id, "tensor.too-large");
  EXPECT_EQ(limited.error().what.file, path);
  ASSERT_TRUE(os::remove_file(path).ok());
}

TEST(Npy, EvilFilesGetTheirDiagnostic) {
  const std::string folder = ZOOPORT_SOURCE_DIR "/tests/evil/npy";
  const auto manifest = os::read_file(folder + "/MANIFEST.tsv", 1u << 20);
  ASSERT_TRUE(manifest.ok());
  std::string_view rest = manifest->text();
  std::size_t files = 0;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const std::string name(line.substr(0, line.find('\t')));
    const auto array = read_npy_file(folder + "/" + name, {});
    ASSERT_FALSE(array.ok()) << name;
    EXPECT_EQ(array.error().what.id, line.substr(line.find('\t') + 1)) << name << ": " << array.error().what.message;
    ++files;
  }
  EXPECT_GE(files, 40u);
}

TEST(Npy, EveryCutOfAFileIsAnError) {
  const std::string file = npy_bytes(random_bytes(Dtype::kUint16, {2, 3}).view());
  for (std::size_t size = 0; size < file.size(); ++size) EXPECT_FALSE(read_npy(Bytes(file.substr(0, size)), {}).ok());
}

// Arrays in C order that NumPy saved come out byte for byte when they are read and written again.
TEST(Npy, WritesTheBytesOfNumpy) {
  ZOOPORT_NEEDS_SHARED();
  const std::string files = testing::shared_folder() + "/data/golden/tensors/files";
  std::size_t compared = 0;
  const auto names = os::list_folder(files);
  ASSERT_TRUE(names.ok());
  for (const std::string& name : *names) {
    if (!name.ends_with(".npy")) continue;
    const auto bytes = os::read_file(files + "/" + name, 1u << 20);
    const auto header = read_npy_header(bytes->span(), {});
    ASSERT_TRUE(header.ok()) << name;
    const auto array = read_npy(*bytes, {});
    ASSERT_TRUE(array.ok()) << name;
    if (header->memory_order == MemoryOrder::kFortran || header->byte_order == ByteOrder::kBig) continue;
    EXPECT_EQ(npy_bytes(array->view()), bytes->text()) << name;
    ++compared;
  }
  EXPECT_GE(compared, 10u);
}

}  // namespace
}  // namespace zooport::tensor
