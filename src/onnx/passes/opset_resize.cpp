#include <algorithm>
#include <cmath>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Resize and Upsample. Inputs of Resize: 0 x, 1 roi, 2 scales, 3 sizes.
namespace zooport::onnx::rules {
namespace {

bool is_empty(const Facts& facts, const std::string& name) {
  const Tensor* tensor = facts.constant(name);
  return name.empty() || (tensor && tensor->raw.empty());
}

std::string floats(Rewrite& at, const std::vector<float>& values) {
  return at.constant(make_floats("", {static_cast<std::int64_t>(values.size())}, values));
}

// Sizes that keep the proportions, as scales; an empty list if they cannot be said so.
std::vector<float> proportional_scales(Rewrite& at, const std::vector<std::int64_t>& axes, bool not_larger) {
  const auto sizes = at.facts.integers(at.node.input(3));
  if (!sizes || sizes->size() != axes.size()) return {};
  double scale = not_larger ? HUGE_VAL : 0;
  std::vector<std::int64_t> extents;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto extent = at.facts.extent(at.node.input(0), axes[i]);
    if (!extent || *extent == 0) return {};
    extents.push_back(*extent);
    const double one = static_cast<double>((*sizes)[i]) / static_cast<double>(*extent);
    scale = not_larger ? std::min(scale, one) : std::max(scale, one);
  }
  // A rounded size would be sampled with the unrounded scale, which older opsets cannot say.
  for (const std::int64_t extent : extents) {
    const double size = scale * static_cast<double>(extent);
    if (std::abs(size - std::round(size)) > 1e-6) return {};
  }
  return std::vector<float>(axes.size(), static_cast<float>(scale));
}

// The region of interest along all axes: starts, then ends.
std::string full_region(Rewrite& at, const std::vector<std::int64_t>& axes, std::int64_t rank) {
  const std::string given = at.node.input(1);
  std::vector<std::string> parts;
  for (const std::int64_t end : {0, 1}) {
    for (std::int64_t axis = 0; axis < rank; ++axis) {
      const auto listed = std::find(axes.begin(), axes.end(), axis);
      const std::int64_t index = listed - axes.begin() + end * static_cast<std::int64_t>(axes.size());
      parts.push_back(listed == axes.end() ? floats(at, {static_cast<float>(end)})
                                           : at.slice(given, index, index + 1, 0));
    }
  }
  return at.emit("Concat", parts, {make_attribute("axis", std::int64_t{0})});
}

}  // namespace

void resize_options(Rewrite& at) {
  const bool is_plain = at.node.string_or("coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize";
  if (at.node.int_or("antialias", 0) != 0) {
    return is_plain ? resize_by_weights(at) : at.refuse("antialias = 1 of a region has no counterpart");
  }
  at.node.remove("antialias");
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  const std::string policy = at.node.string_or("keep_aspect_ratio_policy", "stretch");
  const bool has_axes = at.node.find("axes") != nullptr;
  std::vector<std::int64_t> axes = at.node.ints_or("axes", {});
  const Node before = at.node;
  at.node.remove("keep_aspect_ratio_policy");
  at.node.remove("axes");
  if (!has_axes && policy == "stretch") return;
  if (!rank) return at.refuse("axes or proportions with an unknown number of axes");
  if (!has_axes) {
    for (std::int64_t i = 0; i < *rank; ++i) axes.push_back(i);
  }
  for (std::int64_t& axis : axes) {
    const auto index = at.axis_of(x, axis);
    if (!index) return at.refuse("axes that the input does not have");
    axis = *index;
  }
  at.node.inputs.resize(4);
  if (is_plain || is_empty(at.facts, at.node.input(1))) {
    at.node.inputs[1].clear();
  } else {
    at.node.inputs[1] = full_region(at, axes, *rank);
  }
  std::optional<std::vector<float>> scales;
  if (policy != "stretch") {
    scales = proportional_scales(at, axes, policy == "not_larger");
    if (scales->empty()) {
      if (!is_plain) return at.refuse(concat("keep_aspect_ratio_policy = ", policy, " of a region"));
      at.node = before;
      return resize_by_weights(at);
    }
  } else if (!is_empty(at.facts, at.node.input(2))) {
    scales = at.facts.floats(at.node.input(2));
    if (!scales || scales->size() != axes.size()) return at.refuse("scales are not constant");
  }
  if (scales) {
    std::vector<float> full(static_cast<std::size_t>(*rank), 1.0f);
    for (std::size_t i = 0; i < axes.size(); ++i) full[static_cast<std::size_t>(axes[i])] = (*scales)[i];
    at.node.inputs[2] = floats(at, full);
    at.node.inputs.resize(3);
    return;
  }
  if (at.node.input(3).empty()) return at.refuse("neither scales nor sizes");
  // Sizes of the other axes are what they were.
  const std::string shape = at.emit("Shape", {x});
  std::vector<std::string> parts;
  for (std::int64_t axis = 0; axis < *rank; ++axis) {
    const auto listed = std::find(axes.begin(), axes.end(), axis);
    const std::int64_t index = listed == axes.end() ? axis : listed - axes.begin();
    parts.push_back(at.emit("Slice", {listed == axes.end() ? shape : at.node.input(3), at.integers({index}),
                                      at.integers({index + 1}), at.integers({0})}));
  }
  at.node.inputs[3] = at.emit("Concat", parts, {make_attribute("axis", std::int64_t{0})});
}

// half_pixel_symmetric is half_pixel where sizes are scales times extents without rounding.
void resize_symmetric(Rewrite& at) {
  if (at.node.string_or("coordinate_transformation_mode", "half_pixel") != "half_pixel_symmetric") return;
  if (!is_empty(at.facts, at.node.input(3))) {
    // Sizes that keep proportions are rounded all the same.
    if (at.node.string_or("keep_aspect_ratio_policy", "stretch") != "stretch") return resize_by_weights(at);
  } else {
    const auto scales = at.facts.floats(at.node.input(2));
    if (!scales) return at.refuse("half_pixel_symmetric with scales that are not constant");
    const auto axes = at.node.ints_or("axes", {});
    for (std::size_t i = 0; i < scales->size(); ++i) {
      const std::int64_t axis = axes.empty() ? static_cast<std::int64_t>(i) : axes[std::min(i, axes.size() - 1)];
      const auto extent = at.facts.extent(at.node.input(0), axis);
      const float scale = (*scales)[i];
      const double size = static_cast<double>(scale) * static_cast<double>(extent.value_or(0));
      const bool exact = scale == std::round(scale) || (extent && std::abs(size - std::round(size)) < 1e-9);
      if (!exact) return resize_symmetric_rounded(at, *scales);
    }
  }
  at.node.set(make_attribute("coordinate_transformation_mode", std::string("half_pixel")));
}

// Before opset 13 an input that is not used is there and empty.
void resize_empty_inputs(Rewrite& at) {
  at.node.inputs.resize(std::max<std::size_t>(at.node.inputs.size(), 3));
  for (const std::size_t index : {1u, 2u}) {
    if (at.node.inputs[index].empty()) at.node.inputs[index] = floats(at, {});
  }
  if (at.node.inputs.size() == 4 && at.node.inputs[3].empty()) at.node.inputs.pop_back();
}

void resize_from_upsample(Rewrite& at) { at.node.op = "Resize"; }

void resize_coordinates(Rewrite& at) {
  const std::string scales = at.node.input(1);
  at.node.inputs = {at.node.input(0), floats(at, {}), scales};
  at.node.set(make_attribute("coordinate_transformation_mode", std::string("asymmetric")));
  if (at.node.string_or("mode", "nearest") == "nearest") {
    at.node.set(make_attribute("nearest_mode", std::string("floor")));
  }
}

void resize_newer(Rewrite& at) {
  if (at.node.string_or("coordinate_transformation_mode", "half_pixel") != "tf_half_pixel_for_nn") return;
  // Its coordinates are half a pixel above those of half_pixel, which the other rounding makes up for.
  const std::string rounding = at.node.string_or("nearest_mode", "round_prefer_floor");
  if (at.node.string_or("mode", "nearest") != "nearest" || rounding == "ceil" || rounding == "round_prefer_ceil") {
    return at.refuse("tf_half_pixel_for_nn has no counterpart for this mode");
  }
  at.node.set(make_attribute("coordinate_transformation_mode", std::string("half_pixel")));
  at.node.set(make_attribute("nearest_mode", std::string(rounding == "floor" ? "round_prefer_ceil" : "ceil")));
}

}  // namespace zooport::onnx::rules
