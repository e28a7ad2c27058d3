#include "zooport/base/os/input_file.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "zooport/base/bytes.hpp"
#include "zooport/base/os/file.hpp"

namespace zooport::os {
namespace {

std::string path_for(std::string_view name) { return join_path(::testing::TempDir(), name); }

TEST(InputFile, ReadsPartsAndNoticesTheEnd) {
  const std::string path = path_for("input_file_test.bin");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("0123456789"), true).ok());
  const auto file = InputFile::open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->size(), 10u);
  EXPECT_EQ(file->path(), path);
  std::array<std::byte, 4> part{};
  ASSERT_TRUE(file->read_at(3, part).ok());
  EXPECT_EQ(static_cast<char>(part[0]), '3');
  EXPECT_EQ(static_cast<char>(part[3]), '6');
  ASSERT_TRUE(file->read_at(6, part).ok());
  const auto beyond = file->read_at(7, part);
  ASSERT_FALSE(beyond.ok());
  EXPECT_EQ(beyond.error().what.id, "base.short-file");
  EXPECT_EQ(beyond.error().what.file, path);
  ASSERT_TRUE(remove_file(path).ok());
}

TEST(InputFile, ReadsBytesInMemoryLikeAFile) {
  const InputFile file = InputFile::over(Bytes(std::string("0123456789")), "x.bin");
  EXPECT_EQ(file.size(), 10u);
  std::array<std::byte, 4> part{};
  ASSERT_TRUE(file.read_at(6, part).ok());
  EXPECT_EQ(static_cast<char>(part[3]), '9');
  for (const std::uint64_t offset : {7u, 10u, 11u}) {
    const auto beyond = file.read_at(offset, part);
    ASSERT_FALSE(beyond.ok()) << offset;
    EXPECT_EQ(beyond.error().what.id, "base.short-file");
    EXPECT_EQ(beyond.error().what.file, "x.bin");
  }
}

TEST(InputFile, OnlyRegularFiles) {
  EXPECT_FALSE(InputFile::open(::testing::TempDir()).ok());
  EXPECT_FALSE(InputFile::open(path_for("no such file")).ok());
  EXPECT_EQ(InputFile::open("/dev/null").error().what.id, "base.not-a-file");
}

}  // namespace
}  // namespace zooport::os
