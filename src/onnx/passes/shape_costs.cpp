#include <algorithm>
#include <limits>
#include <set>

#include "onnx/passes/shape_rules.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

// Sums and products that stay at the largest number instead of going beyond it.
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
std::uint64_t plus(std::uint64_t a, std::uint64_t b) { return a > kMost - b ? kMost : a + b; }
std::uint64_t times(std::uint64_t a, std::uint64_t b) { return b != 0 && a > kMost / b ? kMost : a * b; }

std::uint64_t elements(const tensor::Shape& shape) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, tensor::element_count(shape)));
}

std::uint64_t bytes_of(const Inferred& value) {
  const auto dtype = dtype_of(value.element);
  return value.shape ? times(elements(*value.shape), dtype ? tensor::size_of(*dtype) : 4) : 0;
}

class Shapes {
 public:
  Shapes(const Node& node, const InferredValues& values) : node_(node), values_(values) {}
  const tensor::Shape* of(const std::string& name) const {
    const auto value = values_.find(name);
    return name.empty() || value == values_.end() || !value->second.shape ? nullptr : &*value->second.shape;
  }
  const tensor::Shape* input(std::size_t i) const { return of(node_.input(i)); }
  const tensor::Shape* output() const { return node_.outputs.empty() ? nullptr : of(node_.outputs[0]); }

 private:
  const Node& node_;
  const InferredValues& values_;
};

// Every element of `made`, with the weights of one of `channels` channels each.
std::uint64_t convolution(const tensor::Shape* made, const tensor::Shape* weights) {
  if (!made || !weights || weights->empty() || weights->front() < 1) return 0;
  return times(elements(*made), elements(*weights) / static_cast<std::uint64_t>(weights->front()));
}

std::uint64_t product(const tensor::Shape* made, const tensor::Shape* left, std::size_t axis_from_end) {
  if (!made || !left || left->size() < axis_from_end) return 0;
  return times(elements(*made), static_cast<std::uint64_t>((*left)[left->size() - axis_from_end]));
}

// One product for each combination of all letters; of two operands.
std::uint64_t einsum(const Node& node, const Shapes& shapes) {
  if (node.inputs.size() != 2) return 0;
  std::string left = node.string_or("equation", "");
  left.erase(std::remove(left.begin(), left.end(), ' '), left.end());
  left.resize(std::min(left.find("->"), left.size()));
  if (left.find('.') != std::string::npos) return 0;
  std::map<char, std::int64_t> sizes;
  std::size_t input = 0, axis = 0;
  for (const char c : left) {
    if (c == ',') {
      ++input, axis = 0;
      continue;
    }
    const tensor::Shape* shape = shapes.input(input);
    if (!shape || axis >= shape->size()) return 0;
    sizes[c] = std::max(sizes[c], (*shape)[axis++]);
  }
  std::uint64_t total = 1;
  for (const auto& [letter, size] : sizes)
    total = times(total, static_cast<std::uint64_t>(std::max<std::int64_t>(0, size)));
  return total;
}

// Queries by keys, and weights by values.
std::uint64_t attention(const Shapes& shapes) {
  const tensor::Shape* q = shapes.input(0);
  const tensor::Shape* k = shapes.input(1);
  const tensor::Shape* made = shapes.output();
  if (!q || !k || !made || q->size() != k->size() || (q->size() != 3 && q->size() != 4)) return 0;
  const auto length = static_cast<std::uint64_t>((*k)[k->size() - 2]);
  return plus(times(elements(*q), length), times(elements(*made), length));
}

std::uint64_t recurrent(const Shapes& shapes) {
  const tensor::Shape* x = shapes.input(0);
  const tensor::Shape* w = shapes.input(1);
  const tensor::Shape* r = shapes.input(2);
  if (!x || !w || !r || x->size() != 3) return 0;
  const std::uint64_t steps = times(static_cast<std::uint64_t>((*x)[0]), static_cast<std::uint64_t>((*x)[1]));
  return times(steps, plus(elements(*w), elements(*r)));
}

std::uint64_t multiply_adds_of(const Node& node, const Shapes& shapes) {
  const std::string& op = node.op;
  if (op == "Conv" || op == "ConvInteger" || op == "DeformConv" || op == "FusedConv")
    return convolution(shapes.output(), shapes.input(1));
  if (op == "QLinearConv") return convolution(shapes.output(), shapes.input(3));
  // Each element of the input meets the weights of its own channel.
  if (op == "ConvTranspose") return convolution(shapes.input(0), shapes.input(1));
  if (op == "MatMul" || op == "MatMulInteger" || op == "QLinearMatMul")
    return product(shapes.output(), shapes.input(0), 1);
  if (op == "Gemm") return product(shapes.output(), shapes.input(0), node.int_or("transA", 0) != 0 ? 2 : 1);
  if (op == "Einsum") return einsum(node, shapes);
  if (op == "Attention" && node.domain.empty()) return attention(shapes);
  if (op == "LSTM" || op == "GRU" || op == "RNN") return recurrent(shapes);
  return 0;
}

void note_uses(const Node& node, std::size_t at, std::map<std::string_view, std::size_t>& last_use) {
  for (const std::string& name : node.inputs) last_use[name] = at;
  for (const Attribute& attribute : node.attributes)
    for (const Graph& graph : attribute.graphs) {
      for (const Node& inner : graph.nodes) note_uses(inner, at, last_use);
      for (const ValueInfo& output : graph.outputs) last_use[output.name] = at;
    }
}

// Of the values that are alive together; `unknown` names one without a shape.
std::uint64_t most_alive(const Model& model, const InferredValues& values, std::string& unknown) {
  std::map<std::string_view, std::size_t> last_use;
  for (std::size_t i = 0; i < model.graph.nodes.size(); ++i) note_uses(model.graph.nodes[i], i, last_use);
  for (const ValueInfo& output : model.graph.outputs) last_use[output.name] = model.graph.nodes.size();
  std::map<std::string_view, std::uint64_t> alive;  // what is held, by name
  std::uint64_t now = 0;
  const auto hold = [&](const std::string& name) {
    const auto value = values.find(name);
    if (value == values.end() || !value->second.shape) {
      if (unknown.empty()) unknown = name;
      return;
    }
    const std::uint64_t bytes = bytes_of(value->second);
    if (alive.try_emplace(name, bytes).second) now = plus(now, bytes);
  };
  for (const ValueInfo* input : model.graph.required_inputs()) hold(input->name);
  std::uint64_t peak = now;
  for (std::size_t i = 0; i < model.graph.nodes.size(); ++i) {
    const Node& node = model.graph.nodes[i];
    if (node.op == "Constant") continue;
    for (const std::string& name : node.outputs)
      if (!name.empty()) hold(name);
    peak = std::max(peak, now);
    const auto release = [&](const std::string& name) {
      const auto held = alive.find(name);
      if (held == alive.end()) return;
      const auto use = last_use.find(name);
      if (use != last_use.end() && use->second > i) return;
      now -= std::min(now, held->second);
      alive.erase(held);
    };
    for (const std::string& name : node.inputs) release(name);
    for (const std::string& name : node.outputs) release(name);
  }
  return peak;
}

}  // namespace

Costs costs_of(const Model& model, const InferredValues& values) {
  Costs costs;
  for (const Node& node : model.graph.nodes) {
    const std::uint64_t count = multiply_adds_of(node, Shapes(node, values));
    if (count == 0) continue;
    costs.multiply_adds = plus(costs.multiply_adds, count);
    std::uint64_t& of_operator = costs.by_operator[node.op];
    of_operator = plus(of_operator, count);
  }
  const std::uint64_t peak = most_alive(model, values, costs.unknown);
  if (costs.unknown.empty()) costs.peak_bytes = peak;
  return costs;
}

std::uint64_t peak_bytes(const Model& model, const InputShapes& inputs) {
  const Result<InferredValues> values = infer_shapes(model, inputs);
  return values ? costs_of(model, *values).peak_bytes : 0;
}

std::uint64_t multiply_adds(const Model& model, const InputShapes& inputs) {
  const Result<InferredValues> values = infer_shapes(model, inputs);
  return values ? costs_of(model, *values).multiply_adds : 0;
}

}  // namespace zooport::onnx
