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
void drop_reduction(Rewrite& at) {
  if (at.node.string_or("reduction", "none") != "none") return scatter_reduced(at);
  at.node.remove("reduction");
}
// The last one is the first one of what is turned around.
void drop_last_index(Rewrite& at) {
  const bool last = at.node.int_or("select_last_index", 0) != 0;
  at.node.remove("select_last_index");
  if (!last) return;
  const Node node = at.node;
  const auto axis = at.axis_of(node.input(0), node.int_or("axis", 0));
  const auto extent = axis ? at.facts.extent(node.input(0), *axis) : std::nullopt;
  constexpr std::int64_t kMost = 1 << 16;
  if (!extent || *extent > kMost) return at.refuse("select_last_index = 1 along an extent that is not known");
  Integers backwards;
  for (std::int64_t i = *extent; i-- > 0;) backwards.push_back(i);
  const std::string turned =
      at.emit("Gather", {node.input(0), at.integers(backwards)}, {make_attribute("axis", *axis)});
  const std::string found = at.emit(node.op, {turned}, node.attributes);
  at.finish("Sub", {at.integers({*extent - 1}), found});
}

// With layout 1 the batch stands before time and direction: Transposes around layout 0.
void drop_layout(Rewrite& at) {
  const bool batch_first = at.node.int_or("layout", 0) != 0;
  at.node.remove("layout");
  if (!batch_first) return;
  const Node node = at.node;
  std::vector<std::string> inputs = node.inputs;
  // x; initial hidden state; initial cell state
  for (const std::size_t input : {0u, 5u, 6u}) {
    if (!node.input(input).empty()) inputs[input] = at.transpose(node.input(input), {1, 0, 2});
  }
  const auto made = at.emit_many(node.op, inputs, node.outputs.size(), node.attributes);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    // Time, direction, batch, features; the last states have no time.
    at.finish("Transpose", {made[i]}, {make_attribute("perm", i == 0 ? Integers{2, 0, 1, 3} : Integers{1, 0, 2})}, i);
  }
}

void drop_batch_dims(Rewrite& at) { at.drop("batch_dims", 0); }

void constant_value(Rewrite& at) {
  if (at.node.find("value") || at.node.find("sparse_value")) return;
  auto value = value_of_constant(at.node);
  if (!value) return at.refuse("its value is of no known kind");
  at.node.attributes = {make_attribute("value", std::move(*value))};
}

void dense_constant(Rewrite& at) {
  const Attribute* sparse = at.node.find("sparse_value");
  if (!sparse) return;
  auto dense = sparse->sparse_tensors.size() == 1 ? dense_of(sparse->sparse_tensors[0]) : std::nullopt;
  if (!dense) return at.refuse("a sparse constant of this size has no counterpart");
  at.node.attributes = {make_attribute("value", std::move(*dense))};
}

void pow_types(Rewrite& at) {
  const ElementType base = at.facts.type(at.node.input(0));
  const ElementType exponent = at.facts.type(at.node.input(1));
  if (base == ElementType::kUndefined || base != exponent) at.refuse("base and exponent are not of one known type");
}

void old_reduction(Rewrite& at) {
  const std::string reduction = at.node.string_or("reduction", "none");
  if (reduction == "max" || reduction == "min") scatter_reduced(at);
}

void drop_stash_type(Rewrite& at) {
  const ElementType type = at.facts.type(at.node.input(0));
  if (type == ElementType::kFloat16 || type == ElementType::kBfloat16) {
    return at.refuse("a range of 16-bit floats is summed otherwise");
  }
  at.node.remove("stash_type");
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
  if (rank && *rank != 4) return grid_sample(at);
  const std::string mode = at.node.string_or("mode", "linear");
  at.node.set(make_attribute("mode", std::string(mode == "linear" ? "bilinear" : mode == "cubic" ? "bicubic" : mode)));
}

void grid_sample_newer(Rewrite& at) {
  const std::string mode = at.node.string_or("mode", "bilinear");
  at.node.set(make_attribute("mode", std::string(mode == "bilinear" ? "linear" : mode == "bicubic" ? "cubic" : mode)));
}

// A mean is a convolution of each channel by itself, divided by how many elements a window holds.
void pool_dilations(Rewrite& at) {
  if (drop_unit_dilations(at)) return;
  const Node node = at.node;
  const std::string x = node.input(0);
  const auto shape = at.facts.shape(x);
  const Integers kernel = node.ints_or("kernel_shape", {});
  const std::size_t axes = kernel.size();
  const Integers strides = node.ints_or("strides", Integers(axes, 1));
  const Integers dilations = node.ints_or("dilations", Integers(axes, 1));
  const Integers pads = node.ints_or("pads", Integers(2 * axes, 0));
  const std::string auto_pad = node.string_or("auto_pad", "NOTSET");
  const ElementType type = at.facts.type(x);
  constexpr std::int64_t kMost = 1 << 20;
  const std::int64_t area = count_of(kernel);
  const auto fits = [](std::int64_t value) { return value >= 0 && value < kMost; };
  const bool sane = std::all_of(pads.begin(), pads.end(), fits) && std::all_of(strides.begin(), strides.end(), fits) &&
                    std::all_of(dilations.begin(), dilations.end(), fits);
  if (!shape || shape->size() != axes + 2 || strides.size() != axes || dilations.size() != axes ||
      pads.size() != 2 * axes || !sane || type != ElementType::kFloat ||
      (auto_pad != "NOTSET" && auto_pad != "VALID") || area <= 0 || (*shape)[1] <= 0 || area > kMost / (*shape)[1] ||
      count_of(*shape) < 0 || count_of(*shape) > kMost * 64) {
    return at.refuse("dilations with this padding, or extents that are not known, have no counterpart");
  }
  Integers ends = pads;
  if (node.int_or("ceil_mode", 0) != 0) {
    for (std::size_t i = 0; i < axes; ++i) {
      const std::int64_t extent = (*shape)[i + 2];
      const std::int64_t room = extent + pads[i] + pads[i + axes] - ((kernel[i] - 1) * dilations[i] + 1);
      if (room < 0 || strides[i] == 0) return at.refuse("a window that is larger than the image");
      const std::int64_t extra = (strides[i] - room % strides[i]) % strides[i];
      if (room + extra < extent + pads[i]) ends[i + axes] += extra;
    }
  }
  const auto filter = [&](std::int64_t channels, float value) {
    tensor::Shape dims = {channels, 1};
    dims.insert(dims.end(), kernel.begin(), kernel.end());
    return at.constant(make_floats("", dims, std::vector<float>(static_cast<std::size_t>(channels * area), value)));
  };
  const auto attributes = [&](std::int64_t groups, const Integers& padding) {
    return std::vector<Attribute>{make_attribute("group", groups), make_attribute("dilations", dilations),
                                  make_attribute("kernel_shape", kernel), make_attribute("pads", padding),
                                  make_attribute("strides", strides)};
  };
  const std::int64_t channels = (*shape)[1];
  const bool counts_all = node.int_or("count_include_pad", 0) != 0;
  if (ends == pads && (counts_all || is_zero(pads))) {
    return at.finish("Conv", {x, filter(channels, 1.0f / static_cast<float>(area))}, attributes(channels, pads));
  }
  // What counts: the image, or the image and its padding, but not what the last window reaches beyond.
  tensor::Shape dims = {1, 1};
  Integers around(2 * axes, 0);
  for (std::size_t i = 0; i < axes; ++i) {
    dims.push_back((*shape)[i + 2] + (counts_all ? pads[i] + pads[i + axes] : 0));
    around[i] = counts_all ? 0 : ends[i];
    around[i + axes] = counts_all ? ends[i + axes] - pads[i + axes] : ends[i + axes];
  }
  if (count_of(dims) < 0 || count_of(dims) > kMost) return at.refuse("the image is too large");
  const std::string ones =
      at.constant(make_floats("", dims, std::vector<float>(static_cast<std::size_t>(count_of(dims)), 1)));
  const std::string sums = at.emit("Conv", {x, filter(channels, 1)}, attributes(channels, ends));
  at.finish("Div", {sums, at.emit("Conv", {ones, filter(1, 1)}, attributes(1, around))});
}

// With ceil_mode a last window that would lie in the padding alone is left out, as engines always did; before opset 22
// the format counts it. With extents that are not known the node stays as it is.
void pool_last_window(Rewrite& at) {
  if (at.node.int_or("ceil_mode", 0) == 0 || at.node.string_or("auto_pad", "NOTSET") != "NOTSET") return;
  const Integers kernel = at.node.ints_or("kernel_shape", {});
  const std::size_t axes = kernel.size();
  const Integers strides = at.node.ints_or("strides", Integers(axes, 1));
  const Integers dilations = at.node.ints_or("dilations", Integers(axes, 1));
  Integers pads = at.node.ints_or("pads", Integers(2 * axes, 0));
  if (strides.size() != axes || dilations.size() != axes || pads.size() != 2 * axes) return;
  const auto fits = [](std::int64_t value) { return value >= 0 && value < std::int64_t{1} << 30; };
  const bool sane = std::all_of(kernel.begin(), kernel.end(), fits) && std::all_of(pads.begin(), pads.end(), fits) &&
                    std::all_of(strides.begin(), strides.end(), fits) &&
                    std::all_of(dilations.begin(), dilations.end(), fits);
  Integers raised(axes, 0);
  bool rounds_up = false;
  bool must_round_down = false;
  for (std::size_t i = 0; i < axes; ++i) {
    const auto extent = at.facts.extent(at.node.input(0), static_cast<std::int64_t>(i) + 2);
    if (!sane || !extent || strides[i] == 0) return;
    const std::int64_t room = *extent + pads[i] + pads[i + axes] - ((kernel[i] - 1) * dilations[i] + 1);
    const std::int64_t rest = room < 0 ? 0 : room % strides[i];
    if (rest == 0) continue;
    if (room - rest + strides[i] < *extent + pads[i]) {
      rounds_up = true;
      raised[i] = strides[i] - rest;
    } else if (pads[i + axes] >= rest) {
      pads[i + axes] -= rest;
    } else {
      must_round_down = true;
    }
  }
  if (must_round_down && rounds_up) {
    // Rounding up is said with padding, which must not count.
    if (at.node.int_or("count_include_pad", 0) != 0) return at.refuse("a last window over padding alone is no window");
    for (std::size_t i = 0; i < axes; ++i) {
      pads[i + axes] += raised[i];
      if (pads[i + axes] >= kernel[i]) return at.refuse("a last window over padding alone is no window");
    }
  }
  if (must_round_down) at.node.remove("ceil_mode");
  if (pads != at.node.ints_or("pads", Integers(2 * axes, 0))) at.node.set(make_attribute("pads", pads));
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
