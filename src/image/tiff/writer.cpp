#include "image/tiff/writer.hpp"

#include <tiff.h>

#include <algorithm>
#include <array>

#include "image/flat_writer.hpp"
#include "image/region.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/axes.hpp"

namespace zooport::image::tiff {
namespace {

using tensor::Dtype;

constexpr std::uint64_t kStripBytes = 256 * 1024;
constexpr std::uint64_t kMostPages = 1u << 20;
constexpr std::uint64_t kAlignment = 64;  // of the elements

struct Layout {
  std::uint64_t pages = 1;
  std::uint64_t height = 1;
  std::uint64_t width = 1;
  std::uint64_t samples = 1;
  std::uint64_t element = 1;  // bytes

  std::uint64_t row_bytes() const { return width * samples * element; }
  std::uint64_t page_bytes() const { return height * row_bytes(); }
  std::uint64_t rows_per_strip() const { return std::clamp<std::uint64_t>(kStripBytes / row_bytes(), 1, height); }
  std::uint64_t strips() const { return (height + rows_per_strip() - 1) / rows_per_strip(); }
};

Layout layout_of(const Info& info, const std::string& axes) {
  Layout layout;
  layout.element = tensor::size_of(info.dtype);
  tensor::Shape shape = info.shape;
  const auto take = [&](std::uint64_t& size) {
    if (shape.empty()) return;
    size = static_cast<std::uint64_t>(shape.back());
    shape.pop_back();
  };
  // Only what the axes call channels behind x is a sample; a channel before them is a page of its own.
  if (axes.ends_with("yxc") && shape.back() <= 65535) take(layout.samples);
  take(layout.width);
  take(layout.height);
  layout.pages = static_cast<std::uint64_t>(tensor::element_count(shape));
  return layout;
}

std::string describe(const Info& info, const std::string& axes) {
  std::string text = concat("{\"shape\": ", shape_text(info.shape));
  std::string letters = axes;
  for (char& letter : letters) letter = static_cast<char>(letter - 'a' + 'A');
  if (!letters.empty()) text += concat(", \"axes\": \"", letters, "\"");
  return text + "}";
}

// Directories of one file, classic or big.
class HeadWriter {
 public:
  HeadWriter(bool big, const Layout& layout, std::string description, Dtype dtype)
      : big_(big), layout_(layout), description_(std::move(description)), dtype_(dtype) {
    description_ += '\0';
  }

  // `data` is where the elements begin; only the length of the result does not depend on it.
  std::string write(std::uint64_t data) {
    out_ = big_ ? std::string("II\x2b\0\x08\0\0\0", 8) : std::string("II\x2a\0", 4);
    put(out_.size() + offset_size(), offset_size());
    for (std::uint64_t page = 0; page < layout_.pages; ++page) directory(page, data + page * layout_.page_bytes());
    out_.append((kAlignment - out_.size() % kAlignment) % kAlignment, '\0');
    return std::move(out_);
  }

 private:
  std::size_t offset_size() const { return big_ ? 8 : 4; }

  void put(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out_ += static_cast<char>(value >> (8 * i) & 0xff);
  }

  // A tag whose values follow the directory, or lie in it if they fit.
  void entry(std::uint16_t tag, std::uint16_t type, std::uint64_t count, const std::string& values) {
    put(tag, 2);
    put(type, 2);
    put(count, offset_size());
    if (values.size() <= offset_size()) {
      out_ += values;
      out_.append(offset_size() - values.size(), '\0');
      return;
    }
    put(extra_at_ + extra_.size(), offset_size());
    extra_ += values;
    extra_.append(extra_.size() % 2, '\0');
  }

  void number(std::uint16_t tag, std::uint64_t value) {
    std::string bytes;
    for (std::size_t i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    entry(tag, TIFF_LONG, 1, bytes);
  }

  void shorts(std::uint16_t tag, std::uint64_t count, std::uint16_t value) {
    std::string bytes;
    for (std::uint64_t i = 0; i < count; ++i) {
      bytes += static_cast<char>(value & 0xff);
      bytes += static_cast<char>(value >> 8);
    }
    entry(tag, TIFF_SHORT, count, bytes);
  }

  template <class F>
  void offsets(std::uint16_t tag, F value) {
    std::string bytes;
    for (std::uint64_t i = 0; i < layout_.strips(); ++i)
      for (std::size_t b = 0; b < offset_size(); ++b) bytes += static_cast<char>(value(i) >> (8 * b) & 0xff);
    entry(tag, big_ ? TIFF_LONG8 : TIFF_LONG, layout_.strips(), bytes);
  }

  void directory(std::uint64_t page, std::uint64_t data) {
    const bool first = page == 0;
    const bool color = (layout_.samples == 3 || layout_.samples == 4) && tensor::size_of(dtype_) <= 2;
    const std::uint64_t colors = color ? 3 : 1;
    const bool extra = layout_.samples > colors;
    const std::size_t entries = 11u + (first ? 1 : 0) + (extra ? 1 : 0);
    const std::size_t count_size = big_ ? 8 : 2;
    const std::size_t entry_size = big_ ? 20 : 12;
    extra_.clear();
    extra_at_ = out_.size() + count_size + entries * entry_size + offset_size();
    const std::uint64_t rows = layout_.rows_per_strip();
    put(entries, count_size);
    number(TIFFTAG_IMAGEWIDTH, layout_.width);
    number(TIFFTAG_IMAGELENGTH, layout_.height);
    shorts(TIFFTAG_BITSPERSAMPLE, layout_.samples, static_cast<std::uint16_t>(8 * layout_.element));
    shorts(TIFFTAG_COMPRESSION, 1, COMPRESSION_NONE);
    shorts(TIFFTAG_PHOTOMETRIC, 1, color ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    if (first) entry(TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, description_.size(), description_);
    offsets(TIFFTAG_STRIPOFFSETS, [&](std::uint64_t i) { return data + i * rows * layout_.row_bytes(); });
    shorts(TIFFTAG_SAMPLESPERPIXEL, 1, static_cast<std::uint16_t>(layout_.samples));
    number(TIFFTAG_ROWSPERSTRIP, rows);
    offsets(TIFFTAG_STRIPBYTECOUNTS,
            [&](std::uint64_t i) { return std::min(rows, layout_.height - i * rows) * layout_.row_bytes(); });
    shorts(TIFFTAG_PLANARCONFIG, 1, PLANARCONFIG_CONTIG);
    if (extra) shorts(TIFFTAG_EXTRASAMPLES, layout_.samples - colors, EXTRASAMPLE_UNSPECIFIED);
    shorts(TIFFTAG_SAMPLEFORMAT, layout_.samples, sample_format());
    const bool last = page + 1 == layout_.pages;
    put(last ? 0 : extra_at_ + extra_.size(), offset_size());
    out_ += extra_;
  }

  std::uint16_t sample_format() const {
    if (tensor::is_floating(dtype_)) return SAMPLEFORMAT_IEEEFP;
    const bool is_signed =
        dtype_ == Dtype::kInt8 || dtype_ == Dtype::kInt16 || dtype_ == Dtype::kInt32 || dtype_ == Dtype::kInt64;
    return is_signed ? SAMPLEFORMAT_INT : SAMPLEFORMAT_UINT;
  }

  bool big_;
  Layout layout_;
  std::string description_;
  Dtype dtype_;
  std::string out_;
  std::string extra_;
  std::size_t extra_at_ = 0;
};

}  // namespace

Result<std::string> head(const Info& info) {
  const std::string axes = info.axes.empty() ? guess_axes(info.shape) : info.axes;
  const std::int64_t count = tensor::element_count(info.shape);
  const Layout layout = count > 0 ? layout_of(info, axes) : Layout{};
  if (count <= 0 || layout.pages > kMostPages || layout.width > UINT32_MAX || layout.height > UINT32_MAX) {
    return make_error(ErrorKind::kUnsupported, "tiff.unsupported",
                      concat("a TIFF file cannot hold an image of shape ", shape_text(info.shape),
                             ": it takes at least one pixel and at most a million pages; use .npy"));
  }
  const std::string text = describe(info, info.axes);
  for (const bool big : {false, true}) {
    HeadWriter writer(big, layout, text, info.dtype);
    const std::size_t size = writer.write(0).size();
    const std::uint64_t whole = size + layout.pages * layout.page_bytes();
    if (big || whole <= UINT32_MAX) return HeadWriter(big, layout, text, info.dtype).write(size);
  }
  return make_error(ErrorKind::kInternal, "tiff.unsupported", "no kind of TIFF fits");
}

Result<std::unique_ptr<Writer>> create(const std::string& path, const Info& info, const WriteOptions& options,
                                       const Context&) {
  ZOOPORT_TRY_ASSIGN(const std::string start, head(info));
  return FlatWriter::create(path, info, options, as_bytes(start));
}

}  // namespace zooport::image::tiff
