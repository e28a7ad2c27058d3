#include "image/png/reader.hpp"

#include <algorithm>

#include "image/region.hpp"

namespace zooport::image::png {

Result<std::unique_ptr<Reader>> PngReader::open(os::InputFile file, const Context& context) {
  std::unique_ptr<PngReader> reader(new PngReader(std::move(file), context.limits));
  ZOOPORT_TRY_ASSIGN(reader->decoder_, Decoder::open(*reader->file_, context.limits));
  const Header& header = reader->header_ = reader->decoder_->header();
  Info& info = reader->info_;
  info = {"png", header.dtype, {header.height, header.width}, "yx", true};
  if (header.channels > 1) {
    info.shape.push_back(header.channels);
    info.axes = "yxc";
  }
  return std::unique_ptr<Reader>(std::move(reader));
}

Result<const std::byte*> PngReader::row(std::int64_t y) {
  const auto kept = static_cast<std::int64_t>(rows_.size());
  if (y < next_row_ - kept) {
    ZOOPORT_TRY_ASSIGN(decoder_, Decoder::open(*file_, limits_));
    rows_.clear();
    next_row_ = 0;
  }
  const std::size_t most = static_cast<std::size_t>(std::max<std::uint64_t>(1, cache_bytes_ / header_.row_bytes()));
  while (next_row_ <= y) {
    std::vector<std::byte> fresh;
    if (rows_.size() >= most) {
      fresh = std::move(rows_.front());
      rows_.pop_front();
    }
    fresh.resize(header_.row_bytes());
    const Result<void> result = decoder_->read_row(fresh);
    if (!result.ok()) {
      // libpng must not be asked again after an error.
      rows_.clear();
      next_row_ = info_.shape[0];
      return result.error();
    }
    rows_.push_back(std::move(fresh));
    ++next_row_;
    ++decoded_rows_;
  }
  return static_cast<const std::byte*>(rows_[rows_.size() - static_cast<std::size_t>(next_row_ - y)].data());
}

Result<void> PngReader::read_whole() {
  if (whole_) return {};
  ZOOPORT_TRY_ASSIGN(tensor::Array image, tensor::Array::allocate(info_.dtype, info_.shape, limits_));
  ZOOPORT_TRY_ASSIGN(decoder_, Decoder::open(*file_, limits_));
  ZOOPORT_TRY(decoder_->read_interlaced(image.bytes()));
  whole_ = std::move(image);
  decoder_.reset();
  return {};
}

Result<tensor::Array> PngReader::read(const Region& region) {
  ZOOPORT_TRY(check_region(info_, region));
  ZOOPORT_TRY_ASSIGN(tensor::Array array, tensor::Array::allocate(info_.dtype, region.size, limits_));
  if (array.size() == 0) return array;
  if (header_.interlaced) {
    ZOOPORT_TRY(read_whole());
    tensor::View part = whole_->view();
    for (std::size_t i = 0; i < region.size.size(); ++i)
      part = part.cropped(static_cast<int>(i), region.origin[i], region.size[i]);
    tensor::convert(part, array.bytes().data(), info_.dtype, array.view().strides);
    return array;
  }
  Info line = info_;
  line.shape[0] = 1;
  const tensor::Shape strides = array.view().strides;
  for (std::int64_t y = 0; y < region.size[0]; ++y) {
    ZOOPORT_TRY_ASSIGN(const std::byte* pixels, row(region.origin[0] + y));
    tensor::View part{pixels, info_.dtype, line.shape, tensor::contiguous_strides(info_.dtype, line.shape)};
    for (std::size_t i = 1; i < region.size.size(); ++i)
      part = part.cropped(static_cast<int>(i), region.origin[i], region.size[i]);
    tensor::convert(part, array.bytes().data() + y * strides[0], info_.dtype, strides);
  }
  return array;
}

}  // namespace zooport::image::png
