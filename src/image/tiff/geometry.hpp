#pragma once

#include <optional>
#include <string>

#include "image/tiff/description.hpp"
#include "image/tiff/page.hpp"

namespace zooport::image::tiff {

// How the axes of the image lie on pages: leading axes count pages, the others are those of one page. An axis of size 1
// may have no place (-1) in a page, and a page's dimension of size 1 no axis.
struct Geometry {
  tensor::Shape shape;
  std::string axes;
  bool certain = false;
  std::size_t leading = 0;  // axes that count pages
  int samples = -1;         // index of the axis
  int rows = -1;
  int columns = -1;
};

// From the first page, the number of pages like it, and the description where it fits to them.
Geometry arrange(const Page& page, std::int64_t pages, const Described& described);

}  // namespace zooport::image::tiff
