#pragma once

#include <gtest/gtest.h>

#include <string>

#include "zooport/base/os/file.hpp"
#include "zooport/image/image.hpp"

namespace zooport::image {

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string scratch(std::string_view name) { return os::join_path(::testing::TempDir(), name); }

// Different everywhere, the same in every run.
inline tensor::Array noise(tensor::Dtype dtype, tensor::Shape shape) {
  tensor::Array array = tensor::Array::uninitialized(dtype, std::move(shape));
  unsigned state = 1;
  for (std::byte& b : array.bytes()) {
    state = state * 1664525u + 1013904223u;
    b = static_cast<std::byte>(dtype == tensor::Dtype::kBool ? state >> 31 : state >> 24);
  }
  return array;
}

inline Region everything(const Info& info) { return {tensor::Shape(info.shape.size(), 0), info.shape}; }

inline tensor::View cropped(tensor::View view, const Region& region) {
  for (std::size_t i = 0; i < region.size.size(); ++i)
    view = view.cropped(static_cast<int>(i), region.origin[i], region.size[i]);
  return view;
}

// Reads `count` boxes of the image, in no order, and compares them with parts of `whole`.
inline void expect_regions(Reader& reader, const tensor::Array& whole, int count) {
  unsigned state = 99;
  const auto below = [&state](std::int64_t end) {
    state = state * 1664525u + 1013904223u;
    return static_cast<std::int64_t>(state >> 8) % end;
  };
  for (int n = 0; n < count; ++n) {
    Region region;
    for (const std::int64_t size : whole.shape()) {
      region.origin.push_back(below(size));
      region.size.push_back(1 + below(size - region.origin.back()));
    }
    const auto part = reader.read(region);
    ASSERT_TRUE(part.ok()) << part.error().what.message;
    ASSERT_EQ(part->shape(), region.size);
    ASSERT_EQ(text_of(part->bytes()), text_of(tensor::Array::copy_of(cropped(whole.view(), region)).bytes()));
  }
}

}  // namespace zooport::image
