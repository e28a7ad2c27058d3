#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "zooport/base/os/file.hpp"
#include "zooport/image/image.hpp"

// Opens the bytes as an image; a part of it must be what the whole has there.
inline int read_image(const std::uint8_t* data, std::size_t size) {
  using namespace zooport;
  static const std::string kPath =
      os::join_path(os::temporary_folder(), "zooport_image_fuzz_" + std::to_string(std::uintptr_t(&kPath)));
  std::ofstream(kPath, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  Context context;
  context.limits.array_bytes = 16u << 20;
  context.limits.image_elements = 1u << 20;
  const auto reader = image::open_reader(kPath, context);
  if (!reader.ok()) return 0;
  const tensor::Shape shape = (*reader)->info().shape;
  const auto whole = (*reader)->read({tensor::Shape(shape.size(), 0), shape});
  image::Region part;
  for (const std::int64_t length : shape) {
    part.origin.push_back(length / 3);
    part.size.push_back((length + 1) / 2);
    if (part.origin.back() + part.size.back() > length) return 0;
  }
  const auto again = (*reader)->read(part);
  if (!whole.ok() || !again.ok()) return 0;
  tensor::View view = whole->view();
  for (std::size_t i = 0; i < shape.size(); ++i) view = view.cropped(static_cast<int>(i), part.origin[i], part.size[i]);
  const tensor::Array expected = tensor::Array::copy_of(view);
  if (std::string_view(reinterpret_cast<const char*>(expected.bytes().data()), expected.bytes().size()) !=
      std::string_view(reinterpret_cast<const char*>(again->bytes().data()), again->bytes().size()))
    std::abort();
  return 0;
}
