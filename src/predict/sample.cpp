#include "zooport/predict/sample.hpp"

#include <algorithm>
#include <cstring>

#include "zooport/base/text.hpp"

namespace zooport::predict {
namespace {

class ArrayReader final : public image::Reader {
 public:
  ArrayReader(tensor::Array array, std::string letters) : array_(std::move(array)) {
    info_.format = "memory";
    info_.dtype = array_.dtype();
    info_.shape = array_.shape();
    info_.axes = std::move(letters);
    info_.axes_are_certain = true;
  }
  const image::Info& info() const override { return info_; }
  Result<tensor::Array> read(const image::Region& region) override {
    tensor::View view = array_.view();
    for (std::size_t i = 0; i < region.origin.size(); ++i)
      view = view.cropped(static_cast<int>(i), region.origin[i], region.size[i]);
    return tensor::Array::copy_of(view);
  }

 private:
  tensor::Array array_;
  image::Info info_;
};

// Copies elements of `from` at the given positions of each axis; `to` is dense.
void gather(const tensor::View& from, const std::vector<std::vector<std::int64_t>>& positions, std::size_t axis,
            const std::byte* source, std::byte*& to) {
  const std::size_t element = tensor::size_of(from.dtype);
  const std::int64_t stride = from.strides[axis];
  if (axis + 1 == positions.size()) {
    for (const std::int64_t position : positions[axis]) {
      std::memcpy(to, source + position * stride, element);
      to += element;
    }
    return;
  }
  for (const std::int64_t position : positions[axis]) gather(from, positions, axis + 1, source + position * stride, to);
}

}  // namespace

std::int64_t mirrored(std::int64_t index, std::int64_t size) {
  const std::int64_t period = 2 * size;
  const std::int64_t place = (index % period + period) % period;
  return place < size ? place : period - 1 - place;
}

char letter_of(const tensor::Axis& axis) {
  switch (axis.kind) {
    case tensor::AxisKind::kChannel: return 'c';
    case tensor::AxisKind::kTime: return 't';
    case tensor::AxisKind::kSpace: return axis.id.size() == 1 ? axis.id[0] : '\0';
    case tensor::AxisKind::kBatch:
    case tensor::AxisKind::kIndex: break;
  }
  return '\0';
}

std::unique_ptr<image::Reader> array_reader(tensor::Array array, const std::string& letters) {
  return std::make_unique<ArrayReader>(std::move(array), letters);
}

Result<SampleView> SampleView::make(image::Reader& reader, const std::string& letters, const tensor::Axes& axes) {
  const tensor::Shape& image_shape = reader.info().shape;
  if (letters.size() != image_shape.size())
    return make_error(ErrorKind::kUsage, "predict.axes-count",
                      concat("the image has ", image_shape.size(), " axes, ", shape_text(image_shape), ", and \"",
                             printable(letters), "\" names ", letters.size(), "; give --axes with one letter each"));
  SampleView view;
  view.reader_ = &reader;
  std::vector<bool> used(letters.size(), false);
  for (const tensor::Axis& axis : axes) {
    const char letter = letter_of(axis);
    const std::size_t at = letter ? letters.find(letter) : std::string::npos;
    view.image_axis_.push_back(at == std::string::npos ? -1 : static_cast<int>(at));
    view.shape_.push_back(at == std::string::npos ? 1 : image_shape[at]);
    if (at != std::string::npos) used[at] = true;
    if (axis.kind == tensor::AxisKind::kSpace && at == std::string::npos)
      return make_error(ErrorKind::kUsage, "predict.axis-missing",
                        concat("the model needs an axis ", axis.id, ", and the image has \"", letters,
                               "\"; give --axes if these are not its axes"));
  }
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (used[i]) continue;
    // A single plane is nothing to walk over.
    if (letters[i] == 'c' && image_shape[i] != 1)
      return make_error(ErrorKind::kUsage, "predict.channels",
                        concat("the image has ", image_shape[i], " channels, and the model takes none"));
    view.walked_axis_.push_back(static_cast<int>(i));
    if (image_shape[i] != 1) {
      view.walked_ += letters[i];
      view.walked_shape_.push_back(image_shape[i]);
    }
    view.samples_ *= image_shape[i];
  }
  return view;
}

tensor::Shape SampleView::walked_index(std::int64_t sample) const {
  tensor::Shape index(walked_shape_.size());
  for (std::size_t i = walked_shape_.size(); i-- > 0;) {
    index[i] = sample % walked_shape_[i];
    sample /= walked_shape_[i];
  }
  return index;
}

Result<tensor::Array> SampleView::read(std::int64_t sample, const tensor::Shape& origin,
                                       const tensor::Shape& size) const {
  const std::size_t image_rank = reader_->info().shape.size();
  image::Region region{tensor::Shape(image_rank, 0), tensor::Shape(image_rank, 1)};
  for (std::size_t i = walked_axis_.size(); i-- > 0;) {
    const auto axis = static_cast<std::size_t>(walked_axis_[i]);
    region.origin[axis] = sample % reader_->info().shape[axis];
    sample /= reader_->info().shape[axis];
  }
  ZOOPORT_TRY_ASSIGN(tensor::Array result, tensor::Array::allocate(reader_->info().dtype, size, Limits{}));
  // Positions inside the box that has to be read, for each axis of the model.
  std::vector<std::vector<std::int64_t>> positions(shape_.size());
  for (std::size_t i = 0; i < shape_.size(); ++i) {
    std::vector<std::int64_t>& at = positions[i];
    for (std::int64_t k = 0; k < size[i]; ++k) at.push_back(mirrored(origin[i] + k, shape_[i]));
    const auto [least, most] = std::minmax_element(at.begin(), at.end());
    const std::int64_t begin = at.empty() ? 0 : *least;
    const std::int64_t end = at.empty() ? 0 : *most + 1;
    if (image_axis_[i] >= 0) {
      region.origin[static_cast<std::size_t>(image_axis_[i])] = begin;
      region.size[static_cast<std::size_t>(image_axis_[i])] = end - begin;
    }
    for (std::int64_t& position : at) position -= begin;
  }
  ZOOPORT_TRY_ASSIGN(const tensor::Array box, reader_->read(region));
  // The box in the model's axes: missing axes get stride 0.
  tensor::View view = box.view();
  tensor::View ordered{view.data, view.dtype, {}, {}};
  for (const int axis : image_axis_) {
    ordered.shape.push_back(axis < 0 ? 1 : view.shape[static_cast<std::size_t>(axis)]);
    ordered.strides.push_back(axis < 0 ? 0 : view.strides[static_cast<std::size_t>(axis)]);
  }
  if (ordered.shape == size) {
    result = {};
    return tensor::Array::copy_of(ordered);
  }
  std::byte* to = result.bytes().data();
  if (!size.empty() && result.size() > 0) gather(ordered, positions, 0, ordered.data, to);
  return result;
}

}  // namespace zooport::predict
