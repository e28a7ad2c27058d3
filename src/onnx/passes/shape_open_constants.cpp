#include <algorithm>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Constants as large as the image that hold one number everywhere (zeros beside it, say) are spread out again.
namespace zooport::onnx {
namespace {

bool is_elementwise(const Node& node) {
  for (const std::string_view op : {"Add", "Sub", "Mul", "Div", "Pow", "Where", "Min", "Max", "Sum", "Mean", "Equal",
                                    "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor"})
    if (node.op == op) return node.domain.empty();
  return false;
}

// A constant of that name, which `maker` makes if any node does; null: no constant.
const Tensor* constant_named(const Graph& graph, const Node* maker, std::string_view name) {
  if (!maker) return graph.find_initializer(name);
  const Attribute* value = maker->op == "Constant" && maker->domain.empty() ? maker->find("value") : nullptr;
  return value && value->tensors.size() == 1 ? &value->tensors[0] : nullptr;
}

// The bytes of its one element; empty: they differ, or are not there.
std::vector<std::byte> the_one_element(const Tensor& tensor) {
  const std::int64_t count = tensor::element_count(tensor.dims);
  const auto bytes = tensor.raw.span();
  if (count < 2 || !dtype_of(tensor.type) || bytes.size() % static_cast<std::size_t>(count) != 0) return {};
  const std::size_t size = bytes.size() / static_cast<std::size_t>(count);
  if (size == 0 || size != tensor::size_of(*dtype_of(tensor.type))) return {};
  // Equal to itself, moved by one element.
  if (!std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(size), bytes.end(), bytes.begin())) return {};
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

void SizeOpening::rewrite_uniform(Node& node) {
  if (!is_elementwise(node)) return;
  for (std::string& input : node.inputs) {
    const tensor::Shape* own = shape(input, 0);
    if (!own || tensor::element_count(*own) < 2) continue;
    // Every axis of it is one of another input as well, and one of those grows.
    bool grows = false, lacks_partner = false;
    for (std::size_t back = 1; back <= own->size() && !lacks_partner; ++back) {
      const std::int64_t size = (*own)[own->size() - back];
      bool has_partner = size == 1;
      for (const std::string& other : node.inputs) {
        const tensor::Shape* sizes = other == input ? nullptr : shape(other, 0);
        if (!sizes || sizes->size() < back || (*sizes)[sizes->size() - back] != size) continue;
        has_partner = true;
        const auto factors = size > 1 ? factors_of(other) : std::nullopt;
        grows = grows || (factors && varies((*factors)[sizes->size() - back]));
      }
      lacks_partner = !has_partner;
    }
    if (!grows || lacks_partner) continue;
    const Tensor* tensor = constant_named(model_.graph, nodes_.maker(input), input);
    std::vector<std::byte> element = tensor ? the_one_element(*tensor) : std::vector<std::byte>();
    if (element.empty()) continue;
    Tensor one;
    one.name = fresh_name();
    one.type = tensor->type;
    one.dims.assign(own->size(), 1);
    one.raw = Bytes(std::move(element));
    for (ShapeScope& trial : trials_) trial.values[one.name] = {one.type, one.dims, content_of(one)};
    input = one.name;
    graph_.initializers.push_back(std::move(one));
    steps_.push_back(concat("a constant of ", named(node), " is one number for all sizes"));
  }
}

}  // namespace zooport::onnx
