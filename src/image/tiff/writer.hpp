#pragma once

#include "zooport/image/image.hpp"

namespace zooport::image::tiff {

// Everything in front of the elements of an uncompressed TIFF whose elements are one array in C order: header and one
// directory for each index of the leading axes. BigTIFF where 32-bit offsets do not reach. The description names shape
// and axes as tifffile does. `bool` becomes uint8.
Result<std::string> head(const Info& info);

Result<std::unique_ptr<Writer>> create(const std::string& path, const Info& info, const WriteOptions& options,
                                       const Context& context);

}  // namespace zooport::image::tiff
