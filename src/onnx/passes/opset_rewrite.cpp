#include "onnx/passes/opset.hpp"

#include <numeric>

#include "zooport/base/text.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::onnx {

void Rewrite::refuse(std::string why) {
  if (refused_.empty()) refused_ = std::move(why);
}

Node Rewrite::make(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes) {
  Node made;
  made.op = op;
  made.name = fresh_name(names_, concat(node.name.empty() ? node.op : node.name, '_', op));
  made.inputs = std::move(inputs);
  while (!made.inputs.empty() && made.inputs.back().empty()) made.inputs.pop_back();
  made.attributes = std::move(attributes);
  return made;
}

std::string Rewrite::emit(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes) {
  Node made = make(op, std::move(inputs), std::move(attributes));
  made.outputs = {fresh_name(names_, concat(made.name, "_out"))};
  facts.note(made);
  made_.push_back(std::move(made));
  return made_.back().outputs[0];
}

std::vector<std::string> Rewrite::emit_many(std::string_view op, std::vector<std::string> inputs, std::size_t outputs,
                                            std::vector<Attribute> attributes) {
  Node made = make(op, std::move(inputs), std::move(attributes));
  for (std::size_t i = 0; i < outputs; ++i) made.outputs.push_back(fresh_name(names_, concat(made.name, "_out")));
  facts.note(made);
  made_.push_back(std::move(made));
  return made_.back().outputs;
}

void Rewrite::finish(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes,
                     std::size_t output) {
  Node made = make(op, std::move(inputs), std::move(attributes));
  made.outputs = {output < node.outputs.size() ? node.outputs[output] : ""};
  made_.push_back(std::move(made));
  finished_ = true;
}

// Constants are operators, so that they may stand in any subgraph and before IR 4.
std::string Rewrite::constant(Tensor tensor) {
  Node made = make("Constant", {}, {});
  tensor.name.clear();
  made.outputs = {fresh_name(names_, concat(made.name, "_out"))};
  made.attributes = {make_attribute("value", std::move(tensor))};
  facts.note(made);
  made_.push_back(std::move(made));
  return made_.back().outputs[0];
}

std::string Rewrite::integers(const std::vector<std::int64_t>& values) { return constant(make_integers("", values)); }

std::string Rewrite::integer(std::int64_t value) {
  Tensor one = make_integers("", {value});
  one.dims.clear();
  return constant(std::move(one));
}

std::string Rewrite::number_like(const std::string& like, double value) {
  if (facts.type(like) == ElementType::kBfloat16)
    return cast(constant(make_floats("", {}, {static_cast<float>(value)})), ElementType::kBfloat16);
  const auto dtype = dtype_of(facts.type(like)).value_or(tensor::Dtype::kFloat32);
  const tensor::Array one = tensor::Array::of<double>({}, {value});
  return constant(make_tensor("", tensor::Array::converted(one.view(), dtype).view()));
}

std::string Rewrite::reduce(std::string_view op, const std::string& x, const std::vector<std::int64_t>& axes) {
  if (to >= (op == "ReduceSum" ? 13 : 18)) return emit(op, {x, integers(axes)});
  return emit(op, {x}, {make_attribute("axes", axes)});
}

std::string Rewrite::reshape(const std::string& x, const std::vector<std::int64_t>& shape) {
  return emit("Reshape", {x, integers(shape)});
}

std::string Rewrite::transpose(const std::string& x, const std::vector<std::int64_t>& permutation) {
  return emit("Transpose", {x}, {make_attribute("perm", permutation)});
}

std::string Rewrite::slice(const std::string& x, std::int64_t start, std::int64_t end, std::int64_t axis) {
  if (to >= 10) return emit("Slice", {x, integers({start}), integers({end}), integers({axis})});
  using Integers = std::vector<std::int64_t>;
  return emit("Slice", {x},
              {make_attribute("axes", Integers{axis}), make_attribute("starts", Integers{start}),
               make_attribute("ends", Integers{end})});
}

std::vector<std::int64_t> swapped_with_last(std::int64_t axis, std::int64_t rank) {
  std::vector<std::int64_t> axes(static_cast<std::size_t>(rank));
  std::iota(axes.begin(), axes.end(), std::int64_t{0});
  std::swap(axes[static_cast<std::size_t>(axis)], axes.back());
  return axes;
}

Attribute to_type(ElementType type) { return make_attribute("to", std::int64_t{static_cast<std::int32_t>(type)}); }

std::string Rewrite::cast(const std::string& x, ElementType type) { return emit("Cast", {x}, {to_type(type)}); }

std::string Rewrite::unsqueeze(const std::string& x, const std::vector<std::int64_t>& axes) {
  if (to >= 13) return emit("Unsqueeze", {x, integers(axes)});
  return emit("Unsqueeze", {x}, {make_attribute("axes", axes)});
}

std::string Rewrite::squeeze(const std::string& x, const std::vector<std::int64_t>& axes) {
  if (to >= 13) return emit("Squeeze", {x, integers(axes)});
  return emit("Squeeze", {x}, {make_attribute("axes", axes)});
}

bool Rewrite::drop(std::string_view attribute, std::int64_t only) {
  const std::int64_t value = node.int_or(attribute, only);
  if (value != only) {
    refuse(concat(attribute, " = ", value, " has no counterpart"));
    return false;
  }
  node.remove(attribute);
  return true;
}

bool Rewrite::drop(std::string_view attribute, std::string_view only) {
  const std::string value = node.string_or(attribute, only);
  if (value != only) {
    refuse(concat(attribute, " = ", printable(value), " has no counterpart"));
    return false;
  }
  node.remove(attribute);
  return true;
}

std::optional<std::int64_t> Rewrite::axis_of(const std::string& value, std::int64_t axis) const {
  const auto rank = facts.rank(value);
  if (!rank) return axis >= 0 ? std::optional(axis) : std::nullopt;
  const std::int64_t index = axis < 0 ? axis + *rank : axis;
  return index >= 0 && index < *rank ? std::optional(index) : std::nullopt;
}

}  // namespace zooport::onnx
