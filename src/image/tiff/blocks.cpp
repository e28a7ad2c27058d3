#include "image/tiff/blocks.hpp"

#include <algorithm>
#include <cstring>

#include "zooport/base/text.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::image::tiff {

using tensor::Shape;

namespace {

// Eight pixels a byte; rows begin at a byte.
void unpack_bits(const tensor::Array& packed, tensor::Array& pixels) {
  const std::int64_t rows = pixels.shape()[0];
  const std::int64_t columns = pixels.shape()[1];
  const std::int64_t row_bytes = (columns + 7) / 8;
  const auto from = packed.as<std::uint8_t>();
  const auto to = pixels.bytes();
  for (std::int64_t y = 0; y < rows; ++y) {
    for (std::int64_t x = 0; x < columns; ++x) {
      const unsigned bit = from[static_cast<std::size_t>(y * row_bytes + x / 8)] >> (7 - x % 8) & 1u;
      to[static_cast<std::size_t>(y * columns + x)] = static_cast<std::byte>(bit);
    }
  }
}

}  // namespace

Result<void> Blocks::select(const Page& page) {
  if (selected_ == page.directory) return {};
  selected_ = 0;
  if (handle_.use().set_sub_directory(handle_.get(), page.directory) == 0) return handle_.error("read");
  // Sets what decoding depends on again.
  ZOOPORT_TRY_ASSIGN(const Page again, read_page(handle_));
  if (!again.looks_like(page)) return handle_.error("read a second time");
  selected_ = page.directory;
  return {};
}

Result<void> Blocks::read(const Page& page, const Box& box, std::uint64_t offset, std::byte* to) {
  ZOOPORT_TRY(select(page));
  const auto width = static_cast<std::int64_t>(tensor::size_of(page.dtype));
  const std::int64_t across = (std::int64_t{page.width} + page.block_width - 1) / page.block_width;
  const std::int64_t down = (std::int64_t{page.height} + page.block_height - 1) / page.block_height;
  const std::int64_t planes = page.separate ? box.samples : 1;
  const std::int64_t samples = page.separate ? 1 : box.samples;
  const Shape strides{box.width * samples * width, samples * width, width};
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    std::byte* plane_to = to + plane * box.height * strides[0];
    const std::int64_t first_block = page.separate ? (box.sample + plane) * across * down : 0;
    for (std::int64_t by = box.y / page.block_height; by * page.block_height < box.y + box.height; ++by) {
      const std::int64_t top = by * page.block_height;
      const std::int64_t y0 = std::max(box.y, top);
      const std::int64_t y1 = std::min(box.y + box.height, top + page.block_height);
      for (std::int64_t bx = box.x / page.block_width; bx * page.block_width < box.x + box.width; ++bx) {
        const std::int64_t left = bx * page.block_width;
        const std::int64_t x0 = std::max(box.x, left);
        const std::int64_t x1 = std::min(box.x + box.width, left + page.block_width);
        // Strips end with the page, tiles do not.
        const std::int64_t rows =
            page.tiled ? page.block_height : std::min<std::int64_t>(page.block_height, page.height - top);
        ZOOPORT_TRY(read_block(page, static_cast<std::uint32_t>(first_block + by * across + bx),
                               {rows, page.block_width, page.block_samples()},
                               {y0 - top, x0 - left, page.separate ? 0 : box.sample}, {y1 - y0, x1 - x0, samples},
                               offset, plane_to + (y0 - box.y) * strides[0] + (x0 - box.x) * strides[1], strides));
      }
    }
  }
  return {};
}

Result<void> Blocks::read_block(const Page& page, std::uint32_t block, const Shape& size, const Shape& origin,
                                const Shape& part, std::uint64_t offset, std::byte* to, const Shape& strides) {
  const Library& tiff = handle_.use();
  if (page.tiled && tiff.block_byte_count(handle_.get(), block) == 0 && tiff.block_offset(handle_.get(), block) == 0) {
    // Scanners leave out tiles without tissue.
    const std::byte zero[8] = {};
    tensor::convert({zero, page.dtype, part, {0, 0, 0}}, to, page.dtype, strides);
    return {};
  }
  if (page.direct) return read_direct(page, block, size, origin, part, offset, to, strides);
  ZOOPORT_TRY_ASSIGN(const tensor::Array* pixels, decoded(page, block, size));
  tensor::View view = pixels->view();
  for (int i = 0; i < 3; ++i)
    view = view.cropped(i, origin[static_cast<std::size_t>(i)], part[static_cast<std::size_t>(i)]);
  tensor::convert(view, to, page.dtype, strides);
  return {};
}

Result<void> Blocks::read_direct(const Page& page, std::uint32_t block, const Shape& size, const Shape& origin,
                                 const Shape& part, std::uint64_t offset, std::byte* to, const Shape& strides) {
  tensor::NpyHeader layout;
  layout.dtype = page.dtype;
  layout.byte_order = page.big_endian ? tensor::ByteOrder::kBig : tensor::ByteOrder::kLittle;
  layout.shape = size;
  const std::uint64_t start = handle_.use().block_offset(handle_.get(), block);
  const std::uint64_t has = handle_.file().size();
  if (start == 0 || start > has || offset > has - start || layout.data_size() > has - start - offset) {
    Error error = make_error(
        ErrorKind::kInvalid, "tiff.truncated",
        concat("block ", block, " of the TIFF file is missing, or lies beyond its end at ", has, " bytes: it is cut"));
    error.what.file = handle_.file().path();
    return error;
  }
  layout.data_offset = static_cast<std::size_t>(start + offset);
  const auto read_at = [this](std::uint64_t at, std::span<std::byte> into) { return handle_.file().read_at(at, into); };
  ZOOPORT_TRY_ASSIGN(const tensor::Array pixels, tensor::read_npy_region(read_at, layout, origin, part, limits_));
  tensor::convert(pixels.view(), to, page.dtype, strides);
  return {};
}

// Memory for one more block; that of the block that was not used for longest if it fits, which spares the heap holes.
Result<tensor::Array> Blocks::room(const Page& page, const Shape& size) {
  const std::uint64_t bytes = static_cast<std::uint64_t>(tensor::element_count(size)) * tensor::size_of(page.dtype);
  tensor::Array oldest;
  while (!cache_.empty() && cached_bytes_ + bytes > cache_bytes_) {
    oldest = std::move(cache_.back().pixels);
    cached_bytes_ -= oldest.bytes().size();
    cache_.pop_back();
  }
  if (oldest.dtype() == page.dtype && oldest.shape() == size) return oldest;
  oldest = {};
  return tensor::Array::allocate(page.dtype, size, limits_);
}

Result<const tensor::Array*> Blocks::decoded(const Page& page, std::uint32_t block, const Shape& size) {
  for (auto it = cache_.begin(); it != cache_.end(); ++it) {
    if (it->directory != page.directory || it->block != block) continue;
    cache_.splice(cache_.begin(), cache_, it);
    return static_cast<const tensor::Array*>(&cache_.front().pixels);
  }
  ZOOPORT_TRY_ASSIGN(tensor::Array pixels, room(page, size));
  tensor::Array packed;
  const bool bits = page.dtype == tensor::Dtype::kBool;
  if (bits) packed = tensor::Array(tensor::Dtype::kUint8, {size[0], (size[1] + 7) / 8});
  const std::span<std::byte> into = bits ? packed.bytes() : pixels.bytes();
  // Damaged data may leave parts of the buffer as they were.
  std::memset(into.data(), 0, into.size());
  const Library& tiff = handle_.use();
  const auto wanted = static_cast<tmsize_t>(into.size());
  const tmsize_t got = page.tiled ? tiff.read_encoded_tile(handle_.get(), block, into.data(), wanted)
                                  : tiff.read_encoded_strip(handle_.get(), block, into.data(), wanted);
  if (got != wanted) return handle_.error(concat("decoded at block ", block));
  if (bits) unpack_bits(packed, pixels);
  cached_bytes_ += pixels.bytes().size();
  cache_.push_front({page.directory, block, std::move(pixels)});
  return static_cast<const tensor::Array*>(&cache_.front().pixels);
}

}  // namespace zooport::image::tiff
