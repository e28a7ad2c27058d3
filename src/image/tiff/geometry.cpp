#include "image/tiff/geometry.hpp"

#include <array>

#include "zooport/image/axes.hpp"

namespace zooport::image::tiff {
namespace {

struct Dimension {
  std::int64_t size;
  int Geometry::*axis;
};

// The dimensions of one page, slowest first.
std::array<Dimension, 3> dimensions(const Page& page) {
  const Dimension samples{page.samples, &Geometry::samples};
  const Dimension rows{page.height, &Geometry::rows};
  const Dimension columns{page.width, &Geometry::columns};
  if (page.separate) return {samples, rows, columns};
  return {rows, columns, samples};
}

// Lays `shape` over pages and page, from the last axis backwards; axes and dimensions of size 1 pair with anything.
std::optional<Geometry> fit(const Page& page, std::int64_t pages, const tensor::Shape& shape) {
  Geometry geometry;
  geometry.shape = shape;
  const auto parts = dimensions(page);
  std::size_t left = shape.size();
  for (std::size_t i = parts.size(); i-- > 0;) {
    if (parts[i].size == 1) continue;
    while (left > 0 && shape[left - 1] == 1) --left;
    if (left == 0 || shape[left - 1] != parts[i].size) return std::nullopt;
    geometry.*parts[i].axis = static_cast<int>(--left);
  }
  const tensor::Shape leading(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(left));
  if (tensor::element_count(leading) != pages) return std::nullopt;
  geometry.leading = left;
  return geometry;
}

}  // namespace

Geometry arrange(const Page& page, std::int64_t pages, const Described& described) {
  std::string page_axes = "yx";
  tensor::Shape page_shape{page.height, page.width};
  if (page.samples > 1) {
    page_axes = page.separate ? "cyx" : "yxc";
    page_shape.insert(page.separate ? page_shape.begin() : page_shape.end(), page.samples);
  }
  if (described.whole && !described.shape.empty()) {
    if (auto geometry = fit(page, pages, described.shape)) {
      geometry->certain = !described.axes.empty();
      geometry->axes = geometry->certain ? described.axes : guess_axes(described.shape);
      if (!geometry->certain && described.shape == page_shape) {
        geometry->axes = page_axes;
        geometry->certain = true;
      }
      return *geometry;
    }
  }
  tensor::Shape leading;
  std::string letters;
  bool certain = pages == 1;
  if (!described.whole && tensor::element_count(described.shape) == pages) {
    leading = described.shape;
    letters = described.axes;
    certain = page.samples == 1 || letters.find('c') == std::string::npos;
  } else if (pages > 1) {
    leading = {pages};
    letters = "z";
  }
  leading.insert(leading.end(), page_shape.begin(), page_shape.end());
  Geometry geometry = *fit(page, pages, leading);
  geometry.certain = certain;
  geometry.axes = letters + page_axes;
  if (!certain && page.samples > 1 && letters.find('c') != std::string::npos) geometry.axes = guess_axes(leading);
  return geometry;
}

}  // namespace zooport::image::tiff
