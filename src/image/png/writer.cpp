#include "image/png/writer.hpp"

#include "image/region.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/axes.hpp"

namespace zooport::image::png {
namespace {

Error unsupported(const Info& info) {
  return make_error(
      ErrorKind::kUnsupported, "png.unsupported",
      concat("PNG cannot hold an image of type ", tensor::name_of(info.dtype), " and shape ", shape_text(info.shape),
             " (", info.axes.empty() ? "axes unknown" : info.axes,
             "): it takes bool (one channel), uint8 and uint16, one plane of 1 to 4 channels; use .tif or .npy"));
}

}  // namespace

Result<std::unique_ptr<Writer>> PngWriter::create(const std::string& path, const Info& given,
                                                  const WriteOptions& options, const Context&) {
  using tensor::Dtype;
  Info info = given;
  if (info.axes.empty()) info.axes = guess_axes(info.shape);
  const std::size_t y = info.axes.find('y');
  const std::size_t x = info.axes.find('x');
  const std::size_t c = info.axes.find('c');
  if (y == std::string::npos || x == std::string::npos) return unsupported(info);
  Header header;
  std::vector<int> order;
  std::int64_t others = 1;
  for (std::size_t i = 0; i < info.shape.size(); ++i) {
    if (i == y || i == x || i == c) continue;
    others *= info.shape[i];
    order.push_back(static_cast<int>(i));
  }
  order.push_back(static_cast<int>(y));
  order.push_back(static_cast<int>(x));
  const std::int64_t channels = c == std::string::npos ? 1 : info.shape[c];
  if (c != std::string::npos) order.push_back(static_cast<int>(c));
  const bool fits =
      others == 1 && channels >= 1 && channels <= 4 && info.shape[y] >= 1 && info.shape[x] >= 1 &&
      info.shape[y] <= INT32_MAX && info.shape[x] <= INT32_MAX &&
      (info.dtype == Dtype::kUint8 || info.dtype == Dtype::kUint16 || (info.dtype == Dtype::kBool && channels == 1));
  if (!fits) return unsupported(info);
  header.width = static_cast<std::uint32_t>(info.shape[x]);
  header.height = static_cast<std::uint32_t>(info.shape[y]);
  header.channels = static_cast<int>(channels);
  header.dtype = info.dtype;
  ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(path, options.may_replace));
  ZOOPORT_TRY_ASSIGN(Encoder encoder, Encoder::create(std::move(file), header));
  std::unique_ptr<PngWriter> writer(new PngWriter(std::move(encoder), std::move(info), static_cast<int>(y)));
  writer->to_rows_ = std::move(order);
  return std::unique_ptr<Writer>(std::move(writer));
}

Result<void> PngWriter::write(const Region& region, const tensor::View& elements) {
  ZOOPORT_TRY(check_write(info_, region, elements));
  const auto y = static_cast<std::size_t>(y_);
  bool whole = region.origin[y] == next_row_;
  for (std::size_t i = 0; i < region.size.size(); ++i) whole = whole && (i == y || region.size[i] == info_.shape[i]);
  if (!whole) {
    return make_error(ErrorKind::kUsage, "image.order",
                      concat("PNG takes whole rows from the top: expected row ", next_row_, ", got the region at ",
                             shape_text(region.origin), " of size ", shape_text(region.size)));
  }
  for (std::int64_t i = 0; i < region.size[y]; ++i) {
    const tensor::Array row = tensor::Array::copy_of(elements.cropped(y_, i, 1).transposed(to_rows_));
    ZOOPORT_TRY(encoder_.write_row(row.bytes()));
    ++next_row_;
  }
  return {};
}

Result<void> PngWriter::finish() {
  if (next_row_ != info_.shape[static_cast<std::size_t>(y_)])
    return make_error(ErrorKind::kUsage, "image.order",
                      concat("the image ends before row ", next_row_, " was written"));
  return encoder_.finish();
}

}  // namespace zooport::image::png
