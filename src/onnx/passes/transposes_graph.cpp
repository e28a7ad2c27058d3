#include <algorithm>
#include <unordered_set>

#include "onnx/element.hpp"
#include "onnx/passes/transposes.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

constexpr double kUnknownWeight = 1e6;
constexpr std::size_t kMostAxes = 12;

struct Known {
  int rank = -1;
  std::vector<std::int64_t> extents;  // -1: open
  double weight = kUnknownWeight;
};

// Sizes that many networks with steps take, for axes that are left open.
InputShapes trial_shapes(const Model& model, std::int64_t batch, std::int64_t size) {
  InputShapes shapes;
  for (const ValueInfo* input : model.graph.required_inputs()) {
    if (!input->type.shape || !input->type.other.empty()) continue;
    tensor::Shape& shape = shapes[input->name];
    for (std::size_t i = 0; i < input->type.shape->size(); ++i) {
      shape.push_back((*input->type.shape)[i].value.value_or(i == 0 ? batch : size));
    }
  }
  return shapes;
}

std::map<std::string, Known, std::less<>> known_shapes(const Model& model) {
  std::map<std::string, Known, std::less<>> all;
  const auto declare = [&](const std::vector<ValueInfo>& values) {
    for (const ValueInfo& value : values) {
      if (!value.type.shape || !value.type.other.empty()) continue;
      Known& known = all[value.name];
      known.rank = static_cast<int>(value.type.shape->size());
      known.extents.clear();
      known.weight = 1;
      for (const Dimension& dimension : *value.type.shape) {
        known.extents.push_back(dimension.value && *dimension.value >= 0 ? *dimension.value : -1);
        known.weight *= static_cast<double>(known.extents.back() >= 0 ? known.extents.back() : 512);
      }
    }
  };
  declare(model.graph.values);
  declare(model.graph.outputs);
  declare(model.graph.inputs);
  // What is the same for two sizes holds for all.
  const auto first = infer_shapes(model, trial_shapes(model, 2, 2048));
  const auto second = first ? infer_shapes(model, trial_shapes(model, 3, 3072)) : first;
  if (!first || !second) return all;
  for (const auto& [name, value] : *first) {
    const auto other = second->find(name);
    if (!value.shape || other == second->end() || !other->second.shape) continue;
    const tensor::Shape& a = *value.shape;
    const tensor::Shape& b = *other->second.shape;
    if (a.size() != b.size()) continue;
    Known known;
    known.rank = static_cast<int>(a.size());
    known.weight = 1;
    for (std::size_t i = 0; i < a.size(); ++i) {
      known.extents.push_back(a[i] == b[i] && a[i] >= 0 ? a[i] : -1);
      known.weight *= static_cast<double>(std::max<std::int64_t>(a[i], 1));
    }
    all[name] = std::move(known);
  }
  return all;
}

void names_read(const Graph& graph, std::vector<std::string>& names) {
  for (const Node& node : graph.nodes) {
    names.insert(names.end(), node.inputs.begin(), node.inputs.end());
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) names_read(inner, names);
    }
  }
  for (const ValueInfo& output : graph.outputs) names.push_back(output.name);
}

class Reader {
 public:
  explicit Reader(const Model& model) : model_(model), known_(known_shapes(model)) {}

  std::optional<TransposeGraph> read() {
    if (!read_sources()) return std::nullopt;
    graph_.operators.resize(model_.graph.nodes.size());
    for (std::size_t i = 0; i < model_.graph.nodes.size(); ++i) {
      if (!read_node(static_cast<int>(i))) return std::nullopt;
    }
    for (const ValueInfo& output : model_.graph.outputs) {
      if (!name_use(output.name)) return std::nullopt;
    }
    return std::move(graph_);
  }

 private:
  bool add_root(const std::string& name, int producer, int slot, const Tensor* constant, bool is_free) {
    Root root;
    root.name = name;
    root.producer = producer;
    root.slot = slot;
    root.constant = constant;
    root.is_free = is_free && can_be_permuted(*constant) && constant->dims.size() <= kMostAxes;
    if (const auto known = known_.find(name); known != known_.end()) {
      root.rank = known->second.rank;
      root.extents = known->second.extents;
      root.weight = known->second.weight;
    } else {
      root.weight = kUnknownWeight;
    }
    if (constant) {
      root.rank = static_cast<int>(constant->dims.size());
      root.extents = constant->dims;
    }
    for (const std::int64_t extent : root.extents) root.ones.push_back(extent == 1);
    if (!graph_.refs.emplace(name, Ref{static_cast<int>(graph_.roots.size()), {}}).second) return false;
    graph_.roots.push_back(std::move(root));
    return true;
  }

  bool read_sources() {
    std::unordered_set<std::string_view> inputs;
    for (const ValueInfo& input : model_.graph.inputs) inputs.insert(input.name);
    for (const Tensor& tensor : model_.graph.initializers) {
      // A caller may give another value; before IR 4 all constants were written so, and none was.
      const bool may_change = inputs.count(tensor.name) && model_.ir_version >= 4;
      if (!add_root(tensor.name, -1, 0, may_change ? nullptr : &tensor, !may_change)) return false;
    }
    for (const SparseTensor& tensor : model_.graph.sparse_initializers) {
      if (!add_root(tensor.values.name, -1, 0, nullptr, false)) return false;
    }
    for (const ValueInfo& input : model_.graph.inputs) {
      if (!graph_.refs.count(input.name) && !add_root(input.name, -1, 0, nullptr, false)) return false;
    }
    return true;
  }

  bool name_use(const std::string& name) {
    const auto ref = graph_.refs.find(name);
    if (ref == graph_.refs.end()) return false;
    graph_.roots[static_cast<std::size_t>(ref->second.root)].uses.push_back({-1, 0, ref->second.order});
    return true;
  }

  // A Transpose of something whose rank fits.
  bool dissolve(const Node& node, Operator& made) {
    if (node.op != "Transpose" || !node.domain.empty() || node.outputs.size() != 1 || node.inputs.size() != 1) {
      return false;
    }
    const Ref& ref = made.inputs[0];
    if (ref.root < 0 || node.outputs[0].empty()) return false;
    Root& root = graph_.roots[static_cast<std::size_t>(ref.root)];
    std::vector<std::int64_t> perm;
    if (const Attribute* given = node.find("perm")) {
      if (!given->reference.empty()) return false;
      perm = given->ints;
    } else {
      for (int i = root.rank; i-- > 0;) perm.push_back(i);
    }
    if (perm.empty() || perm.size() > kMostAxes || !is_order(perm)) return false;
    if (root.rank >= 0 && static_cast<std::size_t>(root.rank) != perm.size()) return false;
    root.rank = static_cast<int>(perm.size());
    made.is_transpose = true;
    made.outputs = {-1};
    ++graph_.transposes;
    const Order order = then(ref.order, simplified({perm.begin(), perm.end()}));
    return graph_.refs.emplace(node.outputs[0], Ref{ref.root, order}).second;
  }

  bool read_node(int at) {
    const Node& node = model_.graph.nodes[static_cast<std::size_t>(at)];
    Operator& made = graph_.operators[static_cast<std::size_t>(at)];
    made.node = &node;
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) names_read(inner, made.captured);
    }
    for (const std::string& name : made.captured) name_use(name);
    for (const std::string& name : node.inputs) {
      if (name.empty()) {
        made.inputs.emplace_back();
        continue;
      }
      const auto ref = graph_.refs.find(name);
      if (ref == graph_.refs.end()) return false;
      made.inputs.push_back(ref->second);
    }
    for (const std::string& name : node.outputs) {
      if (!name.empty() && graph_.refs.count(name)) return false;
    }
    if (dissolve(node, made)) return true;
    if (made.is_transpose) return false;
    for (std::size_t i = 0; i < made.inputs.size(); ++i) {
      Surroundings& around = made.around;
      around.ranks.push_back(-1);
      around.counts.push_back(-1);
      around.constants.push_back(nullptr);
      if (made.inputs[i].root < 0) continue;
      Root& root = graph_.roots[static_cast<std::size_t>(made.inputs[i].root)];
      root.uses.push_back({at, static_cast<int>(i), {}});
      around.ranks.back() = root.rank;
      if (root.rank == 1 && root.extents.size() == 1) around.counts.back() = root.extents[0];
      if (root.constant && made.inputs[i].order.empty()) around.constants.back() = root.constant;
    }
    const bool is_constant = node.op == "Constant" && node.domain.empty();
    const Attribute* value = is_constant ? node.find("value") : nullptr;
    const Tensor* constant = value && value->tensors.size() == 1 ? value->tensors.data() : nullptr;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      made.outputs.push_back(-1);
      if (node.outputs[i].empty()) continue;
      made.outputs.back() = static_cast<int>(graph_.roots.size());
      const Tensor* of = i == 0 ? constant : nullptr;
      if (!add_root(node.outputs[i], at, static_cast<int>(i), of, of != nullptr)) return false;
    }
    made.around.opset = model_.opset();
    made.rule = axes_rule(node, made.around);
    check_ranks(made);
    return true;
  }

  // Shapes that are declared may be wrong.
  void check_ranks(Operator& made) {
    if (!made.rule) return;
    const std::vector<Slot>& slots = made.rule->outputs;
    bool fits = slots.size() >= made.outputs.size() && made.rule->inputs.size() >= made.inputs.size();
    for (std::size_t i = 0; fits && i < made.outputs.size(); ++i) {
      if (made.outputs[i] < 0 || !slots[i].follows) continue;
      Root& root = graph_.roots[static_cast<std::size_t>(made.outputs[i])];
      const int rank = static_cast<int>(slots[i].axes.size());
      if (root.rank >= 0 && root.rank != rank) fits = false;
      root.rank = rank;
    }
    if (!fits) made.rule.reset();
  }

  const Model& model_;
  std::map<std::string, Known, std::less<>> known_;
  TransposeGraph graph_;
};

}  // namespace

std::optional<TransposeGraph> transpose_graph(const Model& model) { return Reader(model).read(); }

Order TransposeGraph::kept(int root) const {
  const Root& of = roots[static_cast<std::size_t>(root)];
  if (of.producer < 0) return {};
  const Operator& by = operators[static_cast<std::size_t>(of.producer)];
  if (by.turn.empty()) return {};
  return order_of(*by.rule, by.rule->outputs[static_cast<std::size_t>(of.slot)], by.turn).value_or(Order{});
}

std::optional<Order> TransposeGraph::wished(const Operator& by, std::size_t slot, const Order& turn) const {
  const Ref& ref = by.inputs[slot];
  if (turn.empty()) return ref.order;
  const auto order = order_of(*by.rule, by.rule->inputs[slot], turn);
  if (!order) return std::nullopt;
  return then(ref.order, *order);
}

Order TransposeGraph::wished(const Root::Use& use) const {
  if (use.node < 0) return use.named;
  const Operator& by = operators[static_cast<std::size_t>(use.node)];
  return wished(by, static_cast<std::size_t>(use.slot), by.turn).value_or(Order{});
}

bool TransposeGraph::allows(const Operator& by, const Order& turn) const {
  if (turn.empty()) return true;
  if (!by.rule || turn.size() != static_cast<std::size_t>(by.rule->rank)) return false;
  for (const int axis : by.rule->fixed) {
    if (turn[static_cast<std::size_t>(axis)] != axis) return false;
  }
  for (std::size_t i = 0; i < by.inputs.size(); ++i) {
    if (by.inputs[i].root < 0) continue;
    const Root& root = roots[static_cast<std::size_t>(by.inputs[i].root)];
    if (!root.is_free && !order_of(*by.rule, by.rule->inputs[i], turn)) return false;
  }
  return true;
}

bool TransposeGraph::is_reshape(const Root& root, const Order& from, const Order& to) const {
  if (root.ones.size() != static_cast<std::size_t>(root.rank) || root.rank <= 0) return false;
  const auto rank = static_cast<std::size_t>(root.rank);
  const auto rest = [&](const Order& order) {
    Order kept;
    for (const int axis : full(order, rank)) {
      if (!root.ones[static_cast<std::size_t>(axis)]) kept.push_back(axis);
    }
    return kept;
  };
  return rest(from) == rest(to);
}

}  // namespace zooport::onnx
