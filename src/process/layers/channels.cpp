#include "process/layers/channels.hpp"

#include <cstring>

#include "zooport/base/text.hpp"

namespace zooport::process {

int channel_axis(const tensor::Axes& axes) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].kind == tensor::AxisKind::kChannel) return static_cast<int>(i);
  }
  return -1;
}

int expect_channels(ParameterReader& reader, const tensor::Axes& axes) {
  const int axis = channel_axis(axes);
  if (axis < 0) reader.fail("the tensor has no axis of channels");
  return axis;
}

std::int64_t channels_of(const Form& form) {
  const int axis = channel_axis(form.axes);
  return axis < 0 ? -1 : form.extents.at(static_cast<std::size_t>(axis));
}

void set_channels(Form& form, std::int64_t channels) {
  const int axis = channel_axis(form.axes);
  if (axis >= 0) form.extents.at(static_cast<std::size_t>(axis)) = channels;
}

Error wrong_channels(std::string_view operation, std::string_view takes, std::int64_t found) {
  return make_error(ErrorKind::kInvalid, "process.values-mismatch",
                    concat(operation, " takes ", takes, ", found ", found));
}

Result<void> gather_channels(Block& block, const std::vector<std::int64_t>& indices) {
  const auto axis = static_cast<std::size_t>(channel_axis(block.axes));
  tensor::Shape shape = block.data.shape();
  std::size_t outer = 1;
  std::size_t inner = tensor::size_of(block.data.dtype());  // bytes of one channel, behind the axis
  for (std::size_t i = 0; i < axis; ++i) outer *= static_cast<std::size_t>(shape[i]);
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= static_cast<std::size_t>(shape[i]);
  const auto channels = static_cast<std::size_t>(shape[axis]);
  shape[axis] = static_cast<std::int64_t>(indices.size());
  ZOOPORT_TRY_ASSIGN(tensor::Array made, tensor::Array::allocate(block.data.dtype(), shape, Limits{}));
  const std::byte* from = block.data.bytes().data();
  std::byte* to = made.bytes().data();
  if (!made.bytes().empty()) {
    for (std::size_t o = 0; o < outer; ++o) {
      for (const std::int64_t index : indices) {
        std::memcpy(to, from + (o * channels + static_cast<std::size_t>(index)) * inner, inner);
        to += inner;
      }
    }
  }
  block.data = std::move(made);
  return {};
}

}  // namespace zooport::process
