#pragma once

#include <vector>

#include "image/tiff/blocks.hpp"
#include "image/tiff/geometry.hpp"
#include "zooport/image/image.hpp"

namespace zooport::image::tiff {

class TiffReader final : public Reader {
 public:
  static Result<std::unique_ptr<Reader>> open(os::InputFile file, const Context& context);

  const Info& info() const override { return info_; }
  Result<tensor::Array> read(const Region& region) override;

 private:
  TiffReader(Blocks blocks, const Limits& limits) : blocks_(std::move(blocks)), limits_(limits) {}

  Result<void> find_pages(const Context& context);
  Result<void> arrange_axes(const Described& described);

  Blocks blocks_;
  Limits limits_;
  Info info_;
  Geometry geometry_;
  std::vector<Page> pages_;
  std::int64_t stacked_ = 0;  // pictures behind each other in the one page of a large ImageJ file; 0: none
};

}  // namespace zooport::image::tiff
