#include <algorithm>
#include <cmath>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"

// Operators that slide over space, or resize it.
namespace zooport::onnx {
namespace {

// Kernel, strides, … of a convolution or pooling over `rank` axes.
struct Window {
  std::vector<std::int64_t> kernel, strides, dilations, pads;
  std::string auto_pad;
  bool pads_undilated = false;  // engines pad pools as if there were no dilation
};

constexpr std::int64_t kMost = std::int64_t{1} << 30;

Window window_of(const Node& node, std::vector<std::int64_t> kernel) {
  const std::size_t rank = kernel.size();
  Window window;
  window.strides = node.ints_or("strides", std::vector<std::int64_t>(rank, 1));
  window.dilations = node.ints_or("dilations", std::vector<std::int64_t>(rank, 1));
  window.pads = node.ints_or("pads", std::vector<std::int64_t>(2 * rank, 0));
  window.auto_pad = node.string_or("auto_pad", "NOTSET");
  window.kernel = std::move(kernel);
  window.strides.resize(rank, 1);
  window.dilations.resize(rank, 1);
  window.pads.resize(2 * rank, 0);
  // Hostile numbers: no product of two of them overflows.
  for (auto* numbers : {&window.kernel, &window.strides, &window.dilations, &window.pads})
    for (std::int64_t& number : *numbers) number = std::clamp<std::int64_t>(number, -kMost, kMost);
  return window;
}

std::optional<std::int64_t> slid(const Window& window, std::size_t i, std::size_t rank, std::int64_t size, bool ceils) {
  const std::int64_t stride = window.strides[i];
  if (stride < 1) return std::nullopt;
  const std::int64_t even = (size + stride - 1) / stride;
  if (window.auto_pad.starts_with("SAME") && !window.pads_undilated) return even;
  const std::int64_t reach = window.dilations[i] * (window.kernel[i] - 1) + 1;
  std::int64_t padding = window.auto_pad == "VALID" ? 0 : window.pads[i] + window.pads[i + rank];
  if (window.auto_pad.starts_with("SAME")) padding = (even - 1) * stride + window.kernel[i] - size;
  const std::int64_t padded = size + padding;
  if (padded < reach) return std::nullopt;
  std::int64_t count = (padded - reach + (ceils ? stride - 1 : 0)) / stride + 1;
  // A window that starts in the padding behind the end is dropped.
  if (ceils && (count - 1) * stride >= size + window.pads[i]) --count;
  return count;
}

void slide(ShapeStep& step, const tensor::Shape& x, std::vector<std::int64_t> kernel, std::int64_t channels,
           ElementType element) {
  const std::size_t rank = kernel.size();
  if (x.size() != rank + 2) return step.conflict(concat("its input has ", x.size(), " axes and its kernel ", rank));
  Window window = window_of(step.node, std::move(kernel));
  window.pads_undilated = step.node.op.ends_with("Pool");
  const bool ceils = step.node.int_or("ceil_mode", 0) != 0;
  tensor::Shape result{x[0], channels};
  for (std::size_t i = 0; i < rank; ++i) {
    const auto size = slid(window, i, rank, x[i + 2], ceils);
    if (!size) return step.conflict(concat("its kernel of ", window.kernel[i], " does not fit into ", x[i + 2]));
    result.push_back(*size);
  }
  for (std::size_t output = 0; output < step.outputs.size(); ++output)
    step.set(output, output == 0 ? element : ElementType::kInt64, result);
}

void convolve(ShapeStep& step, std::size_t weights, ElementType element) {
  const tensor::Shape* x = step.shape(0);
  const tensor::Shape* w = step.shape(weights);
  if (!x || !w || w->size() < 3) return;
  const std::int64_t groups = step.node.int_or("group", 1);
  if (groups < 1 || (x->size() == w->size() && ((*x)[1] % groups != 0 || (*x)[1] / groups != (*w)[1])))
    return step.conflict(concat("its input has ", x->size() > 1 ? (*x)[1] : 0, " channels and its weights ", (*w)[1],
                                " in each of ", groups, groups == 1 ? " group" : " groups"));
  slide(step, *x, tensor::Shape(w->begin() + 2, w->end()), (*w)[0], element);
}

void convolution(ShapeStep& step) { convolve(step, 1, step.element(0)); }
void integer_convolution(ShapeStep& step) { convolve(step, 1, ElementType::kInt32); }
void quantised_convolution(ShapeStep& step) { convolve(step, 3, step.element(7)); }

void pool(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (x && x->size() > 2) slide(step, *x, step.node.ints_or("kernel_shape", {}), (*x)[1], step.element(0));
}

// The size that pooling started from, unless it is given.
void unpool(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x || x->size() < 3) return;
  if (!step.node.input(2).empty()) {
    if (const auto given = step.integers(2)) step.set(0, step.element(0), *given);
    return;
  }
  const Window window = window_of(step.node, step.node.ints_or("kernel_shape", {}));
  const std::size_t rank = window.kernel.size();
  if (x->size() != rank + 2) return step.conflict(concat("its input has ", x->size(), " axes and its kernel ", rank));
  tensor::Shape result{(*x)[0], (*x)[1]};
  for (std::size_t i = 0; i < rank; ++i)
    result.push_back(product_of((*x)[i + 2] - 1, window.strides[i]) + window.kernel[i] - window.pads[i] -
                     window.pads[i + rank]);
  step.set(0, step.element(0), std::move(result));
}

void transposed_convolution(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const tensor::Shape* w = step.shape(1);
  if (!x || !w || w->size() < 3 || x->size() != w->size()) return;
  if ((*x)[1] != (*w)[0])
    return step.conflict(concat("its input has ", (*x)[1], " channels and its weights ", (*w)[0]));
  const std::size_t rank = w->size() - 2;
  const Window window = window_of(step.node, tensor::Shape(w->begin() + 2, w->end()));
  const auto extra = step.node.ints_or("output_padding", std::vector<std::int64_t>(rank, 0));
  const auto fixed = step.node.ints_or("output_shape", {});
  const std::int64_t groups = std::clamp<std::int64_t>(step.node.int_or("group", 1), 1, kMost);
  tensor::Shape result{(*x)[0], product_of((*w)[1], groups)};
  for (std::size_t i = 0; i < rank; ++i) {
    if (fixed.size() >= rank) {
      result.push_back(fixed[fixed.size() - rank + i]);
      continue;
    }
    const std::int64_t stride = window.strides[i];
    const std::int64_t reach = window.dilations[i] * (window.kernel[i] - 1) + 1;
    const std::int64_t more = i < extra.size() ? std::clamp(extra[i], -kMost, kMost) : 0;
    std::int64_t size = product_of(stride, (*x)[i + 2] - 1) + more + reach;
    if (window.auto_pad.starts_with("SAME")) {
      // Padding only takes away.
      size = std::min(size, product_of((*x)[i + 2], stride));
    } else if (window.auto_pad != "VALID") {
      size -= window.pads[i] + window.pads[i + rank];
    }
    result.push_back(size);
  }
  step.set(0, step.element(0), std::move(result));
}

void global_pool(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x || x->size() < 2) return;
  tensor::Shape result(x->size(), 1);
  result[0] = (*x)[0];
  result[1] = (*x)[1];
  step.set(0, step.element(0), std::move(result));
}

void resize(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  if (!x) return;
  const bool is_upsample = step.node.op == "Upsample";
  const bool has_roi = !is_upsample && step.opset >= 11;
  const std::size_t scales_at = has_roi ? 2 : 1;
  const auto axes = step.node.ints_or("axes", {});
  const auto place = [&](std::size_t i) {
    if (axes.empty()) return i;
    const std::int64_t axis = i < axes.size() ? axis_in(axes[i], x->size()) : -1;
    return axis < 0 ? x->size() : static_cast<std::size_t>(axis);
  };
  tensor::Shape result = *x;
  if (const auto sizes = has_roi ? step.integers(3) : std::nullopt) {
    const std::string policy = step.node.string_or("keep_aspect_ratio_policy", "stretch");
    std::optional<float> factor;
    for (std::size_t i = 0; i < sizes->size() && place(i) < result.size(); ++i) {
      result[place(i)] = (*sizes)[i];
      if ((*x)[place(i)] < 1) continue;
      const float ratio = static_cast<float>((*sizes)[i]) / static_cast<float>((*x)[place(i)]);
      factor = !factor ? ratio : policy == "not_larger" ? std::min(*factor, ratio) : std::max(*factor, ratio);
    }
    // One factor for all axes that are named.
    for (std::size_t i = 0; policy != "stretch" && factor && i < sizes->size() && place(i) < result.size(); ++i) {
      const float size = std::round(*factor * static_cast<float>((*x)[place(i)]));
      if (!(size >= 0 && size < 1e12F)) return;
      result[place(i)] = static_cast<std::int64_t>(size);
    }
    return step.set(0, step.element(0), std::move(result));
  }
  if (!step.node.input(3).empty() && has_roi) return;
  std::vector<double> scales;
  if (const Attribute* attribute = step.node.find("scales")) {
    scales.assign(attribute->floats.begin(), attribute->floats.end());
  } else if (const auto* given = step.content(scales_at)) {
    scales = *given;
  } else {
    return;
  }
  for (std::size_t i = 0; i < scales.size() && place(i) < result.size(); ++i) {
    // In single precision, as engines do it.
    const float size = std::floor(static_cast<float>((*x)[place(i)]) * static_cast<float>(scales[i]));
    if (!(size >= 0 && size < 1e12F)) return;
    result[place(i)] = static_cast<std::int64_t>(size);
  }
  step.set(0, step.element(0), std::move(result));
}

void depth_to_space(ShapeStep& step) {
  const tensor::Shape* x = step.shape(0);
  const std::int64_t block = std::min(step.node.int_or("blocksize", 1), kMost);
  if (!x || x->size() != 4 || block < 1) return;
  if (step.node.op == "DepthToSpace" && (*x)[1] % (block * block) != 0)
    return step.conflict(concat((*x)[1], " channels are no blocks of ", block, " by ", block));
  if (step.node.op == "DepthToSpace")
    return step.set(0, step.element(0),
                    {(*x)[0], (*x)[1] / (block * block), product_of((*x)[2], block), product_of((*x)[3], block)});
  if ((*x)[2] % block != 0 || (*x)[3] % block != 0)
    return step.conflict(concat(shape_text(*x), " is not divisible by its blocks of ", block));
  step.set(0, step.element(0), {(*x)[0], product_of((*x)[1], block * block), (*x)[2] / block, (*x)[3] / block});
}

}  // namespace

const std::vector<NamedShapeRule>& window_shape_rules() {
  static const std::vector<NamedShapeRule> kRules{
      {"Conv", convolution},
      {"DeformConv", convolution},
      {"ConvInteger", integer_convolution},
      {"QLinearConv", quantised_convolution},
      {"com.microsoft::FusedConv", convolution},
      {"MaxUnpool", unpool},
      {"ConvTranspose", transposed_convolution},
      {"MaxPool", pool},
      {"AveragePool", pool},
      {"LpPool", pool},
      {"GlobalAveragePool", global_pool},
      {"GlobalMaxPool", global_pool},
      {"GlobalLpPool", global_pool},
      {"Resize", resize},
      {"Upsample", resize},
      {"DepthToSpace", depth_to_space},
      {"SpaceToDepth", depth_to_space},
  };
  return kRules;
}

}  // namespace zooport::onnx
