#include <algorithm>
#include <cmath>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Operators that came after opset 13, and element types that arithmetic learnt.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

bool is_small(ElementType type) {
  return type == ElementType::kInt8 || type == ElementType::kInt16 || type == ElementType::kUint8 ||
         type == ElementType::kUint16;
}

bool is_integer(ElementType type) {
  return is_small(type) || type == ElementType::kInt32 || type == ElementType::kInt64 || type == ElementType::kUint32 ||
         type == ElementType::kUint64;
}

Tensor truths(const tensor::Shape& dims, std::vector<std::byte> values) {
  Tensor made;
  made.type = ElementType::kBool;
  made.dims = dims;
  made.raw = Bytes(std::move(values));
  return made;
}

}  // namespace

// Blocks of one channel stand together in mode CRD: the channels of the default order, picked.
void depth_order(Rewrite& at) {
  const bool is_default = at.node.string_or("mode", "DCR") == "DCR";
  at.node.remove("mode");
  if (is_default) return;
  const Node node = at.node;
  const auto channels = at.facts.extent(node.input(0), 1);
  const std::int64_t block = node.int_or("blocksize", 0);
  constexpr std::int64_t kMost = 1 << 10;
  if (!channels || block <= 0 || block > kMost || *channels > kMost * kMost / (block * block)) {
    return at.refuse("mode = CRD with a number of channels that is not known, or too large");
  }
  Integers picked;
  for (std::int64_t channel = 0; channel < *channels; ++channel) {
    for (std::int64_t place = 0; place < block * block; ++place) picked.push_back(place * *channels + channel);
  }
  const std::string made = at.emit("SpaceToDepth", {node.input(0)}, {make_attribute("blocksize", block)});
  at.finish("Gather", {made, at.integers(picked)}, {make_attribute("axis", std::int64_t{1})});
}

// Arithmetic of 8 and 16 bits, said with wider integers.
void small_integers(Rewrite& at) {
  const Node node = at.node;
  const ElementType type = at.facts.type(node.input(0));
  if (!is_small(type)) return;
  const ElementType wide = type == ElementType::kUint16 ? ElementType::kInt64 : ElementType::kInt32;
  const std::string made = at.emit(node.op, {at.cast(node.input(0), wide), at.cast(node.input(1), wide)});
  at.finish("Cast", {made}, {to_type(type)});
}

void relu_integers(Rewrite& at) {
  const std::string x = at.node.input(0);
  const ElementType type = at.facts.type(x);
  if (!is_integer(type)) return;
  const bool is_wide = type == ElementType::kInt32 || type == ElementType::kInt64;
  const std::string wide = is_wide ? x : at.cast(x, ElementType::kInt32);
  const std::string zero = at.number_like(wide, 0);
  if (is_wide) return at.finish("Max", {wide, zero});
  at.finish("Cast", {at.emit("Max", {wide, zero})}, {to_type(type)});
}

// The greatest and the least of truth values, as integers.
void truth_extremes(Rewrite& at) {
  const Node node = at.node;
  if (at.facts.type(node.input(0)) != ElementType::kBool) return;
  std::vector<std::string> inputs = node.inputs;
  inputs[0] = at.cast(node.input(0), ElementType::kUint8);  // so that none at all are false, or true
  at.finish("Cast", {at.emit(node.op, inputs, node.attributes)}, {to_type(ElementType::kBool)});
}

// Max and Min of floats alone before opset 12: integers are compared, as wide ones, since engines of that age choose
// among these alone.
void integer_extremes(Rewrite& at) {
  const Node node = at.node;
  const ElementType type = at.facts.type(node.input(0));
  if (!is_integer(type)) return;
  if (type == ElementType::kUint64) return at.refuse("takes no uint64 in opset 11");
  const ElementType wide = is_small(type) ? ElementType::kInt32 : ElementType::kInt64;
  const bool is_wide = type == ElementType::kInt32 || type == ElementType::kInt64;
  const auto widened = [&](const std::string& x) { return is_wide ? x : at.cast(x, wide); };
  std::string best = widened(node.input(0));
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const std::string next = widened(node.inputs[i]);
    const std::string kept = at.emit(node.op == "Max" ? "Greater" : "Less", {best, next});
    best = at.emit("Where", {kept, best, next});
  }
  if (is_wide) return at.finish("Identity", {best});
  at.finish("Cast", {best}, {to_type(type)});
}

// a - b cos(2πn/N) + c cos(4πn/N)
void window_function(Rewrite& at) {
  const Node node = at.node;
  const auto size = at.facts.integers(node.input(0));
  const auto type = static_cast<ElementType>(node.int_or("output_datatype", 1));
  const bool is_periodic = node.int_or("periodic", 1) != 0;
  constexpr std::int64_t kMost = 1 << 20;
  if (!size || size->size() != 1 || size->front() < 0 || size->front() > kMost) {
    return at.refuse("its size is computed inside the graph");
  }
  double weights[3] = {0.5, 0.5, 0};
  if (node.op == "HammingWindow") weights[0] = 25.0 / 46.0;
  if (node.op == "BlackmanWindow") weights[0] = 0.42;
  if (node.op == "HammingWindow") weights[1] = 1 - weights[0];
  if (node.op == "BlackmanWindow") weights[2] = 0.08;
  const auto count = static_cast<double>(is_periodic ? size->front() : size->front() - 1);
  constexpr double kPi = 3.14159265358979323846;
  std::vector<double> values;
  for (std::int64_t i = 0; i < size->front(); ++i) {
    const double angle = 2 * kPi * static_cast<double>(i) / count;
    values.push_back(weights[0] - weights[1] * std::cos(angle) + weights[2] * std::cos(2 * angle));
  }
  const tensor::Array made = tensor::Array::of<double>({size->front()}, values);
  const std::string window = at.constant(make_tensor("", made.view()));
  at.finish("Cast", {window}, {to_type(type)});
}

void swiglu(Rewrite& at) {
  const Node node = at.node;
  std::vector<Attribute> attributes;
  if (const Attribute* alpha = node.find("alpha")) attributes.push_back(*alpha);
  at.finish("Mul", {at.emit("Swish", {node.input(0)}, attributes), node.input(1)});
}

// Products of what a triangle of truth values lets through.
void cum_prod(Rewrite& at) {
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  const auto given = at.facts.integers(at.node.input(1));
  const auto axis = given && given->size() == 1 ? at.axis_of(x, given->front()) : std::nullopt;
  const auto extent = axis ? at.facts.extent(x, *axis) : std::nullopt;
  constexpr std::int64_t kMost = 1 << 9;
  if (!rank || !extent || *extent > kMost || *extent == 0) return at.refuse("the axis or its extent is not known");
  const bool exclusive = at.node.int_or("exclusive", 0) != 0;
  const bool reverse = at.node.int_or("reverse", 0) != 0;
  std::vector<std::byte> seen;
  for (std::int64_t to = 0; to < *extent; ++to) {
    for (std::int64_t from = 0; from < *extent; ++from) {
      const std::int64_t ahead = reverse ? from - to : to - from;
      seen.push_back(std::byte{ahead > 0 || (ahead == 0 && !exclusive)});
    }
  }
  const Integers swap = swapped_with_last(*axis, *rank);
  const bool is_last = *axis == *rank - 1;
  const std::string rows = is_last ? x : at.transpose(x, swap);
  const std::string mask = at.constant(truths({*extent, *extent}, std::move(seen)));
  const std::string factors = at.emit("Where", {mask, at.unsqueeze(rows, {*rank - 1}), at.number_like(x, 1)});
  const std::vector<Attribute> flat = {make_attribute("keepdims", std::int64_t{0})};
  const std::string made = at.emit("ReduceProd", {factors, at.integers({*rank})}, flat);
  if (is_last) return at.finish("Identity", {made});
  at.finish("Transpose", {made}, {make_attribute("perm", swap)});
}

// From opset 18 a tensor or a sequence counts as an optional value that is there, and no input as one that is not.
void optional_values(Rewrite& at) {
  const std::string x = at.node.input(0);
  const std::string_view kind = at.facts.kind(x);
  if (kind == "optional value") return;
  const bool is_there = !x.empty();
  if (is_there && kind.empty() && at.facts.type(x) == ElementType::kUndefined) {
    return at.refuse("whether its input is an optional value is not known");
  }
  if (at.node.op == "OptionalGetElement") return at.finish("Identity", {x});
  Tensor truth = truths({}, {std::byte{is_there}});
  at.finish("Constant", {}, {make_attribute("value", std::move(truth))});
}

// One where a random number is below the probability.
void bernoulli(Rewrite& at) {
  const Node node = at.node;
  const std::string x = node.input(0);
  auto type = static_cast<ElementType>(node.int_or("dtype", 0));
  if (type == ElementType::kUndefined) type = at.facts.type(x);
  if (type == ElementType::kUndefined) return at.refuse("the element type is not known");
  std::vector<Attribute> attributes;
  if (const Attribute* seed = node.find("seed")) attributes.push_back(*seed);
  at.finish("Cast", {at.emit("Less", {at.emit("RandomUniformLike", {x}, attributes), x})}, {to_type(type)});
}

// The axis was an attribute, counted without the axis of real and imaginary parts.
void dft_axis(Rewrite& at) {
  const std::string x = at.node.input(0);
  const auto given = at.node.input(2).empty() ? std::optional(Integers{-2}) : at.facts.integers(at.node.input(2));
  if (!given || given->size() != 1) return at.refuse("axis is computed inside the graph, and must be constant");
  const auto axis = at.axis_of(x, given->front());
  if (!axis) return at.refuse("the axis is counted from the back, and the number of axes is not known");
  at.node.inputs.resize(at.node.input(1).empty() ? 1 : 2);
  at.node.set(make_attribute("axis", *axis));
}

void dft_axis_input(Rewrite& at) {
  const std::string input = at.integer(at.node.int_or("axis", 1));
  at.node.remove("axis");
  at.node.inputs.resize(2);
  at.node.inputs.push_back(input);
}

}  // namespace zooport::onnx::rules
