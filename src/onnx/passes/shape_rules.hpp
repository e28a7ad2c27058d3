#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {

// One operator under inference: its inputs as known so far, and room for its outputs.
class ShapeStep {
 public:
  ShapeStep(const Node& of, std::int64_t of_opset, std::vector<const Inferred*> inputs)
      : node(of), opset(of_opset), inputs_(std::move(inputs)), outputs(of.outputs.size()) {}

  const Node& node;
  const std::int64_t opset;

  // null: the input is left out, or nothing is known of it.
  const Inferred* input(std::size_t i) const { return i < inputs_.size() ? inputs_[i] : nullptr; }
  std::size_t input_count() const { return inputs_.size(); }
  const tensor::Shape* shape(std::size_t i) const {
    const Inferred* value = input(i);
    return value && value->shape ? &*value->shape : nullptr;
  }
  const std::vector<double>* content(std::size_t i) const {
    const Inferred* value = input(i);
    return value && value->content ? &*value->content : nullptr;
  }
  std::optional<std::vector<std::int64_t>> integers(std::size_t i) const;
  ElementType element(std::size_t i) const { return input(i) ? input(i)->element : ElementType::kUndefined; }

  // The type that an attribute names, where it is given.
  ElementType element_or(std::string_view attribute, ElementType otherwise) const {
    const Attribute* given = node.find(attribute);
    return given ? static_cast<ElementType>(given->i) : otherwise;
  }

  // An attribute in older opsets, input `i` in newer ones; none: neither is given, or it is not constant.
  std::optional<std::vector<std::int64_t>> list(std::string_view attribute, std::size_t i) const;

  // A negative extent is a conflict; one that is beyond all memory makes the shape unknown.
  void set(std::size_t output, ElementType element, tensor::Shape shape);
  // The sizes do not go together: `why` is a sentence's end ("its inputs have 8 and 9 along axis 2").
  void conflict(std::string why) {
    if (problem.empty()) problem = std::move(why);
  }

 private:
  std::vector<const Inferred*> inputs_;

 public:
  std::vector<Inferred> outputs;
  std::string problem;
};

using ShapeRule = void (*)(ShapeStep&);
// null: unknown operator. Those of other domains than the default one are named with it: "com.microsoft::QLinearAdd".
ShapeRule shape_rule(std::string_view op);

// What the first output holds, after its shape is known.
void infer_content(ShapeStep& step);
// Of a constant of few elements; none otherwise.
std::optional<std::vector<double>> content_of(const Tensor& constant);

// Elements of small tensors that an operator moves without changing them.
std::optional<std::vector<double>> moved_content(const ShapeStep& step);

// Shape and type of the first input.
void same_as_first(ShapeStep& step);
// Shapes of inputs from `first` on, broadcast together.
void broadcast_all(ShapeStep& step, std::size_t first, ElementType element);

// Shapes of no more axes and elements than rules can count with; whatever is beyond them is taken as not known.
bool is_countable(const tensor::Shape& shape);
// A product of extents; where it would overflow, one that is beyond all memory.
std::int64_t product_of(std::int64_t a, std::int64_t b);

// An axis that may count from the end; -1 if it is out of range.
std::int64_t axis_in(std::int64_t axis, std::size_t rank);
// NumPy's broadcasting; empty optional if the shapes do not go together.
std::optional<tensor::Shape> broadcast(const tensor::Shape& a, const tensor::Shape& b);

// The families, each in its file.
struct NamedShapeRule {
  std::string_view op;
  ShapeRule rule;
};
const std::vector<NamedShapeRule>& elementwise_shape_rules();
const std::vector<NamedShapeRule>& window_shape_rules();
const std::vector<NamedShapeRule>& layout_shape_rules();
const std::vector<NamedShapeRule>& integer_shape_rules();
const std::vector<NamedShapeRule>& product_shape_rules();
const std::vector<NamedShapeRule>& indexing_shape_rules();
const std::vector<NamedShapeRule>& signal_shape_rules();
const std::vector<NamedShapeRule>& recurrent_shape_rules();

}  // namespace zooport::onnx
