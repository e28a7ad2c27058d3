#pragma once

#include <list>

#include "image/tiff/page.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::image::tiff {

// A box of pixels inside one page.
struct Box {
  std::int64_t sample = 0, samples = 0;
  std::int64_t y = 0, height = 0;
  std::int64_t x = 0, width = 0;
};

// Reads boxes of the pages of one file. Compressed blocks are decoded whole; those that were used last are kept, up to
// `cache_bytes` or one block.
class Blocks {
 public:
  Blocks(Handle handle, const Limits& limits, std::uint64_t cache_bytes)
      : handle_(std::move(handle)), limits_(limits), cache_bytes_(cache_bytes) {}

  Handle& handle() { return handle_; }
  Result<void> select(const Page& page);  // makes it the handle's current directory

  // The elements of the box as rows, columns, samples, or samples, rows, columns where the page keeps them separate.
  // `offset` is added to where the file says that direct elements lie.
  Result<void> read(const Page& page, const Box& box, std::uint64_t offset, std::byte* to);

 private:
  struct Cached {
    std::uint64_t directory;
    std::uint32_t block;
    tensor::Array pixels;  // rows, columns, samples
  };

  // Block at (row, column, plane); `size` is what lies inside the page: rows, columns, samples.
  Result<void> read_block(const Page& page, std::uint32_t block, const tensor::Shape& size, const tensor::Shape& origin,
                          const tensor::Shape& part, std::uint64_t offset, std::byte* to, const tensor::Shape& strides);
  Result<void> read_direct(const Page& page, std::uint32_t block, const tensor::Shape& size,
                           const tensor::Shape& origin, const tensor::Shape& part, std::uint64_t offset, std::byte* to,
                           const tensor::Shape& strides);
  Result<tensor::Array> room(const Page& page, const tensor::Shape& size);
  Result<const tensor::Array*> decoded(const Page& page, std::uint32_t block, const tensor::Shape& size);

  Handle handle_;
  Limits limits_;
  std::uint64_t cache_bytes_;
  std::uint64_t selected_ = 0;
  std::list<Cached> cache_;  // the last used first
  std::uint64_t cached_bytes_ = 0;
};

}  // namespace zooport::image::tiff
