#include <algorithm>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Linear quantization with scales, blocks and element types that an older opset does not have.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kMostBlocked = 1 << 20;

struct Range {
  double least;
  double most;
};

// What an integer type holds; none for those that no older opset has.
std::optional<Range> range_of(ElementType type) {
  if (type == ElementType::kUint8) return Range{0, 255};
  if (type == ElementType::kInt8) return Range{-128, 127};
  if (type == ElementType::kUint16) return Range{0, 65535};
  if (type == ElementType::kInt16) return Range{-32768, 32767};
  return std::nullopt;
}

bool is_float(ElementType type) {
  return type == ElementType::kFloat || type == ElementType::kFloat16 || type == ElementType::kBfloat16 ||
         type == ElementType::kDouble;
}

// Brings scales and zero points into a shape that goes with the input.
class Spread {
 public:
  // Refuses what is not known.
  Spread(Rewrite& at, const Node& node) : at_(at) { read(node); }

  std::string operator()(const std::string& value) const {
    if (is_single_) return value;
    if (block_ == 0) return at_.reshape(value, shape_);
    return at_.emit("Gather", {value, at_.integers(indices_)}, {make_attribute("axis", axis_)});
  }

 private:
  void read(const Node& node) {
    Rewrite& at = at_;
    const std::string& x = node.input(0);
    const std::string& scale = node.input(1);
    const auto rank = at.facts.rank(x);
    const auto scale_rank = at.facts.rank(scale);
    const auto axis = at.axis_of(x, node.int_or("axis", 1));
    block_ = node.int_or("block_size", 0);
    if (!scale_rank) return at.refuse("whether there is one scale or one for each channel is not known");
    is_single_ = *scale_rank == 0;
    if (is_single_) return;
    if (block_ == 0 && *scale_rank != 1) return at.refuse("scales of several axes without blocks");
    if (block_ == 0 && at.facts.extent(scale, 0) == 1) {
      shape_ = {1};
      return;
    }
    if (!rank || !axis || *axis >= *rank) return at.refuse("the number of axes is not known");
    axis_ = *axis;
    if (block_ == 0) {
      shape_.assign(static_cast<std::size_t>(*rank), 1);
      shape_[static_cast<std::size_t>(axis_)] = -1;
      return;
    }
    const auto extent = at.facts.extent(x, axis_);
    if (block_ < 0 || !extent || *extent > kMostBlocked) return at.refuse("blocks along an extent that is not known");
    for (std::int64_t i = 0; i < *extent; ++i) indices_.push_back(i / block_);
  }

  Rewrite& at_;
  Integers shape_;
  Integers indices_;
  std::int64_t axis_ = 0;
  std::int64_t block_ = 0;
  bool is_single_ = false;
};

std::string as(Rewrite& at, const std::string& value, ElementType type) {
  return at.facts.type(value) == type ? value : at.cast(value, type);
}

// The type of what is quantized: that of the zero point, or what is said.
ElementType quantized_type(const Rewrite& at) {
  if (!at.node.input(2).empty()) return at.facts.type(at.node.input(2));
  const auto said = static_cast<ElementType>(at.node.int_or("output_dtype", 0));
  return said == ElementType::kUndefined ? ElementType::kUint8 : said;
}

}  // namespace

// round(x / scale) + zero point, kept inside the type.
void quantize(Rewrite& at) {
  const Node node = at.node;
  const std::string x = node.input(0);
  const ElementType type = quantized_type(at);
  const auto range = range_of(type);
  if (!range) return at.refuse("the element type of the zero point is not known, or has no counterpart");
  ElementType precise = static_cast<ElementType>(node.int_or("precision", 0));
  if (precise == ElementType::kUndefined) precise = at.facts.type(node.input(1));
  if (precise == ElementType::kInt32) precise = ElementType::kFloat;
  if (!is_float(precise)) return at.refuse("the element type of the scale is not known, or has no counterpart");
  const Spread spread(at, node);
  if (!at.refused().empty()) return;
  std::string value = at.emit("Div", {as(at, x, precise), as(at, spread(node.input(1)), precise)});
  value = at.emit("Round", {as(at, value, ElementType::kFloat)});
  if (!node.input(2).empty()) value = at.emit("Add", {value, at.cast(spread(node.input(2)), ElementType::kFloat)});
  value = at.emit("Clip", {value, at.number_like(value, range->least), at.number_like(value, range->most)});
  at.finish("Cast", {value}, {to_type(type)});
}

// (x - zero point) * scale
void dequantize(Rewrite& at) {
  const Node node = at.node;
  const std::string x = node.input(0);
  const Spread spread(at, node);
  if (!at.refused().empty()) return;
  ElementType type = static_cast<ElementType>(node.int_or("output_dtype", 0));
  if (type == ElementType::kUndefined) type = at.facts.type(node.input(1));
  if (type == ElementType::kUndefined) type = ElementType::kFloat;
  if (!is_float(type)) return at.refuse("the element type of the scale has no counterpart");
  std::string value = at.cast(x, ElementType::kFloat);
  if (!node.input(2).empty()) value = at.emit("Sub", {value, at.cast(spread(node.input(2)), ElementType::kFloat)});
  const std::string scale = as(at, spread(node.input(1)), ElementType::kFloat);
  if (type == ElementType::kFloat) return at.finish("Mul", {value, scale});
  at.finish("Cast", {at.emit("Mul", {value, scale})}, {to_type(type)});
}

// Before opset 24 scales are no 8-bit floats.
void quantize_scale(Rewrite& at) {
  const ElementType type = at.facts.type(at.node.input(1));
  const bool is_known = type == ElementType::kUndefined || is_float(type) || type == ElementType::kInt32;
  if (!is_known) at.refuse("the element type of the scale has no counterpart");
}

void quantize_precision(Rewrite& at) {
  if (at.node.int_or("precision", 0) != 0) return quantize(at);
  at.node.remove("precision");
}

void dequantize_type(Rewrite& at) {
  if (at.node.int_or("output_dtype", 0) != 0) return dequantize(at);
  at.node.remove("output_dtype");
}

// Before opset 21 there are no blocks, and 8-bit integers alone.
void quantize_block(Rewrite& at) {
  const ElementType type = quantized_type(at);
  if (type == ElementType::kUint16 || type == ElementType::kInt16 || at.node.int_or("block_size", 0) != 0 ||
      (type == ElementType::kInt8 && at.node.input(2).empty())) {
    return quantize(at);
  }
  at.drop("output_dtype", 0);
  at.node.remove("block_size");
}

void dequantize_block(Rewrite& at) {
  const ElementType type = at.facts.type(at.node.input(0));
  if (type == ElementType::kUint16 || type == ElementType::kInt16 || at.node.int_or("block_size", 0) != 0) {
    if (!range_of(type) && type != ElementType::kInt32) return at.refuse("the element type has no counterpart");
    return dequantize(at);
  }
  at.node.remove("block_size");
}

// Before opset 19 inputs and scales are float32.
void quantize_floats(Rewrite& at) {
  at.node.remove("saturate");
  const ElementType type = quantized_type(at);
  if (type != ElementType::kUndefined && !range_of(type)) return at.refuse("8-bit floats have no counterpart");
  const ElementType x = at.facts.type(at.node.input(0));
  const ElementType scale = at.facts.type(at.node.input(1));
  const bool is_plain = (x == ElementType::kFloat || x == ElementType::kInt32 || x == ElementType::kUndefined) &&
                        (scale == ElementType::kFloat || scale == ElementType::kUndefined);
  if (!is_plain) quantize(at);
}

void dequantize_floats(Rewrite& at) {
  const ElementType scale = at.facts.type(at.node.input(1));
  const ElementType x = at.facts.type(at.node.input(0));
  const bool is_integer = range_of(x) || x == ElementType::kInt32;
  if (is_integer && scale != ElementType::kFloat && scale != ElementType::kUndefined) dequantize(at);
}

// Before opset 13 there is one scale for all elements.
void quantize_axis(Rewrite& at) {
  const auto rank = at.facts.rank(at.node.input(1));
  if (rank == 0 || (rank == 1 && at.facts.extent(at.node.input(1), 0) == 1)) return at.node.remove("axis");
  at.node.op == "QuantizeLinear" ? quantize(at) : dequantize(at);
}

// Scales are float32 before opset 21.
void quantized_product(Rewrite& at) {
  for (const std::size_t input : {0u, 3u, 7u}) {
    const ElementType type = at.facts.type(at.node.input(input));
    if (type != ElementType::kUndefined && type != ElementType::kUint8 && type != ElementType::kInt8) {
      return at.refuse("8-bit floats have no counterpart");
    }
  }
  const Node node = at.node;
  std::vector<std::string> inputs = node.inputs;
  for (const std::size_t input : {1u, 4u, 6u}) {
    const ElementType type = at.facts.type(node.input(input));
    if (type != ElementType::kUndefined) inputs[input] = as(at, node.input(input), ElementType::kFloat);
  }
  if (inputs != node.inputs) at.finish("QLinearMatMul", inputs);
}

}  // namespace zooport::onnx::rules
