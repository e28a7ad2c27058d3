#include <algorithm>
#include <cmath>
#include <limits>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// The forms that operators had up to opset 12: attributes in place of inputs, and fewer of them.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

// Whether somebody reads an output.
bool is_used(const Rewrite& at, std::size_t output) {
  return output < at.node.outputs.size() && !at.node.outputs[output].empty() &&
         at.facts.is_read(at.node.outputs[output]);
}

// A constant number of any type; none if it is not constant, or no single one.
std::optional<double> number_of(const Rewrite& at, std::size_t input) {
  const Tensor* tensor = at.facts.constant(at.node.input(input));
  const std::vector<double> values = tensor ? doubles_of(*tensor) : std::vector<double>();
  return values.size() == 1 ? std::optional(values[0]) : std::nullopt;
}

// A last window that is not whole becomes a whole one by more padding at the end; false if that cannot be said.
bool say_ceil_by_pads(Rewrite& at) {
  const Integers kernel = at.node.ints_or("kernel_shape", {});
  const std::size_t axes = kernel.size();
  const Integers strides = at.node.ints_or("strides", Integers(axes, 1));
  Integers pads = at.node.ints_or("pads", Integers(2 * axes, 0));
  if (strides.size() != axes || pads.size() != 2 * axes) return false;
  for (std::size_t i = 0; i < axes; ++i) {
    const auto extent = at.facts.extent(at.node.input(0), static_cast<std::int64_t>(i) + 2);
    constexpr std::int64_t kMost = std::int64_t{1} << 30;
    if (!extent || strides[i] <= 0 || strides[i] > kMost || kernel[i] <= 0 || kernel[i] > kMost || pads[i] < 0 ||
        pads[i] > kMost || pads[i + axes] < 0 || pads[i + axes] > kMost) {
      return false;
    }
    const std::int64_t room = *extent + pads[i] + pads[i + axes] - kernel[i];
    const std::int64_t extra = room < 0 ? 0 : (strides[i] - room % strides[i]) % strides[i];
    // A window that would start in the padding is left out.
    if (room < 0 || room + extra >= *extent + pads[i]) continue;
    pads[i + axes] += extra;
    if (pads[i + axes] >= kernel[i]) return false;
  }
  at.node.set(make_attribute("pads", pads));
  return true;
}

}  // namespace

void pool_ceil(Rewrite& at) {
  const bool up = at.node.int_or("ceil_mode", 0) != 0;
  at.node.remove("ceil_mode");
  const Integers dilations = at.node.ints_or("dilations", {});
  if (std::any_of(dilations.begin(), dilations.end(), [](std::int64_t d) { return d != 1; })) {
    return at.refuse("dilations have no counterpart");
  }
  at.node.remove("dilations");
  if (!up || at.node.string_or("auto_pad", "NOTSET") != "NOTSET") return;
  if (at.node.int_or("count_include_pad", 0) != 0 || !say_ceil_by_pads(at)) {
    at.refuse("ceil_mode = 1 has no counterpart with this padding, or extents that are not known");
  }
}

void pool_indices(Rewrite& at) {
  if (is_used(at, 1)) return at.refuse("indices have no counterpart");
  at.node.outputs.resize(1);
  at.drop("storage_order", 0);
}

void batch_norm_spatial(Rewrite& at) { at.drop("spatial", 1); }

// Bounds that are computed are a Min and a Max.
void clip_to_attributes(Rewrite& at) {
  std::vector<Attribute> attributes;
  bool computed = false;
  for (const std::size_t input : {1u, 2u}) {
    if (at.node.input(input).empty()) continue;
    const auto bound = number_of(at, input);
    computed = computed || !bound;
    if (bound) attributes.push_back(make_attribute(input == 1 ? "min" : "max", static_cast<float>(*bound)));
  }
  if (!computed) {
    at.node.inputs.resize(1);
    for (Attribute& attribute : attributes) at.node.set(std::move(attribute));
    return;
  }
  const std::string x = at.node.input(0);
  const std::string least = at.node.input(1);
  const std::string most = at.node.input(2);
  if (most.empty()) return at.finish("Max", {x, least});
  at.finish("Min", {least.empty() ? x : at.emit("Max", {x, least}), most});
}

void dropout_to_attribute(Rewrite& at) {
  if (!at.node.input(2).empty()) {
    const auto training = number_of(at, 2);
    if (!training || *training != 0) return at.refuse("training_mode is not known to be off");
  }
  if (is_used(at, 1)) return at.refuse("the mask, which older opsets do not define outside training");
  const auto ratio = at.node.input(1).empty() ? std::optional(0.5) : number_of(at, 1);
  at.node.inputs.resize(1);
  at.node.remove("seed");
  if (ratio && *ratio >= 0 && *ratio < 1) at.node.set(make_attribute("ratio", static_cast<float>(*ratio)));
}

// The mask is of the input's type before opset 10.
void dropout_mask(Rewrite& at) {
  if (is_used(at, 1)) return at.refuse("the mask has no counterpart");
  at.node.outputs.resize(1);
}

void gemm_bias(Rewrite& at) {
  if (at.node.input(2).empty()) {
    at.node.inputs.resize(2);
    at.node.inputs.push_back(at.number_like(at.node.input(0), 0));
  }
}

// Without broadcasting all inputs have one shape.
void same_shapes(Rewrite& at) {
  const Node node = at.node;
  const auto first = at.facts.shape(node.input(0));
  bool equal = node.inputs.size() == 1 || first;
  for (const std::string& input : node.inputs)
    equal = equal && (node.inputs.size() == 1 || at.facts.shape(input) == first);
  if (equal) return;
  if (node.op != "Sum" && node.op != "Mean") return at.refuse("inputs of different or unknown shapes");
  std::string sum = node.input(0);
  for (std::size_t i = 1; i + 1 < node.inputs.size(); ++i) sum = at.emit("Add", {sum, node.input(i)});
  if (node.op == "Sum") return at.finish("Add", {sum, node.inputs.back()});
  sum = at.emit("Add", {sum, node.inputs.back()});
  at.finish("Div", {sum, at.number_like(node.input(0), static_cast<double>(node.inputs.size()))});
}

void pad_to_attribute(Rewrite& at) {
  const auto pads = at.facts.integers(at.node.input(1));
  const auto value = at.node.input(2).empty() ? std::optional(0.0) : number_of(at, 2);
  if (!pads) return at.refuse("pads are computed inside the graph");
  if (!value) return at.refuse("the value is computed inside the graph");
  at.node.inputs.resize(1);
  at.node.set(make_attribute("pads", *pads));
  if (at.node.string_or("mode", "constant") == "constant")
    at.node.set(make_attribute("value", static_cast<float>(*value)));
}

// Slices of opset 10 have no negative axes.
void slice_axes(Rewrite& at) {
  if (at.node.input(3).empty()) return;
  auto axes = at.facts.integers(at.node.input(3));
  if (!axes) return at.refuse("axes are computed inside the graph");
  if (std::all_of(axes->begin(), axes->end(), [](std::int64_t axis) { return axis >= 0; })) return;
  for (std::int64_t& axis : *axes) {
    const auto index = at.axis_of(at.node.input(0), axis);
    if (!index) return at.refuse("an axis is counted from the back, and the number of axes is not known");
    axis = *index;
  }
  at.node.inputs[3] = at.integers(*axes);
}

// Steps other than 1 pick indices.
void slice_to_attributes(Rewrite& at) {
  const Node node = at.node;
  const std::string x = node.input(0);
  auto starts = at.facts.integers(node.input(1));
  auto ends = at.facts.integers(node.input(2));
  if (!starts || !ends || starts->size() != ends->size())
    return at.refuse("starts or ends are computed inside the graph");
  auto axes = node.input(3).empty() ? std::optional(Integers()) : at.facts.integers(node.input(3));
  const auto steps =
      node.input(4).empty() ? std::optional(Integers(starts->size(), 1)) : at.facts.integers(node.input(4));
  if (node.input(3).empty()) {
    for (std::size_t i = 0; i < starts->size(); ++i) axes->push_back(static_cast<std::int64_t>(i));
  }
  if (!axes || !steps || axes->size() != starts->size() || steps->size() != starts->size()) {
    return at.refuse("axes or steps are computed inside the graph");
  }
  if (std::all_of(steps->begin(), steps->end(), [](std::int64_t step) { return step == 1; })) {
    at.node.inputs.resize(1);
    at.node.set(make_attribute("axes", *axes));
    at.node.set(make_attribute("starts", *starts));
    return at.node.set(make_attribute("ends", *ends));
  }
  std::string value = x;
  constexpr std::int64_t kMost = 1 << 16;
  constexpr std::size_t kMostAxes = 64;
  if (axes->size() > kMostAxes) return at.refuse("steps along more axes than an input has");
  for (std::size_t i = 0; i < axes->size(); ++i) {
    const auto extent = at.facts.extent(x, (*axes)[i]);
    const std::int64_t step = (*steps)[i];
    if (!extent || *extent > kMost || step == 0) return at.refuse("steps along an extent that is not known");
    // As NumPy does: bounds from the back are counted, then held inside.
    const auto bound = [&](std::int64_t at_index) {
      if (at_index < 0 && at_index >= -*extent) at_index += *extent;
      return std::clamp<std::int64_t>(at_index, step > 0 ? 0 : -1, step > 0 ? *extent : *extent - 1);
    };
    Integers indices;
    const std::int64_t end = bound((*ends)[i]);
    for (std::int64_t index = bound((*starts)[i]); step > 0 ? index < end : index > end; index += step) {
      indices.push_back(index);
    }
    if (indices.empty()) return at.refuse("steps that pick nothing");
    value = at.emit("Gather", {value, at.integers(indices)}, {make_attribute("axis", (*axes)[i])});
  }
  at.finish("Identity", {value});
}

// The least ones are the greatest of the negated ones.
void top_k_largest(Rewrite& at) {
  if (const auto axis = at.node.int_or("axis", -1); axis < 0) {
    const auto index = at.axis_of(at.node.input(0), axis);
    if (!index) return at.refuse("the axis is counted from the back, and the number of axes is not known");
    at.node.set(make_attribute("axis", *index));
  }
  at.node.remove("sorted");
  const bool largest = at.node.int_or("largest", 1) != 0;
  at.node.remove("largest");
  if (largest) return;
  const ElementType type = at.facts.type(at.node.input(0));
  if (type != ElementType::kFloat && type != ElementType::kDouble && type != ElementType::kFloat16) {
    return at.refuse("the least of integers");
  }
  const std::string negated = at.emit("Neg", {at.node.input(0)});
  const auto made = at.emit_many("TopK", {negated, at.node.input(1)}, 2, at.node.attributes);
  at.finish("Neg", {made[0]});
  if (is_used(at, 1)) at.finish("Identity", {made[1]}, {}, 1);
}

void top_k_attribute(Rewrite& at) {
  const auto k = at.facts.integers(at.node.input(1));
  if (!k || k->size() != 1) return at.refuse("k is computed inside the graph");
  at.node.inputs.resize(1);
  at.node.set(make_attribute("k", k->front()));
}

void top_k_input(Rewrite& at) {
  const std::string k = at.integers({at.node.int_or("k", 1)});
  at.node.remove("k");
  at.node.inputs.resize(1);
  at.node.inputs.push_back(k);
}

void upsample_attribute(Rewrite& at) {
  const Tensor* scales = at.facts.constant(at.node.input(1));
  if (!scales || scales->type != ElementType::kFloat) return at.refuse("scales are computed inside the graph");
  std::vector<float> values;
  for (const double value : doubles_of(*scales)) values.push_back(static_cast<float>(value));
  at.node.inputs.resize(1);
  at.node.set(make_attribute("scales", std::move(values)));
}

void upsample_input(Rewrite& at) {
  const Attribute* found = at.node.find("scales");
  if (!found) return at.refuse("scales are missing");
  const std::vector<float> values = found->floats;
  const std::string scales = at.constant(make_floats("", {static_cast<std::int64_t>(values.size())}, values));
  at.node.remove("scales");
  at.node.inputs.resize(1);
  at.node.inputs.push_back(scales);
}

// Opset 10 knows one kind of coordinates: asymmetric, and the element before.
void resize_old_coordinates(Rewrite& at) {
  const Node node = at.node;
  const std::string mode = node.string_or("mode", "nearest");
  const std::string coordinates = node.string_or("coordinate_transformation_mode", "half_pixel");
  const std::string nearest = node.string_or("nearest_mode", "round_prefer_floor");
  std::vector<float> scales;
  if (const Tensor* given = at.facts.constant(node.input(2)); given && !given->raw.empty()) {
    for (const double value : doubles_of(*given)) scales.push_back(static_cast<float>(value));
  } else if (const auto sizes = at.facts.integers(node.input(3))) {
    for (std::size_t i = 0; i < sizes->size(); ++i) {
      const auto extent = at.facts.extent(node.input(0), static_cast<std::int64_t>(i));
      constexpr std::int64_t kMost = std::int64_t{1} << 40;
      if (!extent || *extent == 0) return at.refuse("sizes of an input whose extents are not known");
      if ((*sizes)[i] < 0 || (*sizes)[i] > kMost) return at.refuse("a size that cannot be");
      float scale = static_cast<float>(static_cast<double>((*sizes)[i]) / static_cast<double>(*extent));
      // The size is the product, cut off.
      if (static_cast<std::int64_t>(scale * static_cast<float>(*extent)) != (*sizes)[i]) {
        scale = std::nextafter(scale, std::numeric_limits<float>::infinity());
      }
      if (static_cast<std::int64_t>(scale * static_cast<float>(*extent)) != (*sizes)[i]) {
        return at.refuse("sizes that no scale gives");
      }
      scales.push_back(scale);
    }
  } else {
    return at.refuse("scales or sizes are computed inside the graph");
  }
  // By whole numbers the nearest element of all rules is the same.
  const bool whole = std::all_of(scales.begin(), scales.end(), [](float s) { return s >= 1 && s == std::round(s); });
  const bool same = std::all_of(scales.begin(), scales.end(), [](float s) { return s == 1; });
  const bool is_floor = coordinates == "asymmetric" && nearest == "floor";
  const bool is_half = (coordinates == "half_pixel" || coordinates == "half_pixel_symmetric") &&
                       (nearest == "round_prefer_floor" || nearest == "round_prefer_ceil") && whole;
  const bool fits = mode == "nearest" ? is_floor || is_half : mode == "linear" && coordinates == "asymmetric";
  if (!fits && !same) return at.refuse(concat(mode, " with coordinates ", coordinates, " has no counterpart"));
  const std::string input = at.constant(make_floats("", {static_cast<std::int64_t>(scales.size())}, scales));
  at.node.attributes = {make_attribute("mode", std::string(mode == "cubic" ? "linear" : mode))};
  at.node.inputs = {node.input(0), input};
}

// Upsample alone before opset 10, which makes nothing smaller.
void resize_to_upsample(Rewrite& at) {
  const Tensor* scales = at.facts.constant(at.node.input(1));
  if (!scales || scales->type != ElementType::kFloat) return at.refuse("scales are computed inside the graph");
  for (const double scale : doubles_of(*scales)) {
    if (!(scale >= 1)) return at.refuse("a scale below 1 has no counterpart");
  }
  at.node.op = "Upsample";
}

// Indices from the back, where they are constant.
void gather_indices(Rewrite& at) {
  axes_not_negative(at);
  const auto indices = at.facts.integers(at.node.input(1));
  const Tensor* tensor = at.facts.constant(at.node.input(1));
  if (!indices || !tensor || std::none_of(indices->begin(), indices->end(), [](std::int64_t i) { return i < 0; }))
    return;
  const auto extent = at.facts.extent(at.node.input(0), at.node.int_or("axis", 0));
  if (!extent) return at.refuse("indices are counted from the back of an extent that is not known");
  Integers counted = *indices;
  for (std::int64_t& index : counted) index += index < 0 ? *extent : 0;
  Tensor made = make_integers("", counted);
  made.dims = tensor->dims;
  at.node.inputs[1] = at.constant(std::move(made));
}

void scatter_name(Rewrite& at) {
  axes_not_negative(at);
  at.node.op = "Scatter";
}

void scatter_newer(Rewrite& at) { at.node.op = "ScatterElements"; }

// Depth in columns first: a Reshape between Transposes.
void depth_to_space(Rewrite& at) {
  const std::string mode = at.node.string_or("mode", "DCR");
  at.node.remove("mode");
  if (mode == "DCR") return;
  const std::string x = at.node.input(0);
  const auto channels = at.facts.extent(x, 1);
  const std::int64_t block = at.node.int_or("blocksize", 0);
  if (!channels || *channels > (1 << 20) || block <= 0 || block > (1 << 10) || *channels % (block * block) != 0) {
    return at.refuse("the number of channels is not known");
  }
  // Channels (c, b, b) become (b, b, c), which is the other order.
  const std::int64_t depth = *channels / (block * block);
  Integers order;
  for (std::int64_t i = 0; i < block * block; ++i) {
    for (std::int64_t c = 0; c < depth; ++c) order.push_back(c * block * block + i);
  }
  const std::string sorted = at.emit("Gather", {x, at.integers(order)}, {make_attribute("axis", std::int64_t{1})});
  at.finish("DepthToSpace", {sorted}, {make_attribute("blocksize", block)});
}

}  // namespace zooport::onnx::rules
