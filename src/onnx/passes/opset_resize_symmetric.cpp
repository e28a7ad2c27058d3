#include <cmath>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// half_pixel_symmetric of Resize where a size is rounded, so that the middle of the input stays the middle. Older
// opsets have one other way to say where samples lie: the region of interest of tf_crop_and_resize.
namespace zooport::onnx::rules {
namespace {

// Along one axis: output element i lies at begin + i * step of the input.
struct Samples {
  std::int64_t extent = 0;
  std::int64_t size = 0;
  double begin = 0;
  double step = 0;
  std::int64_t border = 0;  // elements that are put on both sides, as samples lie up to half an element outside
};

Samples samples_along(std::int64_t extent, float scale) {
  Samples along;
  along.extent = extent;
  along.size = static_cast<std::int64_t>(scale * static_cast<float>(extent));
  const double middle = static_cast<double>(extent) / 2;
  const double adjusted = static_cast<double>(along.size) / (static_cast<double>(scale) * static_cast<double>(extent));
  along.begin = middle * (1 - adjusted) + 0.5 / static_cast<double>(scale) - 0.5;
  along.step = 1 / static_cast<double>(scale);
  // With equal sizes ONNX Runtime would copy, whatever the region.
  along.border = extent + 2 == along.size ? 2 : 1;
  return along;
}

std::string floats(Rewrite& at, const std::vector<float>& values) {
  return at.constant(make_floats("", {static_cast<std::int64_t>(values.size())}, values));
}

}  // namespace

void resize_symmetric_rounded(Rewrite& at, const std::vector<float>& scales) {
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  const std::string mode = at.node.string_or("mode", "nearest");
  if (!rank) return at.refuse("half_pixel_symmetric with an unknown number of axes");
  if (mode == "nearest" || at.node.int_or("exclude_outside", 0) != 0 || at.node.int_or("antialias", 0) != 0) {
    return resize_by_weights(at);
  }
  std::vector<std::int64_t> axes = at.node.ints_or("axes", {});
  if (axes.empty()) {
    for (std::int64_t axis = 0; axis < *rank; ++axis) axes.push_back(axis);
  }
  if (axes.size() != scales.size()) return at.refuse("scales do not fit the axes");
  const auto count = static_cast<std::size_t>(*rank);
  std::vector<std::optional<Samples>> along(count);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = at.axis_of(x, axes[i]);
    if (!axis || *axis >= *rank) return at.refuse("axes that the input does not have");
    if (scales[i] == 1) continue;
    const auto extent = at.facts.extent(x, *axis);
    if (!extent) return at.refuse("half_pixel_symmetric of an unknown extent with a scale that may round the size");
    const float size = scales[i] * static_cast<float>(*extent);
    if (!(size >= 1 && size < 1e9f))
      return at.refuse(concat("half_pixel_symmetric of ", *extent, " elements to ", size));
    along[static_cast<std::size_t>(*axis)] = samples_along(*extent, scales[i]);
  }
  std::vector<std::int64_t> pads(2 * count);
  std::vector<float> region(2 * count);
  std::vector<std::string> sizes;
  const std::string shape = at.emit("Shape", {x});
  for (std::size_t axis = 0; axis < count; ++axis) {
    const auto index = static_cast<std::int64_t>(axis);
    if (!along[axis]) {
      region[count + axis] = 1;
      sizes.push_back(at.emit("Slice", {shape, at.integers({index}), at.integers({index + 1}), at.integers({0})}));
      continue;
    }
    const Samples& samples = *along[axis];
    pads[axis] = pads[count + axis] = samples.border;
    const auto last = static_cast<double>(samples.extent + 2 * samples.border - 1);
    const double begin = (samples.begin + static_cast<double>(samples.border)) / last;
    const double length = samples.step * static_cast<double>(samples.size - 1) / last;
    // A single sample is taken from the middle of the region.
    region[axis] = static_cast<float>(begin);
    region[count + axis] = static_cast<float>(begin + length);
    sizes.push_back(at.integers({samples.size}));
  }
  const std::string padded = at.emit("Pad", {x, at.integers(pads)}, {make_attribute("mode", std::string("edge"))});
  const std::string full = at.emit("Concat", sizes, {make_attribute("axis", std::int64_t{0})});
  std::vector<Attribute> attributes = {make_attribute("mode", mode), make_attribute("coordinate_transformation_mode",
                                                                                    std::string("tf_crop_and_resize"))};
  if (const Attribute* cubic = at.node.find("cubic_coeff_a")) attributes.push_back(*cubic);
  at.finish("Resize", {padded, floats(at, region), "", full}, attributes);
}

}  // namespace zooport::onnx::rules
