#include <numeric>

#include "zooport/base/text.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/tensor/dtype.hpp"

// Operators in the form of the model's opset.
namespace zooport::onnx {

std::string Builder::constant(Tensor tensor) {
  tensor.name = fresh(tensor.name.empty() ? "zooport_constant" : tensor.name);
  const std::string name = tensor.name;
  // Before IR 4 every initializer is an input that a caller may be asked for.
  if (model_.ir_version > 0 && model_.ir_version < 4) {
    Node node;
    node.op = "Constant";
    node.name = fresh("zooport_Constant");
    node.outputs = {name};
    node.attributes.push_back(make_attribute("value", std::move(tensor)));
    place(std::move(node));
  } else {
    model_.graph.initializers.push_back(std::move(tensor));
  }
  return name;
}

std::string Builder::scalar(float value) { return constant(make_floats("", {}, {value})); }

std::string Builder::scalar(double value, ElementType type) {
  const tensor::Array one = tensor::Array::of<double>({}, {value});
  return constant(
      make_tensor("", tensor::Array::converted(one.view(), dtype_of(type).value_or(tensor::Dtype::kFloat32)).view()));
}

std::string Builder::floats(const tensor::Shape& dims, const std::vector<float>& values) {
  return constant(make_floats("", dims, values));
}

std::string Builder::integers(const std::vector<std::int64_t>& values) { return constant(make_integers("", values)); }

std::string Builder::cast(std::string_view x, ElementType to) {
  return add("Cast", {std::string(x)}, {make_attribute("to", std::int64_t{static_cast<std::int32_t>(to)})});
}

std::string Builder::transpose(std::string_view x, const std::vector<std::int64_t>& permutation) {
  return add("Transpose", {std::string(x)}, {make_attribute("perm", permutation)});
}

std::string Builder::reshape(std::string_view x, const std::vector<std::int64_t>& shape) {
  return add("Reshape", {std::string(x), integers(shape)});
}

std::string Builder::reduce(std::string_view op, std::string_view x, const std::vector<std::int64_t>& axes, Keep keep) {
  const auto keepdims = make_attribute("keepdims", std::int64_t{keep == Keep::kAxes});
  if (model_.opset() >= (op == "ReduceSum" ? 13 : 18)) return add(op, {std::string(x), integers(axes)}, {keepdims});
  return add(op, {std::string(x)}, {make_attribute("axes", axes), keepdims});
}

std::string Builder::clip(std::string_view x, std::optional<double> least, std::optional<double> most,
                          ElementType type) {
  if (model_.opset() >= 11) {
    return add("Clip", {std::string(x), least ? scalar(*least, type) : "", most ? scalar(*most, type) : ""});
  }
  std::vector<Attribute> bounds;
  if (least) bounds.push_back(make_attribute("min", static_cast<float>(*least)));
  if (most) bounds.push_back(make_attribute("max", static_cast<float>(*most)));
  return add("Clip", {std::string(x)}, std::move(bounds));
}

std::string Builder::squeeze(std::string_view x, const std::vector<std::int64_t>& axes) {
  if (model_.opset() >= 13) return add("Squeeze", {std::string(x), integers(axes)});
  return add("Squeeze", {std::string(x)}, {make_attribute("axes", axes)});
}

std::string Builder::unsqueeze(std::string_view x, const std::vector<std::int64_t>& axes) {
  if (model_.opset() >= 13) return add("Unsqueeze", {std::string(x), integers(axes)});
  return add("Unsqueeze", {std::string(x)}, {make_attribute("axes", axes)});
}

std::string Builder::slice(std::string_view x, const std::vector<std::int64_t>& starts,
                           const std::vector<std::int64_t>& ends, const std::vector<std::int64_t>& axes) {
  if (model_.opset() >= 10) return add("Slice", {std::string(x), integers(starts), integers(ends), integers(axes)});
  return add("Slice", {std::string(x)},
             {make_attribute("starts", starts), make_attribute("ends", ends), make_attribute("axes", axes)});
}

std::vector<std::string> Builder::split(std::string_view x, const std::vector<std::int64_t>& sizes, std::int64_t axis) {
  std::vector<Attribute> attributes = {make_attribute("axis", axis)};
  if (model_.opset() >= 13) {
    return add_many("Split", {std::string(x), integers(sizes)}, sizes.size(), std::move(attributes));
  }
  attributes.push_back(make_attribute("split", sizes));
  return add_many("Split", {std::string(x)}, sizes.size(), std::move(attributes));
}

std::string Builder::gather(std::string_view x, const std::vector<std::int64_t>& indices, std::int64_t axis) {
  return add("Gather", {std::string(x), integers(indices)}, {make_attribute("axis", axis)});
}

std::string Builder::concat(const std::vector<std::string>& values, std::int64_t axis) {
  return add("Concat", values, {make_attribute("axis", axis)});
}

std::string Builder::pad(std::string_view x, const std::vector<std::int64_t>& pads, std::string_view mode,
                         float value) {
  std::vector<Attribute> attributes = {make_attribute("mode", std::string(mode))};
  const bool constant_mode = mode == "constant";
  if (model_.opset() >= 11) {
    return add("Pad", {std::string(x), integers(pads), constant_mode ? scalar(value) : ""}, std::move(attributes));
  }
  attributes.push_back(make_attribute("pads", pads));
  if (constant_mode) attributes.push_back(make_attribute("value", value));
  return add("Pad", {std::string(x)}, std::move(attributes));
}

std::string Builder::softmax(std::string_view x, std::int64_t axis, std::int64_t rank) {
  if (model_.opset() >= 13 || axis == rank - 1) return add("Softmax", {std::string(x)}, {make_attribute("axis", axis)});
  // Before opset 13 everything from the axis on is one row.
  std::vector<std::int64_t> swap(static_cast<std::size_t>(rank));
  std::iota(swap.begin(), swap.end(), std::int64_t{0});
  std::swap(swap[static_cast<std::size_t>(axis)], swap.back());
  const std::string last = transpose(x, swap);
  return transpose(add("Softmax", {last}, {make_attribute("axis", rank - 1)}), swap);
}

}  // namespace zooport::onnx
