#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "zooport/tensor/array.hpp"

namespace zooport::tensor {
namespace {

std::vector<std::byte> from_hex(const std::string& digits) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string digits;
  for (const std::byte b : bytes) {
    digits += "0123456789abcdef"[static_cast<unsigned>(b) >> 4];
    digits += "0123456789abcdef"[static_cast<unsigned>(b) & 15u];
  }
  return digits;
}

// tests/data/casts.tsv is what NumPy gave for values at and around every edge (make_casts.py).
TEST(Convert, AsNumpyForEveryPairOfTypes) {
  std::ifstream file(ZOOPORT_SOURCE_DIR "/tests/data/casts.tsv");
  std::size_t pairs = 0;
  for (std::string line; std::getline(file, line); ++pairs) {
    std::istringstream words(line);
    std::string from, to, given, expected;
    words >> from >> to >> given >> expected;
    const Dtype source = dtype_named(from).value();
    const Dtype target = dtype_named(to).value();
    const std::vector<std::byte> bytes = from_hex(given);
    const auto width = static_cast<std::int64_t>(size_of(source));
    const auto count = static_cast<std::int64_t>(bytes.size()) / width;
    EXPECT_EQ(to_hex(Array::converted({bytes.data(), source, {count}, {width}}, target).bytes()), expected)
        << from << " to " << to;

    // The same values one by one, which takes the other loop.
    Array columns(target, {2, count});
    convert({bytes.data(), source, {count, 2}, {width, 0}}, columns.bytes().data(), target,
            {static_cast<std::int64_t>(size_of(target)), count * static_cast<std::int64_t>(size_of(target))});
    EXPECT_EQ(to_hex(columns.bytes()), expected + expected) << from << " to " << to;
  }
  EXPECT_EQ(pairs, 144u);
}

TEST(Convert, ForeignBoolBytesCountAsTrue) {
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{2}, std::byte{255}};
  const Array numbers = Array::converted({bytes.data(), Dtype::kBool, {3}, {1}}, Dtype::kFloat32);
  EXPECT_EQ(numbers.as<float>()[0], 0.0f);
  EXPECT_EQ(numbers.as<float>()[1], 1.0f);
  EXPECT_EQ(numbers.as<float>()[2], 1.0f);
}

}  // namespace
}  // namespace zooport::tensor
