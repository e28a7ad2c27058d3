#include "onnx/passes/shape_rules.hpp"
#include "onnx/passes/transposes.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {

std::optional<std::vector<std::int64_t>> Surroundings::integers(std::size_t i) const {
  const Tensor* tensor = constant(i);
  return tensor ? integers_of(*tensor) : std::nullopt;
}

std::string Additions::constant(Tensor tensor, std::string_view stem) {
  tensor.name = fresh(stem);
  if (model_.ir_version < 4) {
    ValueInfo& input = model_.graph.inputs.emplace_back();
    input.name = tensor.name;
    input.type.element = tensor.type;
    input.type.shape.emplace();
    for (const std::int64_t extent : tensor.dims) input.type.shape->emplace_back().value = extent;
  }
  model_.graph.initializers.push_back(std::move(tensor));
  return model_.graph.initializers.back().name;
}

std::string Additions::integers(const std::vector<std::int64_t>& values) {
  return constant(make_integers("", values), "zooport_order");
}

Node& Additions::node(std::string op, std::vector<std::string> inputs, std::string output) {
  Node& made = nodes.emplace_back();
  made.name = fresh(concat("zooport_", op));
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = {std::move(output)};
  return made;
}

std::int64_t Turning::moved(std::int64_t axis) const {
  return place[static_cast<std::size_t>(axis_in(axis, place.size()))];
}

std::vector<std::int64_t> Turning::moved(const std::vector<std::int64_t>& axes) const {
  std::vector<std::int64_t> to;
  for (const std::int64_t axis : axes) to.push_back(moved(axis));
  return to;
}

void Turning::permute_list(std::size_t input, const std::vector<std::int64_t>& indices) {
  std::string& name = node.inputs[input];
  const Tensor* list = around.constant(input);
  if (!list || !can_be_permuted(*list) || list->dims.size() != 1) {
    const std::string gathered = add.fresh(concat(name, "_turned"));
    add.node("Gather", {name, add.integers(indices)}, gathered);
    name = gathered;
    return;
  }
  const std::size_t size = list->raw.size() / indices.size();
  std::vector<std::byte> bytes;
  for (const std::int64_t i : indices) {
    const auto from = list->raw.span().subspan(static_cast<std::size_t>(i) * size, size);
    bytes.insert(bytes.end(), from.begin(), from.end());
  }
  Tensor made;
  made.type = list->type;
  made.dims = list->dims;
  made.raw = Bytes(std::move(bytes));
  name = add.constant(std::move(made), concat(name, "_turned"));
}

}  // namespace zooport::onnx
