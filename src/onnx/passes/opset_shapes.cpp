#include <algorithm>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"
#include "zooport/tensor/array.hpp"

// Reshape, Shape, Slice, Pad and what is made of them.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kMostExtent = std::int64_t{1} << 40;

std::string slice(Rewrite& at, const std::string& x, std::int64_t start, std::int64_t end, std::int64_t axis) {
  return at.emit("Slice", {x, at.integers({start}), at.integers({end}), at.integers({axis})});
}

// The pads of opset 18 on all axes: begins, then ends; none if something is not constant.
std::optional<Integers> full_pads(Rewrite& at) {
  const auto pads = at.facts.integers(at.node.input(1));
  const auto rank = at.facts.rank(at.node.input(0));
  if (!pads) return std::nullopt;
  if (at.node.input(3).empty()) return pads;
  const auto axes = at.facts.integers(at.node.input(3));
  if (!axes || !rank || pads->size() != 2 * axes->size()) return std::nullopt;
  Integers full(static_cast<std::size_t>(2 * *rank), 0);
  for (std::size_t i = 0; i < axes->size(); ++i) {
    const auto axis = at.axis_of(at.node.input(0), (*axes)[i]);
    if (!axis) return std::nullopt;
    full[static_cast<std::size_t>(*axis)] = (*pads)[i];
    full[static_cast<std::size_t>(*axis + *rank)] = (*pads)[i + axes->size()];
  }
  return full;
}

bool is_without_elements(const Facts& facts, const std::string& x) {
  const std::int64_t rank = facts.rank(x).value_or(0);
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    if (facts.extent(x, axis) == 0) return true;
  }
  return false;
}

// A zero for ConstantOfShape; none if it does not take the element type.
std::optional<Tensor> no_element(ElementType type) {
  const auto dtype = dtype_of(type);
  if (!dtype) return std::nullopt;
  return make_tensor("", tensor::Array::converted(tensor::Array::of<double>({1}, {0}).view(), *dtype).view());
}

}  // namespace

// A 0 in the target of allowzero = 1 makes a tensor without elements, of one without. Tensors with elements have none
// there, however the target is computed, so that it is the same to them what a 0 would do.
void reshape_zero(Rewrite& at) {
  if (at.node.int_or("allowzero", 0) == 0) return at.node.remove("allowzero");
  const std::string x = at.node.input(0);
  const auto target = at.facts.integers(at.node.input(1));
  const bool has_zero = target && std::find(target->begin(), target->end(), 0) != target->end();
  if ((has_zero || !target) && is_without_elements(at.facts, x)) {
    const auto nothing = no_element(at.facts.type(x));
    if (!nothing) return at.refuse("allowzero = 1 on a tensor without elements whose element type is not known");
    // What is left over (-1) of nothing is nothing.
    const std::string extents = at.emit("Max", {at.node.input(1), at.integers({0})});
    return at.finish("ConstantOfShape", {extents}, {make_attribute("value", *nothing)});
  }
  if (has_zero) return at.refuse("allowzero = 1 with a 0 in the target, which tensors without elements alone can have");
  at.node.remove("allowzero");
}

void shape_range(Rewrite& at) {
  const Attribute* end = at.node.find("end");
  const std::int64_t start = at.node.int_or("start", 0);
  if (!end && start == 0) return at.node.remove("start");
  const std::string all = at.emit("Shape", {at.node.input(0)});
  constexpr std::int64_t kEnd = 0x7fffffffffffffff;
  at.finish("Slice", {all, at.integers({start}), at.integers({end ? end->i : kEnd}), at.integers({0})});
}

void pad_axes(Rewrite& at) {
  if (at.node.input(3).empty()) {
    if (at.node.inputs.size() > 3) at.node.inputs.resize(3);
    return;
  }
  const auto pads = full_pads(at);
  if (!pads) return at.refuse("axes, pads or the number of axes are not constant");
  at.node.inputs[1] = at.integers(*pads);
  at.node.inputs.resize(at.node.input(2).empty() ? 2 : 3);
}

// The image repeats: what is missing before comes from its end, and the other way round.
void pad_wrap(Rewrite& at) {
  if (at.node.string_or("mode", "constant") != "wrap") return;
  const auto pads = full_pads(at);
  if (!pads) return at.refuse("mode wrap with pads that are not constant");
  const std::size_t rank = pads->size() / 2;
  std::string value = at.node.input(0);
  for (std::size_t i = 0; i < rank; ++i) {
    const auto axis = static_cast<std::int64_t>(i);
    const std::int64_t before = (*pads)[i];
    const std::int64_t after = (*pads)[i + rank];
    const auto extent = at.facts.extent(at.node.input(0), axis);
    if (before < 0 || after < 0 || before > kMostExtent || (extent && std::max(before, after) > *extent)) {
      return at.refuse("mode wrap with pads that are negative or larger than the extent");
    }
    if (before == 0 && after == 0) continue;
    std::vector<std::string> parts;
    constexpr std::int64_t kEnd = 0x7fffffffffffffff;
    if (before > 0) parts.push_back(slice(at, value, -before, kEnd, axis));
    parts.push_back(value);
    if (after > 0) parts.push_back(slice(at, value, 0, after, axis));
    value = at.emit("Concat", parts, {make_attribute("axis", axis)});
  }
  at.finish("Identity", {value});
}

void pad_to_input(Rewrite& at) {
  const Integers pads = at.node.ints_or("pads", {});
  const float value = at.node.float_or("value", 0);
  std::vector<std::string> inputs = {at.node.input(0), at.integers(pads)};
  if (at.node.string_or("mode", "constant") == "constant") inputs.push_back(at.number_like(at.node.input(0), value));
  at.node.inputs = std::move(inputs);
  at.node.remove("pads");
  at.node.remove("value");
}

void center_crop_pad(Rewrite& at) {
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  const auto wanted = at.facts.integers(at.node.input(1));
  if (!rank || !wanted) return at.refuse("the shape is not constant");
  Integers axes = at.node.ints_or("axes", {});
  if (axes.empty()) {
    for (std::int64_t i = 0; i < *rank; ++i) axes.push_back(i);
  }
  if (axes.size() != wanted->size()) return at.refuse("axes and shape do not fit together");
  Integers pads(static_cast<std::size_t>(2 * *rank), 0);
  std::string value = x;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = at.axis_of(x, axes[i]);
    const auto extent = axis ? at.facts.extent(x, *axis) : std::nullopt;
    if (!extent) return at.refuse("the extents of the input are not known");
    if ((*wanted)[i] < 0 || (*wanted)[i] > kMostExtent) return at.refuse("an extent that cannot be");
    const std::int64_t missing = (*wanted)[i] - *extent;
    if (missing >= 0) {
      pads[static_cast<std::size_t>(*axis)] = missing / 2;
      pads[static_cast<std::size_t>(*axis + *rank)] = missing - missing / 2;
    } else {
      const std::int64_t start = -missing / 2;
      value = slice(at, value, start, start + (*wanted)[i], *axis);
    }
  }
  at.finish("Pad", {value, at.integers(pads)});
}

namespace {

// How far an element lies from the diagonal, compared with a shift that is computed.
void trilu_computed(Rewrite& at) {
  const std::string x = at.node.input(0);
  const std::string shift = at.node.input(1).empty() ? at.integers({0}) : at.node.input(1);
  const std::string shape = at.emit("Shape", {x});
  const auto count = [&](std::int64_t axis) {
    const std::string extent = at.squeeze(at.emit("Gather", {shape, at.integers({axis})}), {0});
    return at.emit("Range", {at.integer(0), extent, at.integer(1)});
  };
  const auto rank = at.facts.rank(x);
  if (!rank || *rank < 2) return at.refuse("the number of axes is not known");
  const std::string rows = at.unsqueeze(count(*rank - 2), {1});
  const std::string apart = at.emit("Sub", {count(*rank - 1), rows});
  const bool upper = at.node.int_or("upper", 1) != 0;
  const std::string lost = at.emit(upper ? "Less" : "Greater", {apart, shift});
  at.finish("Where", {lost, at.number_like(x, 0), x});
}

}  // namespace

void trilu(Rewrite& at) {
  const std::string x = at.node.input(0);
  const auto rows = at.facts.extent(x, -2);
  const auto columns = at.facts.extent(x, -1);
  const auto shift = at.node.input(1).empty() ? std::optional(Integers{0}) : at.facts.integers(at.node.input(1));
  constexpr std::int64_t kMost = 1 << 12;
  if (!rows || !columns || !shift || shift->size() != 1 || *rows > kMost || *columns > kMost) {
    return trilu_computed(at);
  }
  const bool upper = at.node.int_or("upper", 1) != 0;
  std::vector<std::byte> mask;
  for (std::int64_t row = 0; row < *rows; ++row) {
    for (std::int64_t column = 0; column < *columns; ++column) {
      const std::int64_t diagonal = column - row;
      mask.push_back(std::byte{upper ? diagonal >= shift->front() : diagonal <= shift->front()});
    }
  }
  Tensor keep;
  keep.type = ElementType::kBool;
  keep.dims = {*rows, *columns};
  keep.raw = Bytes(std::move(mask));
  at.finish("Where", {at.constant(std::move(keep)), x, at.number_like(x, 0)});
}

void slice_to_input(Rewrite& at) {
  const Integers starts = at.node.ints_or("starts", {});
  std::vector<std::string> inputs = {at.node.input(0), at.integers(starts), at.integers(at.node.ints_or("ends", {}))};
  if (at.node.find("axes")) inputs.push_back(at.integers(at.node.ints_or("axes", {})));
  at.node.inputs = std::move(inputs);
  for (const char* name : {"starts", "ends", "axes"}) at.node.remove(name);
}

}  // namespace zooport::onnx::rules
