#include <algorithm>

#include "onnx/check.hpp"
#include "zooport/base/text.hpp"

// Bodies of If, Loop and Scan beside the node that runs them, and tensors that say where their elements are.
namespace zooport::onnx {

void Checker::bodies(const Node& node, const std::vector<Opset>& opsets, const Path& path) {
  if (!node.domain.empty()) return;
  const auto expect = [&](const Attribute& attribute, std::size_t inputs, std::size_t outputs) {
    const Graph& body = attribute.graphs[0];
    const auto differs = [&](const char* what, std::size_t found, std::size_t wanted) {
      if (found == wanted) return;
      Path at = path;
      at.push_back(Step::key(attribute.name));
      report("onnx.body-arity",
             concat("'", printable(attribute.name), "' of ", describe(node), " has ", found, ' ', what, "; expected ",
                    wanted),
             at);
    };
    differs("inputs", body.inputs.size(), inputs);
    differs("outputs", body.outputs.size(), outputs);
  };
  for (const Attribute& attribute : node.attributes) {
    if (attribute.graphs.size() != 1) continue;
    if (node.op == "If") expect(attribute, 0, node.outputs.size());
    // The round, whether it goes on, and what is carried; whether it goes on, and what comes out.
    if (node.op == "Loop") expect(attribute, std::max<std::size_t>(2, node.inputs.size()), node.outputs.size() + 1);
    if (node.op == "Scan") {
      for (const Opset& opset : opsets)
        if (opset.domain.empty() && opset.version >= 9) expect(attribute, node.inputs.size(), node.outputs.size());
    }
  }
}

void Checker::sparse(const SparseTensor& sparse, const Path& path) {
  const std::string& name = sparse.values.name;
  const auto refuse = [&](auto... why) {
    report("onnx.sparse-tensor", concat("the sparse tensor '", printable(name), "' ", why...), path);
  };
  const std::int64_t dense = tensor::element_count(sparse.dims);
  if (sparse.dims.empty() || dense < 0) return refuse("has a shape that cannot be");
  if (sparse.values.dims.size() != 1) return refuse("has values that are no list");
  const auto places = integers_of(sparse.indices);
  const std::vector<std::int64_t>& dims = sparse.indices.dims;
  const auto count = sparse.values.dims[0];
  const auto rank = static_cast<std::int64_t>(sparse.dims.size());
  const bool is_flat = dims.size() == 1 && dims[0] == count;
  const bool is_table = dims.size() == 2 && dims[0] == count && dims[1] == rank;
  if (count == 0) return;
  if (sparse.indices.type != ElementType::kInt64 || !places || (!is_flat && !is_table) ||
      places->size() != static_cast<std::size_t>(is_flat ? count : count * rank))
    return refuse("has indices that are not int64, one place each value");
  std::int64_t last = -1;
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t place = is_flat ? (*places)[static_cast<std::size_t>(i)] : 0;
    for (std::int64_t axis = 0; is_table && axis < rank; ++axis) {
      const std::int64_t at = (*places)[static_cast<std::size_t>(i * rank + axis)];
      const std::int64_t extent = sparse.dims[static_cast<std::size_t>(axis)];
      if (at < 0 || at >= extent) return refuse("has a value at ", at, " along axis ", axis, ", which has ", extent);
      place = place * extent + at;
    }
    if (place < 0 || place >= dense) return refuse("has a value at place ", place, " of ", dense);
    if (place <= last) return refuse("has values that are not in the order of their places");
    last = place;
  }
}

}  // namespace zooport::onnx
