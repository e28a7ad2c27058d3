#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "onnx/check.hpp"
#include "onnx/names.hpp"
#include "onnx/operators.hpp"
#include "onnx/passes/bodies.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

// A graph inside an operator's attribute is three messages further down, and files are read to a depth.
constexpr std::size_t kLevelsOfGraph = 3;

// An operator that two opsets of the default domain do not have in the same form.
const Node* first_changed(const std::vector<Node>& nodes, std::int64_t a, std::int64_t b) {
  for (const Node& node : nodes) {
    if (node.domain.empty() && !is_same_operator(node.op, a, b)) return &node;
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) {
        if (const Node* found = first_changed(inner.nodes, a, b)) return found;
      }
    }
  }
  return nullptr;
}

class Inliner {
 public:
  Inliner(Model& model, const Limits& limits) : model_(model), limits_(limits) {
    collect_names(model.graph, names_);
    for (const Function& function : model.functions) {
      // What stands for an operator of ONNX is never called.
      if (function.domain.empty()) continue;
      functions_.emplace(std::tuple(function.domain, function.name, function.overload), &function);
    }
    for (const Opset& opset : model.opsets) opsets_.emplace(opset.domain, opset.version);
  }

  struct Size {
    std::uint64_t nodes = 0;
    std::uint64_t bytes = 0;  // that are copied
    std::size_t depth = 0;    // of what is inside
  };
  // How much there will be; an error if that is too much, or endless.
  Result<Size> measure(const std::vector<Node>& nodes, std::size_t depth);
  Result<void> expand(std::vector<Node>& nodes);

 private:
  Result<std::vector<Node>> body_of(const Node& call, const Function& function);
  using Values = std::map<std::string_view, const Attribute*>;
  static void bind(std::vector<Node>& nodes, const Values& values);

  Model& model_;
  Limits limits_;
  Names names_;
  std::map<const Function*, Size> sizes_;
  std::map<std::string, std::int64_t, std::less<>> opsets_;
  std::map<std::tuple<std::string, std::string, std::string>, const Function*> functions_;
};

Result<Inliner::Size> Inliner::measure(const std::vector<Node>& nodes, std::size_t depth) {
  const auto too_deep = [&] {
    return make_error(
        ErrorKind::kInvalid, "onnx.too-deep",
        concat("functions call one another more than ", limits_.depth, " deep; limits.depth raises this"));
  };
  if (depth > limits_.depth) return too_deep();
  Size total;
  const auto add = [&](const Size& more, std::size_t levels) {
    total.nodes += more.nodes;
    total.bytes += more.bytes;
    total.depth = std::max(total.depth, more.depth + levels);
  };
  for (const Node& node : nodes) {
    add({1, depth > 0 ? bytes_to_copy(node) : 0, 0}, 0);
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) {
        ZOOPORT_TRY_ASSIGN(const Size more, measure(inner.nodes, depth + kLevelsOfGraph));
        add(more, kLevelsOfGraph);
      }
    }
    const auto called = functions_.find({node.domain, node.op, node.overload});
    if (called != functions_.end()) {
      auto known = sizes_.find(called->second);
      if (known == sizes_.end()) {
        ZOOPORT_TRY_ASSIGN(const Size size, measure(called->second->nodes, depth + 1));
        known = sizes_.emplace(called->second, size).first;
      }
      // It may have been measured where it is called from higher up.
      if (depth + 1 + known->second.depth > limits_.depth) return too_deep();
      add(known->second, 1);
      // The names of what it becomes begin with the call's.
      total.bytes += known->second.nodes * 2 * (node.name.empty() ? node.op.size() : node.name.size());
    }
    if (total.nodes > limits_.graph_nodes) {
      return make_error(ErrorKind::kInvalid, "onnx.too-many-operators",
                        concat("with its functions inlined the graph has more than ", limits_.graph_nodes,
                               " operators; limits.graph_nodes raises this"));
    }
    if (total.bytes > kMostCopied) {
      return make_error(ErrorKind::kInvalid, "onnx.too-many-operators",
                        concat("with its functions inlined the graph has more than ", size_text(kMostCopied),
                               " of names and attributes"));
    }
  }
  return total;
}

Result<void> Inliner::expand(std::vector<Node>& nodes) {
  std::vector<Node> out;
  for (Node& node : nodes) {
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) ZOOPORT_TRY(expand(inner.nodes));
    }
    const auto called = functions_.find({node.domain, node.op, node.overload});
    if (called == functions_.end()) {
      out.push_back(std::move(node));
      continue;
    }
    ZOOPORT_TRY_ASSIGN(std::vector<Node> body, body_of(node, *called->second));
    ZOOPORT_TRY(expand(body));
    for (Node& made : body) out.push_back(std::move(made));
  }
  nodes = std::move(out);
  return {};
}

Result<std::vector<Node>> Inliner::body_of(const Node& call, const Function& function) {
  for (const Opset& opset : function.opsets) {
    const auto [outer, is_new] = opsets_.emplace(opset.domain, opset.version);
    if (is_new) {
      model_.opsets.push_back(opset);
    } else if (outer->second != opset.version && opset.domain.empty()) {
      const Node* other = first_changed(function.nodes, opset.version, outer->second);
      if (!other) continue;
      return make_error(ErrorKind::kUnsupported, "onnx.function-opset",
                        concat("the function '", printable(function.name), "' is written in opset ", opset.version,
                               ", the model in opset ", outer->second, ", where ", describe(*other),
                               " is another one"));
    }
  }
  std::vector<Node> body = function.nodes;
  Renames renames;
  const std::string stem = call.name.empty() ? function.name : call.name;
  name_outputs(body, stem, names_, renames);
  for (std::size_t i = 0; i < function.inputs.size(); ++i) renames[function.inputs[i]] = call.input(i);
  std::vector<Node> handed_on;
  const std::set<std::string_view> inputs(function.inputs.begin(), function.inputs.end());
  std::set<std::string_view> outputs;
  for (std::size_t i = 0; i < function.outputs.size(); ++i) {
    const std::string& inner = function.outputs[i];
    const bool again = !outputs.insert(inner).second;
    if (i >= call.outputs.size() || call.outputs[i].empty()) continue;
    if (!inputs.count(inner) && !again) {
      renames[inner] = call.outputs[i];
      continue;
    }
    Node same;
    same.op = "Identity";
    same.name = fresh_name(names_, concat(stem, "_Identity"));
    same.inputs = {inner};
    same.outputs = {call.outputs[i]};
    handed_on.push_back(std::move(same));
  }
  Values values;
  for (const Attribute& attribute : call.attributes) values.emplace(attribute.name, &attribute);
  for (const Attribute& attribute : function.attribute_defaults) values.emplace(attribute.name, &attribute);
  bind(body, values);
  rename_values(body, renames);
  for (Node& node : handed_on) {
    const auto found = renames.find(node.inputs[0]);
    if (found != renames.end()) node.inputs[0] = found->second;
    body.push_back(std::move(node));
  }
  for (Node& node : body) node.name = fresh_name(names_, concat(stem, '_', node.name.empty() ? node.op : node.name));
  return body;
}

// Attributes that refer to those of the function get the caller's value, or the default, or go.
void Inliner::bind(std::vector<Node>& nodes, const Values& values) {
  for (Node& node : nodes) {
    std::vector<Attribute> bound;
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) bind(inner.nodes, values);
      if (attribute.reference.empty()) {
        bound.push_back(std::move(attribute));
        continue;
      }
      const auto value = values.find(attribute.reference);
      if (value == values.end()) continue;
      bound.push_back(*value->second);
      bound.back().name = attribute.name;
    }
    node.attributes = std::move(bound);
  }
}

}  // namespace

Result<void> inline_functions(Model& model, const Limits& limits) {
  if (model.functions.empty()) return {};
  Inliner inliner(model, limits);
  ZOOPORT_TRY(inliner.measure(model.graph.nodes, 0));
  ZOOPORT_TRY(inliner.expand(model.graph.nodes));
  std::set<std::string, std::less<>> domains;
  for (const Function& function : model.functions) domains.insert(function.domain);
  model.functions.clear();
  for_each_node(static_cast<const Graph&>(model.graph), [&](const Node& node) { domains.erase(node.domain); });
  std::erase_if(model.opsets, [&](const Opset& opset) { return !opset.domain.empty() && domains.count(opset.domain); });
  return {};
}

}  // namespace zooport::onnx
