#include "convert/image_axes.hpp"

#include <algorithm>
#include <optional>

#include "zooport/image/axes.hpp"
#include "zooport/predict/sample.hpp"

namespace zooport::convert {
namespace {

// One axis of the input, with the size that it has to have.
struct Wanted {
  char letter = '\0';
  tensor::AxisKind kind = tensor::AxisKind::kSpace;
  std::optional<std::int64_t> fixed;
};

std::vector<Wanted> wanted_axes(const model::TensorSpec& spec) {
  std::vector<Wanted> axes;
  for (const model::AxisSpec& axis : spec.axes) {
    Wanted& one = axes.emplace_back();
    one.kind = axis.axis.kind;
    one.letter = one.kind == tensor::AxisKind::kBatch   ? 'b'
                 : one.kind == tensor::AxisKind::kIndex ? 'i'
                                                        : predict::letter_of(axis.axis);
    const auto* size = std::get_if<model::ParametrizedSize>(&axis.size);
    // Sizes along space and time are for padding and tiling, not for telling axes apart.
    const bool tells = one.kind == tensor::AxisKind::kChannel || one.kind == tensor::AxisKind::kIndex;
    if (tells && size && size->step == 0) one.fixed = size->min;
  }
  return axes;
}

std::vector<Wanted> without(std::vector<Wanted> axes, tensor::AxisKind kind) {
  std::erase_if(axes, [&](const Wanted& axis) { return axis.kind == kind; });
  return axes;
}

enum class Unknown : std::uint8_t { kFits, kDoesNotFit };  // what counts for a number of channels that is not known

bool fits(const std::vector<Wanted>& axes, const tensor::Shape& shape, Unknown unknown) {
  if (axes.size() != shape.size()) return false;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].letter == '\0') return false;
    if (axes[i].fixed && *axes[i].fixed != shape[i]) return false;
    if (axes[i].kind == tensor::AxisKind::kChannel && !axes[i].fixed && unknown == Unknown::kDoesNotFit) return false;
  }
  return true;
}

std::string letters_of(const std::vector<Wanted>& axes) {
  std::string letters;
  for (const Wanted& axis : axes) letters += axis.letter;
  return letters;
}

// Channels in the other place: behind space, or before it.
std::vector<Wanted> with_channel_moved(const std::vector<Wanted>& axes) {
  const auto channel = std::find_if(axes.begin(), axes.end(),
                                    [](const Wanted& axis) { return axis.kind == tensor::AxisKind::kChannel; });
  if (channel == axes.end()) return axes;
  std::vector<Wanted> moved = without(axes, tensor::AxisKind::kChannel);
  const bool is_last = channel + 1 == axes.end();
  const auto first_space = std::find_if(moved.begin(), moved.end(),
                                        [](const Wanted& axis) { return axis.kind == tensor::AxisKind::kSpace; });
  moved.insert(is_last ? first_space : moved.end(), *channel);
  return moved;
}

}  // namespace

Result<std::string> axes_of_image(const image::Info& info, const model::TensorSpec& spec, const std::string& asked) {
  if (!asked.empty() || info.axes_are_certain) return image::resolve_axes(info, asked);
  const std::vector<Wanted> all = wanted_axes(spec);
  if (fits(all, info.shape, Unknown::kFits)) return letters_of(all);
  const std::vector<Wanted> one = without(all, tensor::AxisKind::kBatch);
  for (const std::vector<Wanted>& axes : {one, with_channel_moved(one), with_channel_moved(all)})
    if (fits(axes, info.shape, Unknown::kDoesNotFit)) return letters_of(axes);
  const auto channel =
      std::find_if(all.begin(), all.end(), [](const Wanted& axis) { return axis.kind == tensor::AxisKind::kChannel; });
  const std::vector<Wanted> plain = without(one, tensor::AxisKind::kChannel);
  if ((channel == all.end() || channel->fixed.value_or(1) == 1) && fits(plain, info.shape, Unknown::kFits))
    return letters_of(plain);
  return image::resolve_axes(info, asked);
}

}  // namespace zooport::convert
