#include "onnx/passes/shape_work.hpp"

#include <algorithm>
#include <unordered_map>

#include "onnx/passes/shape_scope.hpp"
#include "zooport/base/saturating.hpp"
#include "zooport/base/text.hpp"

// Multiply-adds of one node.
namespace zooport::onnx {

void Work::add(const Work& more, std::uint64_t count) {
  multiply_adds = plus(multiply_adds, times(more.multiply_adds, count));
  for (const auto& [op, of_operator] : more.by_operator) {
    std::uint64_t& sum = by_operator[op];
    sum = plus(sum, times(of_operator, count));
  }
  if (uncounted.empty()) uncounted = more.uncounted;
}

std::string name_of_node(const Node& node) {
  if (!node.name.empty()) return node.name;
  for (const std::string& output : node.outputs)
    if (!output.empty()) return output;
  return node.op;
}
std::string named(const Node& node) { return concat(printable(name_of_node(node)), " (", printable(node.op), ")"); }
std::string called(const Node& node) { return concat("node ", named(node)); }

namespace {

using Count = std::optional<std::uint64_t>;  // none: a size is not known

std::uint64_t elements(const tensor::Shape& shape) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, tensor::element_count(shape)));
}

class Shapes {
 public:
  Shapes(const Node& node, const ShapeScope& scope) : node_(node), scope_(scope) {}
  const tensor::Shape* of(const std::string& name) const {
    const Inferred* value = scope_.find(name);
    return value && value->shape ? &*value->shape : nullptr;
  }
  const tensor::Shape* input(std::size_t i) const { return of(node_.input(i)); }
  const tensor::Shape* output() const { return node_.outputs.empty() ? nullptr : of(node_.outputs[0]); }

 private:
  const Node& node_;
  const ShapeScope& scope_;
};

std::uint64_t extent(const tensor::Shape& shape, std::size_t axis_from_end) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, shape[shape.size() - axis_from_end]));
}

// Every element of `made` with the weights that it meets: those of one of the channels of the first axis.
Count convolution(const tensor::Shape* made, const tensor::Shape* weights) {
  if (!made || !weights || weights->empty() || weights->front() < 1) return std::nullopt;
  return times(elements(*made), elements(*weights) / static_cast<std::uint64_t>(weights->front()));
}

Count product(const tensor::Shape* made, const tensor::Shape* left, std::size_t axis_from_end) {
  if (!made || !left || left->size() < axis_from_end) return std::nullopt;
  return times(elements(*made), extent(*left, axis_from_end));
}

// For each combination of all letters one product less than there are operands, as long as nobody is clever about it.
Count einsum(const Node& node, const Shapes& shapes) {
  if (node.inputs.size() < 2) return 0;
  std::string left = node.string_or("equation", "");
  left.erase(std::remove(left.begin(), left.end(), ' '), left.end());
  left.resize(std::min(left.find("->"), left.size()));
  std::map<std::string, std::int64_t> sizes;
  const auto note = [&](const std::string& letter, std::int64_t size) {
    std::int64_t& known = sizes.try_emplace(letter, 0).first->second;
    known = std::max(known, size);
  };
  std::size_t begin = 0;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const tensor::Shape* shape = shapes.input(i);
    if (!shape || begin > left.size()) return std::nullopt;
    const std::size_t end = std::min(left.find(',', begin), left.size());
    const std::string term = left.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t dots = term.find("...");
    const std::size_t named = dots == std::string::npos ? term.size() : term.size() - 3;
    if (named > shape->size() || (dots == std::string::npos && named != shape->size())) return std::nullopt;
    const std::size_t hidden = shape->size() - named;
    for (std::size_t axis = 0; axis < shape->size(); ++axis) {
      if (dots == std::string::npos || axis < dots) {
        note(term.substr(axis, 1), (*shape)[axis]);
      } else if (axis < dots + hidden) {
        note(concat("...", dots + hidden - axis), (*shape)[axis]);  // they meet from their ends
      } else {
        note(term.substr(axis - hidden + 3, 1), (*shape)[axis]);
      }
    }
  }
  std::uint64_t total = node.inputs.size() - 1;
  for (const auto& [letter, size] : sizes)
    total = times(total, static_cast<std::uint64_t>(std::max<std::int64_t>(0, size)));
  return total;
}

// Queries by keys, and weights by values; keys of the past count as well.
Count attention(const Shapes& shapes) {
  const tensor::Shape* q = shapes.input(0);
  const tensor::Shape* k = shapes.input(1);
  const tensor::Shape* made = shapes.output();
  if (!q || !k || !made || q->size() != k->size() || (q->size() != 3 && q->size() != 4)) return std::nullopt;
  std::uint64_t length = extent(*k, 2);
  if (const tensor::Shape* past = shapes.input(4); past && past->size() == 4) length = plus(length, extent(*past, 2));
  return plus(times(elements(*q), length), times(elements(*made), length));
}

// Each step multiplies the weights of all directions with what comes in and with what is kept.
Count recurrent(const Shapes& shapes) {
  const tensor::Shape* x = shapes.input(0);
  const tensor::Shape* w = shapes.input(1);
  const tensor::Shape* r = shapes.input(2);
  if (!x || !w || !r || x->size() != 3) return std::nullopt;
  return times(times(extent(*x, 3), extent(*x, 2)), plus(elements(*w), elements(*r)));
}

using Rule = Count (*)(const Node&, const Shapes&);

const std::unordered_map<std::string, Rule>& rules() {
  static const std::unordered_map<std::string, Rule> kRules = [] {
    const Rule conv = [](const Node&, const Shapes& shapes) { return convolution(shapes.output(), shapes.input(1)); };
    const Rule matmul = [](const Node&, const Shapes& shapes) { return product(shapes.output(), shapes.input(0), 1); };
    const Rule gemm = [](const Node& node, const Shapes& shapes) {
      return product(shapes.output(), shapes.input(0), node.int_or("transA", 0) != 0 ? 2 : 1);
    };
    const Rule layer = [](const Node&, const Shapes& shapes) { return recurrent(shapes); };
    std::unordered_map<std::string, Rule> all{
        {"QLinearConv",
         [](const Node&, const Shapes& shapes) { return convolution(shapes.output(), shapes.input(3)); }},
        // Each element of the input meets the weights of its own channel.
        {"ConvTranspose",
         [](const Node&, const Shapes& shapes) { return convolution(shapes.input(0), shapes.input(1)); }},
        {"Einsum", einsum},
        {"Attention", [](const Node&, const Shapes& shapes) { return attention(shapes); }}};
    for (const char* op : {"Conv", "ConvInteger", "DeformConv", "com.microsoft::FusedConv"}) all.emplace(op, conv);
    for (const char* op : {"MatMul", "MatMulInteger", "QLinearMatMul"}) all.emplace(op, matmul);
    for (const char* op : {"Gemm", "com.microsoft::FusedGemm", "com.microsoft::QGemm", "com.microsoft::FusedMatMul"})
      all.emplace(op, gemm);
    for (const char* op : {"LSTM", "GRU", "RNN"}) all.emplace(op, layer);
    return all;
  }();
  return kRules;
}

std::string full_name(const Node& node) { return node.domain.empty() ? node.op : concat(node.domain, "::", node.op); }

}  // namespace

bool has_work(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (rules().count(full_name(node))) return true;
    for (const Attribute& attribute : node.attributes)
      if (std::any_of(attribute.graphs.begin(), attribute.graphs.end(), has_work)) return true;
  }
  return false;
}

void add_work(const Node& node, const ShapeScope& scope, Work& work) {
  if (node.domain.empty() && (node.op == "If" || node.op == "Loop" || node.op == "Scan")) return;
  const auto found = rules().find(full_name(node));
  if (found == rules().end()) {
    for (const Attribute& attribute : node.attributes)
      if (work.uncounted.empty() && std::any_of(attribute.graphs.begin(), attribute.graphs.end(), has_work))
        work.uncounted = concat(called(node), ": how often its body runs is not known");
    return;
  }
  const Count count = found->second(node, Shapes(node, scope));
  if (!count) {
    if (work.uncounted.empty()) work.uncounted = concat(called(node), ": its sizes are not known");
    return;
  }
  if (*count == 0) return;
  work.multiply_adds = plus(work.multiply_adds, *count);
  std::uint64_t& of_operator = work.by_operator[node.op];
  of_operator = plus(of_operator, *count);
}

}  // namespace zooport::onnx
