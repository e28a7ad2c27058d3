#pragma once

#include <cstdint>
#include <string>

#include "image/tiff/handle.hpp"
#include "zooport/tensor/dtype.hpp"

namespace zooport::image::tiff {

// The current directory of a handle: one picture, made of blocks (tiles, or strips of whole rows). Elements are given
// as they are stored: colours of a palette and "0 is white" are not applied, as tifffile does not.
struct Page {
  std::uint64_t directory = 0;  // offset in the file
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t samples = 1;
  bool separate = false;  // the samples lie in planes of their own
  bool reduced = false;   // a smaller copy or a mask of another page
  bool tiled = false;
  bool direct = false;  // elements lie in the file as they are
  bool big_endian = false;
  tensor::Dtype dtype = tensor::Dtype::kUint8;
  std::uint32_t block_width = 0;
  std::uint32_t block_height = 0;

  // Samples that are next to each other in one block.
  std::uint32_t block_samples() const { return separate ? 1 : samples; }
  bool looks_like(const Page& other) const {
    return width == other.width && height == other.height && samples == other.samples && separate == other.separate &&
           dtype == other.dtype;
  }
};

// Errors: tiff.unsupported for what libtiff or zooport cannot decode, tiff.damaged, tiff.block-too-large.
Result<Page> read_page(const Handle& handle);

// The text of the current directory's ImageDescription; empty if there is none.
std::string description(const Handle& handle);

}  // namespace zooport::image::tiff
