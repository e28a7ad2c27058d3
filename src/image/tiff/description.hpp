#pragma once

#include <string>
#include <string_view>

#include "zooport/tensor/array.hpp"

namespace zooport::image::tiff {

// What the ImageDescription of the first page says about the order of pages.
struct Described {
  tensor::Shape shape;     // of all axes (tifffile), or of those of the pages alone
  std::string axes;        // one letter each, or empty
  bool whole = false;      // shape and axes include those of a page
  std::int64_t pages = 0;  // that ImageJ announces, 0 otherwise
};

// ImageJ's "images=… channels=…", tifffile's {"shape": […], "axes": "…"}, and the first Pixels element of OME-XML (its
// order of pages is taken to be DimensionOrder). An empty shape where nothing was understood.
Described parse_description(std::string_view text);

}  // namespace zooport::image::tiff
