#include "image/region.hpp"

#include "zooport/base/text.hpp"

namespace zooport::image {

Result<void> check_extent(const Info& info, const Limits& limits) {
  for (const std::int64_t size : info.shape) {
    if (size >= 0 && static_cast<std::uint64_t>(size) <= limits.image_extent) continue;
    return make_error(ErrorKind::kInvalid, "image.too-large",
                      concat("an image of shape ", shape_text(info.shape), " exceeds limits.image_extent (",
                             limits.image_extent, " along one axis); raise that limit if the file is to be trusted"));
  }
  const std::int64_t count = tensor::element_count(info.shape);
  const auto width = static_cast<std::int64_t>(tensor::size_of(info.dtype));
  if (count >= 0 && static_cast<std::uint64_t>(count) <= limits.image_elements && count <= INT64_MAX / width / 2)
    return {};
  return make_error(ErrorKind::kInvalid, "image.too-large",
                    concat("an image of shape ", shape_text(info.shape), " exceeds limits.image_elements (",
                           limits.image_elements, "); raise that limit if the file is to be trusted"));
}

Result<void> check_region(const Info& info, const Region& region) {
  const tensor::Shape& shape = info.shape;
  bool inside = region.origin.size() == shape.size() && region.size.size() == shape.size();
  for (std::size_t i = 0; inside && i < shape.size(); ++i) {
    inside = region.origin[i] >= 0 && region.size[i] >= 0 && region.origin[i] <= shape[i] &&
             region.size[i] <= shape[i] - region.origin[i];
  }
  if (inside) return {};
  return make_error(ErrorKind::kUsage, "image.region",
                    concat("the region at ", shape_text(region.origin), " of size ", shape_text(region.size),
                           " does not lie inside the image of shape ", shape_text(shape)));
}

Result<void> check_write(const Info& info, const Region& region, const tensor::View& elements) {
  ZOOPORT_TRY(check_region(info, region));
  if (elements.dtype == info.dtype && elements.shape == region.size) return {};
  return make_error(ErrorKind::kUsage, "image.elements",
                    concat("elements of type ", tensor::name_of(elements.dtype), " and shape ",
                           shape_text(elements.shape), " were given for a region of size ", shape_text(region.size),
                           " of an image of type ", tensor::name_of(info.dtype)));
}

}  // namespace zooport::image
