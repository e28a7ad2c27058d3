#include <algorithm>

#include "onnx/element.hpp"
#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Attributes that came with a later opset: gone where they have their default, else said otherwise or refused.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

bool drop_unit_dilations(Rewrite& at) {
  const Integers dilations = at.node.ints_or("dilations", {});
  if (std::any_of(dilations.begin(), dilations.end(), [](std::int64_t d) { return d != 1; })) return false;
  at.node.remove("dilations");
  return true;
}

bool is_zero(const Integers& values) {
  return std::all_of(values.begin(), values.end(), [](std::int64_t value) { return value == 0; });
}

}  // namespace

void nothing(Rewrite&) {}
void drop_saturate(Rewrite& at) { at.node.remove("saturate"); }      // of 8-bit floats, which are not there before
void drop_round_mode(Rewrite& at) { at.node.remove("round_mode"); }  // likewise
void drop_layout(Rewrite& at) { at.drop("layout", 0); }
void drop_reduction(Rewrite& at) { at.drop("reduction", "none"); }
void drop_output_dtype(Rewrite& at) { at.drop("output_dtype", 0); }
void drop_precision(Rewrite& at) { at.drop("precision", 0); }
void drop_depth_mode(Rewrite& at) { at.drop("mode", "DCR"); }
void drop_last_index(Rewrite& at) { at.drop("select_last_index", 0); }

void drop_batch_dims(Rewrite& at) { at.drop("batch_dims", 0); }

void constant_value(Rewrite& at) {
  if (at.node.find("value") || at.node.find("sparse_value")) return;
  auto value = value_of_constant(at.node);
  if (!value) return at.refuse("a constant of text has no counterpart");
  at.node.attributes = {make_attribute("value", std::move(*value))};
}

void dense_constant(Rewrite& at) {
  if (!at.node.find("value")) at.refuse("a sparse constant has no counterpart");
}

void pow_types(Rewrite& at) {
  const ElementType base = at.facts.type(at.node.input(0));
  const ElementType exponent = at.facts.type(at.node.input(1));
  if (base == ElementType::kUndefined || base != exponent) at.refuse("base and exponent are not of one known type");
}

void old_reduction(Rewrite& at) {
  const std::string reduction = at.node.string_or("reduction", "none");
  if (reduction == "max" || reduction == "min") at.refuse(concat("reduction = ", reduction, " has no counterpart"));
}

void drop_block_size(Rewrite& at) {
  if (at.drop("block_size", 0)) at.drop("output_dtype", 0);
}

void drop_block(Rewrite& at) { at.drop("block_size", 0); }

void drop_windows(Rewrite& at) {
  if (at.drop("left_window_size", -1)) at.drop("right_window_size", -1);
}

void drop_stash_type(Rewrite& at) {
  const ElementType type = at.facts.type(at.node.input(0));
  if (type == ElementType::kFloat16 || type == ElementType::kBfloat16) {
    return at.refuse("a range of 16-bit floats is summed otherwise");
  }
  at.node.remove("stash_type");
}

// Before opset 13 there is one scale for all elements.
void quantize_axis(Rewrite& at) {
  const auto rank = at.facts.rank(at.node.input(1));
  const Tensor* scale = at.facts.constant(at.node.input(1));
  if ((scale && count_of(scale->dims) == 1) || (rank && *rank == 0)) return at.node.remove("axis");
  at.node.op == "QuantizeLinear" ? quantize(at) : dequantize(at);
}

void roi_align(Rewrite& at) {
  if (at.node.string_or("coordinate_transformation_mode", "half_pixel") != "output_half_pixel") {
    return at.refuse("coordinate_transformation_mode = half_pixel has no counterpart");
  }
  at.node.remove("coordinate_transformation_mode");
}

void roi_align_newer(Rewrite& at) {
  at.node.set(make_attribute("coordinate_transformation_mode", std::string("output_half_pixel")));
}

void grid_sample_mode(Rewrite& at) {
  const auto rank = at.facts.rank(at.node.input(0));
  if (rank && *rank != 4) return at.refuse("sampling of volumes has no counterpart");
  const std::string mode = at.node.string_or("mode", "linear");
  at.node.set(make_attribute("mode", std::string(mode == "linear" ? "bilinear" : mode == "cubic" ? "bicubic" : mode)));
}

void grid_sample_newer(Rewrite& at) {
  const std::string mode = at.node.string_or("mode", "bilinear");
  at.node.set(make_attribute("mode", std::string(mode == "bilinear" ? "linear" : mode == "bicubic" ? "cubic" : mode)));
}

void fewer_inputs(Rewrite& at) {
  if (!at.node.input(6).empty()) return at.refuse("nonpad_kv_seqlen has no counterpart");
  if (at.node.inputs.size() > 6) at.node.inputs.resize(6);
}

// A mean is a convolution of each channel by itself.
void pool_dilations(Rewrite& at) {
  if (drop_unit_dilations(at)) return;
  const std::string x = at.node.input(0);
  const auto channels = at.facts.extent(x, 1);
  const Integers kernel = at.node.ints_or("kernel_shape", {});
  const Integers pads = at.node.ints_or("pads", {});
  const bool whole = is_zero(pads) || at.node.int_or("count_include_pad", 0) != 0;
  const ElementType type = at.facts.type(x);
  constexpr std::int64_t kMost = 1 << 20;
  const std::int64_t area = count_of(kernel);
  if (!channels || *channels <= 0 || !whole || at.node.int_or("ceil_mode", 0) != 0 || type != ElementType::kFloat ||
      at.node.string_or("auto_pad", "NOTSET") != "NOTSET" || area <= 0 || area > kMost / *channels) {
    return at.refuse("dilations with this padding have no counterpart");
  }
  tensor::Shape dims = {*channels, 1};
  dims.insert(dims.end(), kernel.begin(), kernel.end());
  const std::vector<float> weights(static_cast<std::size_t>(*channels * area), 1.0f / static_cast<float>(area));
  std::vector<Attribute> attributes = {make_attribute("group", *channels)};
  for (const char* name : {"dilations", "kernel_shape", "pads", "strides"}) {
    if (const Attribute* found = at.node.find(name)) attributes.push_back(*found);
  }
  const std::string filter = at.constant(make_floats("", dims, weights));
  at.finish("Conv", {x, filter}, std::move(attributes));
}

// A last window that is not whole is a whole one over zeros, which do not count.
void lp_pool_options(Rewrite& at) {
  if (!drop_unit_dilations(at)) return at.refuse("dilations have no counterpart");
  const bool up = at.node.int_or("ceil_mode", 0) != 0;
  at.node.remove("ceil_mode");
  if (!up || at.node.string_or("auto_pad", "NOTSET") != "NOTSET") return;
  const Integers kernel = at.node.ints_or("kernel_shape", {});
  const std::size_t axes = kernel.size();
  const Integers strides = at.node.ints_or("strides", Integers(axes, 1));
  Integers pads = at.node.ints_or("pads", Integers(2 * axes, 0));
  const auto fits = [](std::int64_t value) { return value >= 0 && value < std::int64_t{1} << 40; };
  const bool sane = std::all_of(kernel.begin(), kernel.end(), fits) && std::all_of(pads.begin(), pads.end(), fits) &&
                    std::all_of(strides.begin(), strides.end(), fits);
  if (!sane || strides.size() != axes || pads.size() != 2 * axes) {
    return at.refuse("strides or pads do not fit the kernel");
  }
  for (std::size_t i = 0; i < axes; ++i) {
    const auto extent = at.facts.extent(at.node.input(0), static_cast<std::int64_t>(i) + 2);
    if (!extent || strides[i] <= 0) return at.refuse("ceil_mode = 1 with extents that are not known");
    const std::int64_t room = *extent + pads[i] + pads[i + axes] - kernel[i];
    const std::int64_t extra = (strides[i] - room % strides[i]) % strides[i];
    const bool starts_inside = room >= 0 && room + extra < *extent + pads[i];
    if (starts_inside) pads[i + axes] += extra;
  }
  at.node.set(make_attribute("pads", pads));
}

}  // namespace zooport::onnx::rules
