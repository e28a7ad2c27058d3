#include <algorithm>
#include <cstring>

#include "onnx/element.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

class Widening {
 public:
  explicit Widening(NarrowFloats which) : which_(which) {}

  Result<void> graph(Graph& graph);
  Result<void> nodes(std::vector<Node>& nodes);
  void type(ValueInfo& value) {
    if (is_narrow(value.type.element)) value.type.element = ElementType::kFloat, ++values_;
  }
  std::vector<std::string> steps() const;

 private:
  bool is_narrow(ElementType type) const {
    return type == ElementType::kBfloat16 || (type == ElementType::kFloat16 && which_ == NarrowFloats::kAll);
  }
  Result<void> widen(Tensor& tensor);

  NarrowFloats which_;
  std::size_t constants_ = 0;
  std::size_t values_ = 0;
  std::size_t casts_ = 0;
};

// Every 16-bit float is a float32.
Result<void> Widening::widen(Tensor& tensor) {
  if (!is_narrow(tensor.type)) return {};
  const std::int64_t count = count_of(tensor.dims);
  if (count < 0 || tensor.raw.size() != static_cast<std::uint64_t>(count) * 2) {
    return make_error(ErrorKind::kInvalid, "onnx.tensor-size",
                      concat("the constant '", printable(tensor.name), "' has ", tensor.raw.size(), " bytes for ",
                             count, " elements of ", name_of(tensor.type)));
  }
  tensor::Array wide = tensor::Array::uninitialized(tensor::Dtype::kFloat32, {count});
  if (tensor.type == ElementType::kBfloat16) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const std::byte bits[4] = {std::byte{0}, std::byte{0}, tensor.raw.data()[2 * i], tensor.raw.data()[2 * i + 1]};
      std::memcpy(wide.bytes().data() + 4 * i, bits, 4);
    }
  } else if (count > 0) {
    tensor::Array narrow = tensor::Array::uninitialized(tensor::Dtype::kFloat16, {count});
    std::copy(tensor.raw.span().begin(), tensor.raw.span().end(), narrow.bytes().begin());
    wide = tensor::Array::converted(narrow.view(), tensor::Dtype::kFloat32);
  }
  tensor.raw = make_tensor("", wide.view()).raw;
  tensor.type = ElementType::kFloat;
  tensor.source_field = kRawData;
  ++constants_;
  return {};
}

Result<void> Widening::nodes(std::vector<Node>& nodes) {
  for (Node& node : nodes) {
    for (Attribute& attribute : node.attributes) {
      for (Tensor& tensor : attribute.tensors) ZOOPORT_TRY(widen(tensor));
      for (SparseTensor& tensor : attribute.sparse_tensors) ZOOPORT_TRY(widen(tensor.values));
      for (Graph& inner : attribute.graphs) ZOOPORT_TRY(graph(inner));
      // Attributes that name an element type.
      static constexpr std::string_view kTypes[] = {"to",        "dtype",      "output_dtype",   "softmax_precision",
                                                    "precision", "stash_type", "output_datatype"};
      const bool names_type = std::find(std::begin(kTypes), std::end(kTypes), attribute.name) != std::end(kTypes);
      if (names_type && attribute.type == AttributeType::kInt && node.domain.empty() &&
          is_narrow(static_cast<ElementType>(attribute.i))) {
        attribute.i = static_cast<std::int64_t>(ElementType::kFloat);
        if (node.op == "Cast") ++casts_;
      }
    }
  }
  return {};
}

Result<void> Widening::graph(Graph& graph) {
  for (Tensor& tensor : graph.initializers) ZOOPORT_TRY(widen(tensor));
  for (SparseTensor& tensor : graph.sparse_initializers) ZOOPORT_TRY(widen(tensor.values));
  for (auto* values : {&graph.inputs, &graph.outputs, &graph.values}) {
    for (ValueInfo& value : *values) type(value);
  }
  return nodes(graph.nodes);
}

std::vector<std::string> Widening::steps() const {
  const char* from = which_ == NarrowFloats::kAll ? "16-bit floats" : "bfloat16";
  std::vector<std::string> lines;
  if (constants_ > 0)
    lines.push_back(concat(constants_, " constants of ", from, " are float32, with the same numbers"));
  if (values_ > 0) lines.push_back(concat(values_, " inputs, outputs and other values of ", from, " are float32"));
  if (casts_ > 0)
    lines.push_back(concat(casts_, " Casts to ", from, " are Casts to float32: the rounding between is dropped"));
  return lines;
}

}  // namespace

Result<std::vector<std::string>> widen_floats(Model& model, NarrowFloats which) {
  Model widened = model;
  Widening widening(which);
  ZOOPORT_TRY(widening.graph(widened.graph));
  for (Function& function : widened.functions) {
    for (ValueInfo& value : function.values) widening.type(value);
    ZOOPORT_TRY(widening.nodes(function.nodes));
  }
  std::vector<std::string> steps = widening.steps();
  if (!steps.empty()) model = std::move(widened);
  return steps;
}

}  // namespace zooport::onnx
