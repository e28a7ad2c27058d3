#include "image/tiff/page.hpp"

#include <cstring>
#include <optional>

#include "zooport/base/text.hpp"

namespace zooport::image::tiff {
namespace {

using tensor::Dtype;

constexpr std::uint64_t kLargestBlock = 1u << 30;  // that is decoded at once, in bytes
constexpr std::size_t kLongestDescription = 1u << 20;

template <class T>
T field(const Handle& handle, std::uint32_t tag, T otherwise) {
  T value = otherwise;
  return handle.use().get_field_defaulted(handle.get(), tag, &value) == 1 ? value : otherwise;
}

std::optional<Dtype> dtype_of(std::uint16_t bits, std::uint16_t format) {
  switch (format) {
    case SAMPLEFORMAT_UINT:
    case SAMPLEFORMAT_VOID:
      switch (bits) {
        case 1: return Dtype::kBool;
        case 8: return Dtype::kUint8;
        case 16: return Dtype::kUint16;
        case 32: return Dtype::kUint32;
        case 64: return Dtype::kUint64;
        default: return std::nullopt;
      }
    case SAMPLEFORMAT_INT:
      switch (bits) {
        case 8: return Dtype::kInt8;
        case 16: return Dtype::kInt16;
        case 32: return Dtype::kInt32;
        case 64: return Dtype::kInt64;
        default: return std::nullopt;
      }
    case SAMPLEFORMAT_IEEEFP:
      switch (bits) {
        case 16: return Dtype::kFloat16;
        case 32: return Dtype::kFloat32;
        case 64: return Dtype::kFloat64;
        default: return std::nullopt;
      }
    default: return std::nullopt;
  }
}

Error unsupported(const Handle& handle, std::string what) {
  Error error = make_error(ErrorKind::kUnsupported, "tiff.unsupported",
                           concat("the TIFF file has ", what, ", which zooport does not read; save it in another way"));
  error.what.file = handle.file().path();
  return error;
}

Error damaged(const Handle& handle, std::string_view what) {
  Error error = make_error(ErrorKind::kInvalid, "tiff.damaged", concat("the TIFF file is damaged: ", what));
  error.what.file = handle.file().path();
  return error;
}

Result<void> read_blocks(const Handle& handle, Page& page) {
  page.tiled = handle.use().is_tiled(handle.get()) != 0;
  if (page.tiled) {
    page.block_width = field<std::uint32_t>(handle, TIFFTAG_TILEWIDTH, 0);
    page.block_height = field<std::uint32_t>(handle, TIFFTAG_TILELENGTH, 0);
  } else {
    page.block_width = page.width;
    page.block_height = std::min(field<std::uint32_t>(handle, TIFFTAG_ROWSPERSTRIP, page.height), page.height);
  }
  if (page.block_width == 0 || page.block_height == 0) return damaged(handle, "its blocks are empty");
  const std::uint64_t across = (std::uint64_t{page.width} + page.block_width - 1) / page.block_width;
  const std::uint64_t down = (std::uint64_t{page.height} + page.block_height - 1) / page.block_height;
  const std::uint64_t planes = page.separate ? page.samples : 1;
  const std::uint64_t has =
      page.tiled ? handle.use().number_of_tiles(handle.get()) : handle.use().number_of_strips(handle.get());
  if (has == 0 || has / planes / across < down) return damaged(handle, "it has fewer blocks than its size needs");
  if (page.direct) return {};
  const std::uint64_t row = std::uint64_t{page.block_width} * page.block_samples();
  if (row > kLargestBlock || row * page.block_height > kLargestBlock / tensor::size_of(page.dtype)) {
    Error error = make_error(
        ErrorKind::kUnsupported, "tiff.block-too-large",
        concat("the TIFF file is compressed in blocks of ", page.block_width, " x ", page.block_height, " pixels of ",
               page.block_samples(), " samples, more than can be decoded at once; save it with tiles"));
    error.what.file = handle.file().path();
    return error;
  }
  return {};
}

}  // namespace

Result<Page> read_page(const Handle& handle) {
  const Library& tiff = handle.use();
  Page page;
  page.directory = tiff.current_directory_offset(handle.get());
  page.width = field<std::uint32_t>(handle, TIFFTAG_IMAGEWIDTH, 0);
  page.height = field<std::uint32_t>(handle, TIFFTAG_IMAGELENGTH, 0);
  const auto samples = field<std::uint16_t>(handle, TIFFTAG_SAMPLESPERPIXEL, 1);
  const auto bits = field<std::uint16_t>(handle, TIFFTAG_BITSPERSAMPLE, 1);
  const auto format = field<std::uint16_t>(handle, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  const auto planar = field<std::uint16_t>(handle, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  const auto compression = field<std::uint16_t>(handle, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  const auto photometric = field<std::uint16_t>(handle, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  const auto fill_order = field<std::uint16_t>(handle, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
  const auto kind = field<std::uint32_t>(handle, TIFFTAG_SUBFILETYPE, 0);
  page.reduced = (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
  if (page.width == 0 || page.height == 0 || samples == 0) return damaged(handle, "it has no pixels");
  page.samples = samples;
  page.separate = planar == PLANARCONFIG_SEPARATE && samples > 1;
  const auto dtype = dtype_of(bits, format);
  if (!dtype) return unsupported(handle, concat("elements of ", bits, " bits in sample format ", format));
  if (*dtype == Dtype::kBool && samples > 1) return unsupported(handle, "several samples of 1 bit");
  page.dtype = *dtype;
  if (tiff.is_codec_configured(compression) == 0)
    return unsupported(handle, concat("compression ", compression, ", which libtiff was built without"));
  if (photometric == PHOTOMETRIC_YCBCR) {
    if (compression != COMPRESSION_JPEG) return unsupported(handle, "colours as YCbCr without JPEG compression");
    tiff.set_field(handle.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  page.big_endian = tiff.is_big_endian(handle.get()) != 0;
  page.direct = compression == COMPRESSION_NONE && *dtype != Dtype::kBool && fill_order == FILLORDER_MSB2LSB;
  ZOOPORT_TRY(read_blocks(handle, page));
  return page;
}

std::string description(const Handle& handle) {
  const char* text = nullptr;
  if (handle.use().get_field(handle.get(), TIFFTAG_IMAGEDESCRIPTION, &text) != 1 || text == nullptr) return {};
  return {text, strnlen(text, kLongestDescription)};
}

}  // namespace zooport::image::tiff
