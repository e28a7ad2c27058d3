#include <array>

#include "image/format.hpp"

namespace zooport::image {

// The one place that knows all formats.
std::span<const Format> formats() {
  static const std::array kFormats{npy_format(), png_format(), tiff_format()};
  return kFormats;
}

}  // namespace zooport::image
