#pragma once

#include <cstdint>
#include <string>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"

namespace zooport::bioimageio {

// What a picture file is, by its content.
struct Picture {
  std::string format;      // "png", "jpeg", "gif", "tiff" or "svg"
  std::int64_t width = 0;  // 0: not told
  std::int64_t height = 0;
};

// PNG and TIFF are decoded; of the others the headers are read. Errors (kInvalid): not a picture, or a damaged one.
Result<Picture> look_at_picture(const Bytes& file, const std::string& name, const Context& context);

}  // namespace zooport::bioimageio
