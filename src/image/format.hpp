#pragma once

#include <span>
#include <string_view>

#include "zooport/base/os/input_file.hpp"
#include "zooport/image/image.hpp"

namespace zooport::image {

// One image format. The functions live in the format's own folder.
struct Format {
  std::string_view name;
  std::span<const std::string_view> endings;             // lower case, with the dot; the first is the usual one
  bool (*recognises)(std::span<const std::byte> start);  // of at most kStart bytes
  Result<std::unique_ptr<Reader>> (*open)(os::InputFile file, const Context& context);
  Result<std::unique_ptr<Writer>> (*create)(const std::string& path, const Info& info, const WriteOptions& options,
                                            const Context& context);
};

constexpr std::size_t kStart = 16;

std::span<const Format> formats();

// One function a format; see formats.cpp.
Format npy_format();
Format png_format();
Format tiff_format();

}  // namespace zooport::image
