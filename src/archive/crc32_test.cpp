#include "archive/crc32.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <string>

#include "zooport/base/bytes.hpp"

namespace zooport::archive {
namespace {

std::uint32_t by_zlib(std::string_view text, std::uint32_t before) {
  return static_cast<std::uint32_t>(::crc32_z(before, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

TEST(Crc32, KnownValues) {
  EXPECT_EQ(crc32_of(as_bytes("")), 0u);
  EXPECT_EQ(crc32_of(as_bytes("123456789")), 0xcbf43926u);
  EXPECT_EQ(crc32_of(as_bytes(std::string(32, '\0'))), 0x190a55adu);
}

// Every length around the steps of the folding, at every alignment, and going on from what was before.
TEST(Crc32, AgreesWithZlib) {
  std::mt19937 random(11);
  std::string text(1u << 16, '\0');
  for (char& c : text) c = static_cast<char>(random());
  const std::string_view all = text;
  for (std::size_t size = 0; size < 400; ++size) {
    const std::string_view part = all.substr(size % 17, size);
    const auto before = static_cast<std::uint32_t>(random());
    ASSERT_EQ(crc32_of(as_bytes(part), before), by_zlib(part, before)) << size;
    ASSERT_EQ(crc32_of(as_bytes(part)), by_zlib(part, 0)) << size;
  }
  EXPECT_EQ(crc32_of(as_bytes(all)), by_zlib(all, 0));
  EXPECT_EQ(crc32_of(as_bytes(all.substr(777)), crc32_of(as_bytes(all.substr(0, 777)))), by_zlib(all, 0));
}

}  // namespace
}  // namespace zooport::archive
