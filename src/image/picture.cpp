#include "zooport/image/picture.hpp"

#include <algorithm>
#include <cmath>

namespace zooport::image {
namespace {

constexpr std::byte kGrey{128};

struct Range {
  float low = 0;
  float high = 0;
};

Range percentiles(const tensor::Array& plane, const PictureOptions& options) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(plane.size()));
  for (const float value : plane.as<float>())
    if (std::isfinite(value)) values.push_back(value);
  if (values.empty()) return {};
  const auto at = [&](double percent) {
    const double last = static_cast<double>(values.size() - 1);
    const auto index = static_cast<std::ptrdiff_t>(std::lround(std::clamp(percent / 100, 0.0, 1.0) * last));
    std::nth_element(values.begin(), values.begin() + index, values.end());
    return values[static_cast<std::size_t>(index)];
  };
  Range range{at(options.low), at(options.high)};
  // Few bright pixels on an even ground, as in a mask: the whole range then.
  if (range.low == range.high) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    range = {*least, *most};
  }
  return range;
}

std::byte shade(float value, Range range) {
  if (std::isnan(value)) return std::byte{0};
  if (range.low == range.high) return value == 0 ? std::byte{0} : std::byte{255};
  const float part = std::clamp((value - range.low) / (range.high - range.low), 0.0f, 1.0f);
  return static_cast<std::byte>(std::lround(part * 255));
}

void paint(const tensor::View& plane, std::int64_t column, tensor::Array& picture, const PictureOptions& options) {
  const tensor::Array values = tensor::Array::converted(plane, tensor::Dtype::kFloat32);
  const Range range = percentiles(values, options);
  const std::int64_t width = picture.shape()[1];
  for (std::int64_t y = 0; y < plane.shape[0]; ++y)
    for (std::int64_t x = 0; x < plane.shape[1]; ++x)
      picture.bytes()[static_cast<std::size_t>(y * width + column + x)] =
          shade(values.as<float>()[static_cast<std::size_t>(y * plane.shape[1] + x)], range);
}

}  // namespace

tensor::Array side_by_side(const tensor::View& left, const tensor::View& right, const PictureOptions& options) {
  const std::int64_t height = std::max(left.shape[0], right.shape[0]);
  const std::int64_t start = left.shape[1] + options.gap;
  tensor::Array picture = tensor::Array::uninitialized(tensor::Dtype::kUint8, {height, start + right.shape[1]});
  std::fill(picture.bytes().begin(), picture.bytes().end(), kGrey);
  paint(left, 0, picture, options);
  paint(right, start, picture, options);
  return picture;
}

Result<void> write_side_by_side(const std::string& path, const tensor::View& left, const tensor::View& right,
                                const PictureOptions& picture, const WriteOptions& options, const Context& context) {
  const tensor::Array pixels = side_by_side(left, right, picture);
  const Info info{"png", pixels.dtype(), pixels.shape(), "yx", true};
  ZOOPORT_TRY_ASSIGN(const std::unique_ptr<Writer> writer, open_writer(path, info, options, context));
  ZOOPORT_TRY(writer->write({{0, 0}, info.shape}, pixels.view()));
  return writer->finish();
}

}  // namespace zooport::image
