#include "zooport/onnx/model.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "onnx/element.hpp"

namespace zooport::onnx {
namespace {

template <class T>
Bytes bytes_from(const std::vector<T>& values) {
  const auto* first = reinterpret_cast<const std::byte*>(values.data());
  return Bytes(std::vector<std::byte>(first, first + values.size() * sizeof(T)));
}

Attribute named(std::string name, AttributeType type) {
  Attribute attribute;
  attribute.name = std::move(name);
  attribute.type = type;
  return attribute;
}

template <class T>
std::vector<std::int64_t> widened(const Bytes& raw) {
  std::vector<std::int64_t> values;
  values.reserve(raw.size() / sizeof(T));
  for (std::size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, raw.data() + at, sizeof(T));
    values.push_back(value);
  }
  return values;
}

}  // namespace

std::optional<std::vector<std::int64_t>> integers_of(const Tensor& tensor) {
  if (tensor.type == ElementType::kInt64) return widened<std::int64_t>(tensor.raw);
  if (tensor.type == ElementType::kInt32) return widened<std::int32_t>(tensor.raw);
  return std::nullopt;
}

Tensor make_tensor(std::string name, const tensor::View& values) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = element_type_of(values.dtype);
  tensor.dims = values.shape;
  const tensor::Array copy = tensor::Array::copy_of(values);
  tensor.raw = Bytes(std::vector<std::byte>(copy.bytes().begin(), copy.bytes().end()));
  return tensor;
}

Tensor make_integers(std::string name, const std::vector<std::int64_t>& values) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = ElementType::kInt64;
  tensor.dims = {static_cast<std::int64_t>(values.size())};
  tensor.raw = bytes_from(values);
  return tensor;
}

Tensor make_floats(std::string name, const tensor::Shape& dims, const std::vector<float>& values) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.type = ElementType::kFloat;
  tensor.dims = dims;
  tensor.raw = bytes_from(values);
  return tensor;
}

Attribute make_attribute(std::string name, std::int64_t value) {
  Attribute attribute = named(std::move(name), AttributeType::kInt);
  attribute.i = value;
  return attribute;
}

Attribute make_attribute(std::string name, float value) {
  Attribute attribute = named(std::move(name), AttributeType::kFloat);
  attribute.f = value;
  return attribute;
}

Attribute make_attribute(std::string name, std::string value) {
  Attribute attribute = named(std::move(name), AttributeType::kString);
  attribute.s = std::move(value);
  return attribute;
}

Attribute make_attribute(std::string name, std::vector<std::int64_t> values) {
  Attribute attribute = named(std::move(name), AttributeType::kInts);
  attribute.ints = std::move(values);
  return attribute;
}

Attribute make_attribute(std::string name, std::vector<float> values) {
  Attribute attribute = named(std::move(name), AttributeType::kFloats);
  attribute.floats = std::move(values);
  return attribute;
}

Attribute make_attribute(std::string name, Tensor value) {
  Attribute attribute = named(std::move(name), AttributeType::kTensor);
  attribute.tensors.push_back(std::move(value));
  return attribute;
}

const Attribute* Node::find(std::string_view attribute) const {
  const auto found =
      std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& item) { return item.name == attribute; });
  return found == attributes.end() ? nullptr : &*found;
}

Attribute* Node::find(std::string_view attribute) {
  return const_cast<Attribute*>(static_cast<const Node*>(this)->find(attribute));
}

void Node::set(Attribute attribute) {
  if (Attribute* old = find(attribute.name)) {
    *old = std::move(attribute);
  } else {
    attributes.push_back(std::move(attribute));
  }
}

void Node::remove(std::string_view attribute) {
  std::erase_if(attributes, [&](const Attribute& item) { return item.name == attribute; });
}

std::int64_t Node::int_or(std::string_view attribute, std::int64_t otherwise) const {
  const Attribute* found = find(attribute);
  return found && found->type == AttributeType::kInt ? found->i : otherwise;
}

float Node::float_or(std::string_view attribute, float otherwise) const {
  const Attribute* found = find(attribute);
  return found && found->type == AttributeType::kFloat ? found->f : otherwise;
}

std::string Node::string_or(std::string_view attribute, std::string_view otherwise) const {
  const Attribute* found = find(attribute);
  return found && found->type == AttributeType::kString ? found->s : std::string(otherwise);
}

std::vector<std::int64_t> Node::ints_or(std::string_view attribute, std::vector<std::int64_t> otherwise) const {
  const Attribute* found = find(attribute);
  return found && found->type == AttributeType::kInts ? found->ints : std::move(otherwise);
}

const std::string& Node::input(std::size_t index) const {
  static const std::string kNone;
  return index < inputs.size() ? inputs[index] : kNone;
}

const Tensor* Graph::find_initializer(std::string_view of_name) const {
  const auto found =
      std::find_if(initializers.begin(), initializers.end(), [&](const Tensor& item) { return item.name == of_name; });
  return found == initializers.end() ? nullptr : &*found;
}

std::vector<const ValueInfo*> Graph::required_inputs() const {
  std::set<std::string_view> constants;
  for (const Tensor& item : initializers) constants.insert(item.name);
  for (const SparseTensor& item : sparse_initializers) constants.insert(item.values.name);
  std::vector<const ValueInfo*> required;
  for (const ValueInfo& input : inputs) {
    if (!constants.count(input.name)) required.push_back(&input);
  }
  return required;
}

std::int64_t Model::opset(std::string_view of_domain) const {
  for (const Opset& item : opsets) {
    if (item.domain == of_domain) return item.version;
  }
  return 0;
}

void Model::set_opset(std::int64_t version) {
  const auto is_default = [](const Opset& item) { return item.domain.empty(); };
  const auto first = std::find_if(opsets.begin(), opsets.end(), is_default);
  if (first == opsets.end()) {
    opsets.emplace_back().version = version;
    return;
  }
  first->version = version;
  opsets.erase(std::remove_if(std::next(first), opsets.end(), is_default), opsets.end());
}

}  // namespace zooport::onnx
