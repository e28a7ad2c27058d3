#include "onnx/passes/bodies.hpp"

#include <algorithm>
#include <deque>

#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

// Calls `visit` with every name that the graph itself defines.
template <class G, class Visit>
void for_each_definition(G& graph, const Visit& visit) {
  for (auto& input : graph.inputs) visit(input.name);
  for (auto& tensor : graph.initializers) visit(tensor.name);
  for (auto& tensor : graph.sparse_initializers) visit(tensor.values.name);
  for (auto& node : graph.nodes) {
    for (auto& output : node.outputs) visit(output);
  }
}

class Apart {
 public:
  explicit Apart(Names& names) : names_(names) {}

  void graph(Graph& graph) {
    Renames& renames = scopes_.emplace_back();
    const bool is_main = scopes_.size() == 1;
    NameSet own;  // an input and its default are one value
    for_each_definition(graph, [&](std::string& name) {
      if (name.empty() || !own.insert(name).second) return;
      const bool is_new = defined_.insert(name).second;
      if (!is_main && !is_new) renames[name] = fresh_name(names_, name);
    });
    if (!is_main && !renames.empty()) {
      for_each_definition(graph, [&](std::string& name) { apply(name); });
    }
    for (Node& node : graph.nodes) {
      for (std::string& input : node.inputs) apply(input);
      for (Attribute& attribute : node.attributes) {
        for (Graph& inner : attribute.graphs) this->graph(inner);
      }
    }
    for (ValueInfo& output : graph.outputs) apply(output.name);
    for (ValueInfo& value : graph.values) apply(value.name);
    scopes_.pop_back();
  }

 private:
  // The innermost graph that has the name knows what it is called now.
  void apply(std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      const auto found = scope->find(name);
      if (found == scope->end()) continue;
      name = found->second;
      return;
    }
  }

  Names& names_;
  NameSet defined_;
  std::deque<Renames> scopes_;
};

}  // namespace

void set_names_apart(Graph& graph, Names& names) {
  const bool has_bodies = std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    return std::any_of(node.attributes.begin(), node.attributes.end(),
                       [](const Attribute& attribute) { return !attribute.graphs.empty(); });
  });
  if (has_bodies) Apart(names).graph(graph);
}

void name_outputs(const std::vector<Node>& nodes, std::string_view stem, Names& names, Renames& renames) {
  const auto give = [&](const std::string& name) {
    if (!name.empty() && !renames.count(name)) renames[name] = fresh_name(names, concat(stem, '_', name));
  };
  for (const Node& node : nodes) {
    for (const std::string& output : node.outputs) give(output);
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) {
        for (const ValueInfo& input : inner.inputs) give(input.name);
        for (const Tensor& tensor : inner.initializers) give(tensor.name);
        for (const SparseTensor& tensor : inner.sparse_initializers) give(tensor.values.name);
        name_outputs(inner.nodes, stem, names, renames);
      }
    }
  }
}

void rename_values(std::vector<Node>& nodes, const Renames& renames) {
  const auto apply = [&](std::string& name) {
    const auto found = renames.find(name);
    if (found != renames.end()) name = found->second;
  };
  for (Node& node : nodes) {
    for (std::string& input : node.inputs) apply(input);
    for (std::string& output : node.outputs) apply(output);
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) {
        for (ValueInfo& value : inner.inputs) apply(value.name);
        for (ValueInfo& value : inner.outputs) apply(value.name);
        for (Tensor& tensor : inner.initializers) apply(tensor.name);
        for (SparseTensor& tensor : inner.sparse_initializers) apply(tensor.values.name);
        inner.values.clear();
        rename_values(inner.nodes, renames);
      }
    }
  }
}

std::uint64_t bytes_to_copy(const Node& node) {
  constexpr std::uint64_t kText = 32;    // around a text or number
  constexpr std::uint64_t kThing = 256;  // around anything else
  std::uint64_t bytes = kThing + node.op.size() + node.name.size() + node.doc.size() + node.unknown.size();
  const auto texts = [&](const std::vector<std::string>& items) {
    for (const std::string& item : items) bytes += kText + item.size();
  };
  texts(node.inputs);
  texts(node.outputs);
  bytes += node.metadata.size() * kThing;
  for (const Attribute& attribute : node.attributes) {
    bytes += 2 * kThing + attribute.name.size() + attribute.s.size() + attribute.doc.size() + attribute.unknown.size();
    bytes += attribute.ints.size() * sizeof(std::int64_t) + attribute.floats.size() * sizeof(float);
    texts(attribute.strings);
    texts(attribute.types);
    for (const Tensor& tensor : attribute.tensors) bytes += 2 * kThing + kText * tensor.strings.size();
    for (const Graph& graph : attribute.graphs) {
      for (const ValueInfo& value : graph.inputs) bytes += 2 * kThing + value.name.size();
      for (const ValueInfo& value : graph.outputs) bytes += 2 * kThing + value.name.size();
      for (const Tensor& tensor : graph.initializers) bytes += 2 * kThing + tensor.name.size();
    }
  }
  return bytes;
}

}  // namespace zooport::onnx
