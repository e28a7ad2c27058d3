#include <cmath>
#include <limits>

#include "onnx/element.hpp"
#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Operators that came later, said with older ones.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t kMostInMask = 1 << 12;

bool is_real(ElementType type) {
  return type == ElementType::kFloat || type == ElementType::kDouble || type == ElementType::kFloat16;
}

bool needs_reals(Rewrite& at) {
  if (is_real(at.facts.type(at.node.input(0)))) return true;
  at.refuse("the elements are no floats, or of an unknown type");
  return false;
}

// Zeros and ones of the type of `like`.
std::string as_number(Rewrite& at, const std::string& truth, const std::string& like) {
  return at.cast(truth, at.facts.type(like));
}

std::string either(Rewrite& at, const std::string& a, const std::string& b) { return at.emit("Or", {a, b}); }

}  // namespace

// a >= b: greater or equal, which no NaN is.
void not_less(Rewrite& at) {
  const std::string a = at.node.input(0);
  const std::string b = at.node.input(1);
  const std::string beyond = at.emit(at.node.op == "GreaterOrEqual" ? "Greater" : "Less", {a, b});
  at.finish("Or", {beyond, at.emit("Equal", {a, b})});
}

// Floats are equal that are neither less nor greater, and that are numbers.
void equal_floats(Rewrite& at) {
  axes_not_negative(at);
  const std::string a = at.node.input(0);
  const std::string b = at.node.input(1);
  const ElementType type = at.facts.type(a);
  if (!is_real(type)) return;
  const std::string other = either(at, at.emit("Less", {a, b}), at.emit("Greater", {a, b}));
  const auto is_number = [&](const std::string& x) {
    const std::string zero = at.number_like(x, 0);
    return either(at, at.emit("Greater", {x, at.number_like(x, -1)}), at.emit("Less", {x, zero}));
  };
  at.finish("And", {at.emit("Not", {other}), at.emit("And", {is_number(a), is_number(b)})});
}

// What is halfway goes to the even one.
void round_half_even(Rewrite& at) {
  const std::string x = at.node.input(0);
  if (!needs_reals(at)) return;
  const std::string below = at.emit("Floor", {x});
  const std::string rest = at.emit("Sub", {x, below});
  const std::string half = at.number_like(x, 0.5);
  const std::string halves = at.emit("Mul", {below, half});
  const std::string is_odd =
      at.emit("Greater", {at.emit("Sub", {halves, at.emit("Floor", {halves})}), at.number_like(x, 0.25)});
  const std::string more = at.emit("Greater", {rest, half});
  const std::string is_tie = at.emit("Not", {either(at, more, at.emit("Less", {rest, half}))});
  const std::string up = either(at, more, at.emit("And", {is_tie, is_odd}));
  at.finish("Add", {below, as_number(at, up, x)});
}

// A product with a triangle of ones.
void cum_sum(Rewrite& at) {
  const std::string x = at.node.input(0);
  const auto rank = at.facts.rank(x);
  const auto given = at.facts.integers(at.node.input(1));
  const auto axis = given && given->size() == 1 ? at.axis_of(x, given->front()) : std::nullopt;
  const auto extent = axis ? at.facts.extent(x, *axis) : std::nullopt;
  if (!rank || !extent || *extent > kMostInMask || *extent == 0 || !is_real(at.facts.type(x))) {
    return at.refuse("the axis or its extent is not known, or the elements are no floats");
  }
  const bool exclusive = at.node.int_or("exclusive", 0) != 0;
  const bool reverse = at.node.int_or("reverse", 0) != 0;
  std::vector<double> ones;
  for (std::int64_t from = 0; from < *extent; ++from) {
    for (std::int64_t to = 0; to < *extent; ++to) {
      const std::int64_t ahead = reverse ? from - to : to - from;
      ones.push_back(ahead > 0 || (ahead == 0 && !exclusive) ? 1 : 0);
    }
  }
  const tensor::Array made = tensor::Array::of<double>({*extent, *extent}, ones);
  const tensor::Array typed = tensor::Array::converted(made.view(), *dtype_of(at.facts.type(x)));
  const std::string triangle = at.constant(make_tensor("", typed.view()));
  if (*axis == *rank - 1) return at.finish("MatMul", {x, triangle});
  const Integers swap = swapped_with_last(*axis, *rank);
  const std::string sums = at.emit("MatMul", {at.transpose(x, swap), triangle});
  at.finish("Transpose", {sums}, {make_attribute("perm", swap)});
}

// Counting is not known before; a count that is constant is a constant.
void range(Rewrite& at) {
  if (const Tensor* made = at.facts.constant(at.node.outputs[0])) {
    return at.finish("Constant", {}, {make_attribute("value", *made)});
  }
  double number[3];
  for (const std::size_t i : {0u, 1u, 2u}) {
    const Tensor* given = at.facts.constant(at.node.input(i));
    const std::vector<double> values = given ? doubles_of(*given) : std::vector<double>();
    if (values.size() != 1) return at.refuse("its bounds are computed inside the graph");
    number[i] = values[0];
  }
  const double count = std::max(0.0, std::ceil((number[1] - number[0]) / number[2]));
  const auto dtype = dtype_of(at.facts.type(at.node.input(0)));
  if (!(count <= 1e6) || !dtype) return at.refuse("it is too long");
  std::vector<double> values;
  for (double i = 0; i < count; ++i) values.push_back(number[0] + i * number[2]);
  const tensor::Array made = tensor::Array::of<double>({static_cast<std::int64_t>(values.size())}, values);
  Tensor tensor = make_tensor("", tensor::Array::converted(made.view(), *dtype).view());
  at.finish("Constant", {}, {make_attribute("value", std::move(tensor))});
}

void is_inf(Rewrite& at) {
  const std::string x = at.node.input(0);
  const ElementType type = at.facts.type(x);
  if (type != ElementType::kFloat && type != ElementType::kDouble)
    return at.refuse("the element type has no counterpart");
  const double most = type == ElementType::kFloat ? static_cast<double>(std::numeric_limits<float>::max())
                                                  : std::numeric_limits<double>::max();
  const bool above = at.node.int_or("detect_positive", 1) != 0;
  const bool below = at.node.int_or("detect_negative", 1) != 0;
  const std::string high = at.number_like(x, most);
  const std::string low = at.number_like(x, -most);
  if (above && below) return at.finish("Or", {at.emit("Greater", {x, high}), at.emit("Less", {x, low})});
  if (above) return at.finish("Greater", {x, high});
  if (below) return at.finish("Less", {x, low});
  at.refuse("it looks for neither infinity");
}

// What is neither above -1 nor below 1.
void is_nan(Rewrite& at) {
  const std::string x = at.node.input(0);
  if (!needs_reals(at)) return;
  at.finish("Not",
            {either(at, at.emit("Greater", {x, at.number_like(x, -1)}), at.emit("Less", {x, at.number_like(x, 1)}))});
}

void thresholded_relu(Rewrite& at) {
  const std::string x = at.node.input(0);
  const std::string above = at.emit("Greater", {x, at.number_like(x, at.node.float_or("alpha", 1))});
  at.finish("Where", {above, x, at.number_like(x, 0)});
}

void shrink(Rewrite& at) {
  const std::string x = at.node.input(0);
  const double lambda = at.node.float_or("lambd", 0.5f);
  const double bias = at.node.float_or("bias", 0);
  if (!needs_reals(at)) return;
  const std::string low = at.emit("Less", {x, at.number_like(x, -lambda)});
  const std::string high = at.emit("Greater", {x, at.number_like(x, lambda)});
  const std::string raised = at.emit("Mul", {at.emit("Add", {x, at.number_like(x, bias)}), as_number(at, low, x)});
  const std::string lowered = at.emit("Mul", {at.emit("Sub", {x, at.number_like(x, bias)}), as_number(at, high, x)});
  at.finish("Add", {raised, lowered});
}

// Sinh, Cosh, Asinh, Acosh, Atanh by their definitions.
void hyperbolic(Rewrite& at) {
  const std::string x = at.node.input(0);
  const std::string op = at.node.op;
  if (!needs_reals(at)) return;
  const std::string one = at.number_like(x, 1);
  const std::string half = at.number_like(x, 0.5);
  if (op == "Sinh" || op == "Cosh") {
    const std::string up = at.emit("Exp", {x});
    const std::string down = at.emit("Exp", {at.emit("Neg", {x})});
    return at.finish("Mul", {at.emit(op == "Sinh" ? "Sub" : "Add", {up, down}), half});
  }
  if (op == "Atanh") {
    const std::string ratio = at.emit("Div", {at.emit("Add", {one, x}), at.emit("Sub", {one, x})});
    return at.finish("Mul", {at.emit("Log", {ratio}), half});
  }
  if (op == "Acosh") {
    const std::string root = at.emit("Sqrt", {at.emit("Sub", {at.emit("Mul", {x, x}), one})});
    return at.finish("Log", {at.emit("Add", {x, root})});
  }
  // Asinh is odd; of what is negative the sum would vanish.
  const std::string size = at.emit("Abs", {x});
  const std::string root = at.emit("Sqrt", {at.emit("Add", {at.emit("Mul", {x, x}), one})});
  const std::string zero = at.number_like(x, 0);
  const std::string signs =
      at.emit("Sub", {as_number(at, at.emit("Greater", {x, zero}), x), as_number(at, at.emit("Less", {x, zero}), x)});
  at.finish("Mul", {at.emit("Log", {at.emit("Add", {size, root})}), signs});
}

void sign(Rewrite& at) {
  const std::string x = at.node.input(0);
  if (!needs_reals(at)) return;
  const std::string zero = at.number_like(x, 0);
  at.finish("Sub", {as_number(at, at.emit("Greater", {x, zero}), x), as_number(at, at.emit("Less", {x, zero}), x)});
}

// Of what is not chosen the least possible one is taken, and the greater of both. No value may be NaN; integers, which
// have no infinity, are not said so.
void where(Rewrite& at) {
  const Node node = at.node;
  const ElementType type = at.facts.type(node.input(1));
  if (!is_real(type)) return at.refuse("the elements are no floats, or of an unknown type");
  const std::string chosen = at.cast(node.input(0), type);
  const std::string one = at.number_like(node.input(1), 1);
  const auto bounded = [&](const std::string& x, const std::string& keep) {
    const std::string bound =
        at.emit("Mul", {at.emit("Sub", {at.emit("Add", {keep, keep}), one}), at.number_like(x, kInfinity)});
    return at.emit("Min", {x, bound});
  };
  const std::string other = at.emit("Sub", {one, chosen});
  at.finish("Max", {bounded(node.input(1), chosen), bounded(node.input(2), other)});
}

void constant_of_shape(Rewrite& at) {
  const Attribute* value = at.node.find("value");
  Tensor one = value && !value->tensors.empty() ? value->tensors[0] : make_floats("", {1}, {0});
  one.name.clear();
  at.finish("Expand", {at.constant(std::move(one)), at.node.input(0)});
}

void eye_like(Rewrite& at) {
  const auto shape = at.facts.shape(at.node.input(0));
  const std::int64_t shift = at.node.int_or("k", 0);
  ElementType type = static_cast<ElementType>(at.node.int_or("dtype", 0));
  if (type == ElementType::kUndefined) type = at.facts.type(at.node.input(0));
  const std::int64_t count = shape ? count_of(*shape) : -1;
  if (count < 0 || shape->size() != 2 || !dtype_of(type) || count > kMostInMask * kMostInMask) {
    return at.refuse("its extents or its element type are not known");
  }
  std::vector<double> values;
  for (std::int64_t row = 0; row < (*shape)[0]; ++row) {
    if (count == 0) break;
    for (std::int64_t column = 0; column < (*shape)[1]; ++column) values.push_back(column - row == shift ? 1 : 0);
  }
  const tensor::Array made = tensor::Array::of<double>(*shape, values);
  Tensor tensor = make_tensor("", tensor::Array::converted(made.view(), *dtype_of(type)).view());
  at.finish("Constant", {}, {make_attribute("value", std::move(tensor))});
}

// (x - mean) / (sqrt(mean of squares) + 1e-9)
void mean_variance(Rewrite& at) {
  const std::string x = at.node.input(0);
  const Integers axes = at.node.ints_or("axes", {0, 2, 3});
  const std::string centred = at.emit("Sub", {x, at.reduce("ReduceMean", x, axes)});
  const std::string square = at.reduce("ReduceMean", at.emit("Mul", {centred, centred}), axes);
  at.finish("Div", {centred, at.emit("Add", {at.emit("Sqrt", {square}), at.number_like(x, 1e-9)})});
}

// Zeros of the shape are added.
void expand(Rewrite& at) {
  const std::string x = at.node.input(0);
  const auto shape = at.facts.integers(at.node.input(1));
  const ElementType type = at.facts.type(x);
  const bool is_number = is_real(type) || type == ElementType::kInt32 || type == ElementType::kInt64;
  if (!shape || !is_number || count_of(*shape) < 0 || count_of(*shape) > (std::int64_t{1} << 24)) {
    return at.refuse("the shape is computed inside the graph, or the elements cannot be added");
  }
  Tensor zeros;
  zeros.type = type;
  zeros.dims = *shape;
  zeros.raw = Bytes(std::string(static_cast<std::size_t>(count_of(*shape)) * tensor::size_of(*dtype_of(type)), '\0'));
  at.finish("Add", {x, at.constant(std::move(zeros))});
}

void compress(Rewrite& at) {
  const Tensor* keep = at.facts.constant(at.node.input(1));
  const Attribute* axis = at.node.find("axis");
  if (!keep) return at.refuse("the condition is computed inside the graph");
  Integers indices;
  for (std::size_t i = 0; i < keep->raw.size(); ++i) {
    if (keep->raw.data()[i] != std::byte{0}) indices.push_back(static_cast<std::int64_t>(i));
  }
  if (axis) return at.finish("Gather", {at.node.input(0), at.integers(indices)}, {*axis});
  at.finish("Gather", {at.reshape(at.node.input(0), {-1}), at.integers(indices)},
            {make_attribute("axis", std::int64_t{0})});
}

// Of integers: the rest has the sign of the divisor; with fmod that of the dividend.
void modulo(Rewrite& at) {
  const std::string a = at.node.input(0);
  const std::string b = at.node.input(1);
  const ElementType type = at.facts.type(a);
  if (type != ElementType::kInt32 && type != ElementType::kInt64) return at.refuse("the rest of these elements");
  const std::string rest = at.emit("Sub", {a, at.emit("Mul", {at.emit("Div", {a, b}), b})});
  if (at.node.int_or("fmod", 0) != 0) return at.finish("Identity", {rest});
  // One divisor more where the signs differ: rest * b < 0, seen as floats.
  const std::string product = at.emit("Mul", {at.cast(rest, ElementType::kFloat), at.cast(b, ElementType::kFloat)});
  const std::string wrong = at.cast(at.emit("Less", {product, at.constant(make_floats("", {}, {0}))}), type);
  at.finish("Add", {rest, at.emit("Mul", {b, wrong})});
}

}  // namespace zooport::onnx::rules
