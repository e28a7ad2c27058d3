#include "onnx/passes/transposes.hpp"

#include <algorithm>
#include <unordered_set>

#include "zooport/base/text.hpp"
#include "zooport/onnx/channel_orders.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

std::size_t transposes_in(const Graph& graph) {
  return static_cast<std::size_t>(std::count_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    return node.op == "Transpose" && node.domain.empty();
  }));
}

// Writes the graph down again, with the operators in their turns.
class Writer {
 public:
  Writer(const Model& model, const TransposeGraph& graph)
      : model_(model), graph_(graph), result_(model), add_(result_, names_), copies_(graph.roots.size(), 0) {
    collect_names(model.graph, names_);
    result_.graph.nodes.clear();
    name_values();
  }

  Model write() {
    for (const Operator& by : graph_.operators) {
      for (const std::string& name : by.captured) have(name);
      if (!by.is_transpose) write_operator(by);
    }
    for (const ValueInfo& output : model_.graph.outputs) have(output.name);
    result_.graph.nodes = std::move(add_.nodes);
    drop_unused();
    return std::move(result_);
  }

  std::size_t reshapes = 0;
  std::size_t turned = 0;

 private:
  using Key = std::pair<int, Order>;

  void name_values() {
    for (std::size_t i = 0; i < graph_.roots.size(); ++i) {
      names_of_[{static_cast<int>(i), {}}] = graph_.roots[i].name;
      if (graph_.roots[i].producer < 0) made_.insert({static_cast<int>(i), {}});
    }
    std::unordered_set<std::string_view> wanted;
    for (const ValueInfo& output : model_.graph.outputs) wanted.insert(output.name);
    for (const Operator& by : graph_.operators) wanted.insert(by.captured.begin(), by.captured.end());
    // Names that the graph has for turned values; first those that others ask for.
    for (const bool is_wanted : {true, false}) {
      for (const Operator& by : graph_.operators) {
        if (!by.is_transpose || wanted.count(by.node->outputs[0]) != (is_wanted ? 1U : 0U)) continue;
        const Ref& ref = graph_.refs.find(by.node->outputs[0])->second;
        if (names_of_.emplace(Key{ref.root, ref.order}, by.node->outputs[0]).second) {
          origins_.emplace(by.node->outputs[0], by.node);
        }
      }
    }
  }

  const std::string& name_of(int root, const Order& order) {
    const auto [found, is_new] = names_of_.emplace(Key{root, order}, "");
    if (is_new) {
      found->second = add_.fresh(concat(graph_.roots[static_cast<std::size_t>(root)].name, "_turned"));
    }
    return found->second;
  }

  // A value in that order; makes it if it is not there.
  std::string value(int root, const Order& order) {
    const std::string name = name_of(root, order);
    if (!made_.insert({root, order}).second) return name;
    const Order kept = graph_.kept(root);
    const Root& of = graph_.roots[static_cast<std::size_t>(root)];
    const std::string from = name_of(root, kept);
    if (graph_.is_reshape(of, kept, order)) {
      reshape(of, from, kept, order, name);
      ++reshapes;
      return name;
    }
    const Order step = then(simplified(inverse(kept)), order);
    Node made;
    if (const auto origin = origins_.find(name); origin != origins_.end()) {
      made = *origin->second;
    } else {
      made.name = add_.fresh("zooport_Transpose");
    }
    made.op = "Transpose";
    made.inputs = {from};
    made.outputs = {name};
    const Order perm = full(step, static_cast<std::size_t>(of.rank));
    made.set(make_attribute("perm", std::vector<std::int64_t>(perm.begin(), perm.end())));
    add_.nodes.push_back(std::move(made));
    return name;
  }

  // Axes of size 1 go elsewhere, and all others keep their order.
  void reshape(const Root& of, const std::string& from, const Order& kept, const Order& order,
               const std::string& name) {
    const auto rank = static_cast<std::size_t>(of.rank);
    const Order before = full(kept, rank);
    const Order after = full(order, rank);
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> taken;
    std::vector<std::int64_t> put;
    for (std::size_t i = 0; i < rank; ++i) {
      if (of.ones[static_cast<std::size_t>(before[i])]) taken.push_back(static_cast<std::int64_t>(i));
      if (of.ones[static_cast<std::size_t>(after[i])]) put.push_back(static_cast<std::int64_t>(i));
      // Nothing here may fix a size that the network is free in.
      if (of.ones[static_cast<std::size_t>(after[i])]) {
        sizes.push_back(1);
      } else if (before[i] == after[i]) {
        sizes.push_back(0);
      }
    }
    if (sizes.size() == rank) {
      add_.node("Reshape", {from, add_.integers(sizes)}, name);
      return;
    }
    const std::string between = add_.fresh(concat(of.name, "_squeezed"));
    with_axes(add_.node("Squeeze", {from}, between), taken);
    with_axes(add_.node("Unsqueeze", {between}, name), put);
  }

  void with_axes(Node& node, const std::vector<std::int64_t>& axes) {
    if (model_.opset() < 13) {
      node.set(make_attribute("axes", axes));
    } else {
      node.inputs.push_back(add_.integers(axes));
    }
  }

  // Values that are asked for by their names.
  void have(const std::string& name) {
    const auto ref = graph_.refs.find(name);
    if (ref == graph_.refs.end()) return;
    const std::string at = value(ref->second.root, ref->second.order);
    if (at != name && copied_.insert(name).second) add_.node("Identity", {at}, name);
  }

  // A constant in another order, with new first axes if the order has more.
  std::string constant(int root, const Order& order, std::size_t rank) {
    const Root& of = graph_.roots[static_cast<std::size_t>(root)];
    const Tensor& tensor = *of.constant;
    const bool is_single = std::all_of(tensor.dims.begin(), tensor.dims.end(), [](std::int64_t n) { return n == 1; });
    if (order.empty() || is_single) return of.name;
    const auto [found, is_new] = constants_.emplace(Key{root, order}, "");
    if (is_new) found->second = add_.constant(permuted(tensor, full(order, rank)), concat(of.name, "_turned"));
    return found->second;
  }

  std::string input(const Operator& by, std::size_t slot) {
    const Ref& ref = by.inputs[slot];
    if (ref.root < 0) return "";
    const Root& root = graph_.roots[static_cast<std::size_t>(ref.root)];
    const auto wish = graph_.wished(by, slot, by.turn);
    if (!root.is_free) return value(ref.root, wish.value_or(Order{}));
    if (wish) {
      // Many copies of a large constant are no gain.
      constexpr std::size_t kSmall = 1 << 16;
      constexpr int kMostCopies = 4;
      int& copies = copies_[static_cast<std::size_t>(ref.root)];
      const bool is_new = !wish->empty() && !constants_.count({ref.root, *wish});
      if (is_new && root.constant->raw.size() > kSmall && ++copies > kMostCopies) return value(ref.root, *wish);
      return constant(ref.root, *wish, static_cast<std::size_t>(root.rank));
    }
    const auto rank = static_cast<std::size_t>(by.rule->rank);
    const auto first = static_cast<int>(rank) - root.rank;
    Order extended = full({}, rank);
    const Order inner = full(ref.order, static_cast<std::size_t>(root.rank));
    for (std::size_t i = 0; i < inner.size(); ++i) extended[static_cast<std::size_t>(first) + i] = first + inner[i];
    return constant(ref.root, then(simplified(std::move(extended)), by.turn), rank);
  }

  void write_operator(const Operator& by) {
    Node made = *by.node;
    for (std::size_t i = 0; i < made.inputs.size(); ++i) made.inputs[i] = input(by, i);
    for (std::size_t i = 0; i < made.outputs.size(); ++i) {
      if (by.outputs[i] < 0) continue;
      const Order kept = graph_.kept(by.outputs[i]);
      made.outputs[i] = name_of(by.outputs[i], kept);
      made_.insert({by.outputs[i], kept});
    }
    std::vector<Node> after;
    if (!by.turn.empty()) {
      ++turned;
      Turning turning(made, *by.rule, by.turn, by.around, add_);
      if (by.rule->rewrite) by.rule->rewrite(turning);
      after = std::move(turning.after);
    }
    add_.nodes.push_back(std::move(made));
    for (Node& node : after) add_.nodes.push_back(std::move(node));
  }

  // Shapes of values that are no more.
  void drop_unused() {
    drop_unused_constants(model_, result_);
    Graph& graph = result_.graph;
    std::unordered_set<std::string_view> made;
    for (const Node& node : graph.nodes) made.insert(node.outputs.begin(), node.outputs.end());
    const auto is_gone = [&](const ValueInfo& value) {
      return graph_.refs.count(value.name) && !made.count(value.name);
    };
    graph.values.erase(std::remove_if(graph.values.begin(), graph.values.end(), is_gone), graph.values.end());
  }

  const Model& model_;
  const TransposeGraph& graph_;
  Model result_;
  Names names_;
  Additions add_;
  std::map<Key, std::string> names_of_;
  std::map<std::string, const Node*, std::less<>> origins_;  // Transposes that made a value of that name
  std::set<Key> made_;
  std::set<std::string> copied_;
  std::map<Key, std::string> constants_;
  std::vector<int> copies_;
};

}  // namespace

Result<std::vector<std::string>> absorb_transposes(Model& model) {
  std::vector<std::string> steps;
  constexpr std::int64_t kLeastOpset = 7;
  if (model.opset() < kLeastOpset) return steps;
  const std::size_t before = transposes_in(model.graph);
  if (before > 0) {
    auto graph = transpose_graph(model);
    if (!graph) return steps;
    search_turns(*graph);
    Writer writer(model, *graph);
    Model changed = writer.write();
    const std::size_t left = transposes_in(changed.graph);
    if (left < before || (left == before && writer.turned > 0)) {
      if (left < before) steps.push_back(concat("absorb ", before - left, " of ", before, " transposes"));
      if (writer.reshapes > 0) {
        steps.push_back(concat("move axes of size 1 by reshaping: ", writer.reshapes));
      }
      if (writer.turned > 0) steps.push_back(concat("run operators in another order of axes: ", writer.turned));
      model = std::move(changed);
    }
  }
  if (const std::size_t folded = fold_channel_orders(model); folded > 0) {
    steps.push_back(concat("choose channels by the weights of convolutions: ", folded));
  }
  return steps;
}

}  // namespace zooport::onnx
