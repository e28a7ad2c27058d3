#include <algorithm>
#include <functional>
#include <map>

#include "onnx/check.hpp"
#include "onnx/element.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

// Each costs a walk through the graph: so many of them, and so many nodes and names on all walks.
constexpr std::size_t kMostExplanations = 100;
constexpr std::size_t kMostWalked = 2'000'000;

Path below(const Path& path, std::string_view key, std::size_t index) {
  Path longer = path;
  longer.push_back(Step::key(key));
  longer.push_back(Step::at(index));
  return longer;
}

// The paths of the items of a list, of which one is looked at after the other. Graphs lie deep in each other, and most
// paths are never read: only the last number of one path changes.
class PathInList {
 public:
  PathInList(const Path& path, std::string_view key) : path_(below(path, key, 0)) {}
  const Path& at(std::size_t index) {
    path_.back().index = index;
    return path_;
  }

 private:
  Path path_;
};

// Names that a node reads, those of its subgraphs included as far as they come from outside them. Returns how many
// names were looked at.
std::size_t reads_of(const Node& node, std::set<std::string_view>& names) {
  std::size_t seen = 1 + node.inputs.size();
  names.insert(node.inputs.begin(), node.inputs.end());
  for (const Attribute& attribute : node.attributes) {
    for (const Graph& graph : attribute.graphs) {
      std::set<std::string_view> own;
      std::set<std::string_view> inner;
      for (const ValueInfo& item : graph.inputs) own.insert(item.name);
      for (const Tensor& item : graph.initializers) own.insert(item.name);
      for (const Node& item : graph.nodes) {
        seen += reads_of(item, inner);
        own.insert(item.outputs.begin(), item.outputs.end());
      }
      for (const ValueInfo& item : graph.outputs) inner.insert(item.name);
      for (const std::string_view name : inner) {
        if (!own.count(name)) names.insert(name);
      }
      seen += inner.size();
    }
  }
  return seen;
}

}  // namespace

void Checker::define(Scope& scope, std::string_view name, const char* what, const Path& path) {
  if (scope.names.insert(name).second) return;
  report("onnx.duplicate-value", concat("the value '", printable(name), "' is defined twice, now by ", what), path);
}

void Checker::tensor(const Tensor& tensor, const Path& path) {
  const std::int64_t count = count_of(tensor.dims);
  const auto size = bytes_of(tensor.type, count);
  const bool fits = tensor.type == ElementType::kString ? tensor.strings.size() == static_cast<std::uint64_t>(count)
                                                        : size && tensor.raw.size() == *size;
  if (count >= 0 && fits && tensor.external.empty()) return;
  report("onnx.tensor-size",
         concat("tensor '", printable(tensor.name), "' of shape ", shape_text(tensor.dims), " and type ",
                name_of(tensor.type), " holds ", tensor.raw.size(), " bytes"),
         path);
}

void Checker::value(const ValueInfo& value, const Path& path) {
  if (!value.type.shape) return;
  for (const Dimension& extent : *value.type.shape) {
    if (extent.value && *extent.value < 0) {
      report(
          "onnx.extent",
          concat("'", printable(value.name), "' declares the extent ", *extent.value, "; engines take it as unknown"),
          path, Severity::kWarning);
    }
  }
}

void Checker::graph(const Graph& graph, const Scope* outer, const std::vector<Opset>& opsets, const Path& path,
                    const Function* inside) {
  Scope scope{outer, {}};
  const bool is_main = outer == nullptr && inside == nullptr;
  PathInList input_paths(path, "input");
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const Path& at = input_paths.at(i);
    const ValueInfo& input = graph.inputs[i];
    if (input.name.empty()) report("onnx.undefined-value", "an input of the graph has no name", at);
    define(scope, input.name, "a graph input", at);
    value(input, at);
    if (is_main && input.type.element == ElementType::kUndefined && input.type.other.empty()) {
      report("onnx.value-type", concat("the input '", printable(input.name), "' has no type"), at);
    }
  }
  std::set<std::string_view> constants;
  const auto constant = [&](const std::string& name, const Path& at) {
    if (name.empty()) report("onnx.undefined-value", "a constant of the graph has no name", at);
    if (!constants.insert(name).second) {
      report("onnx.duplicate-value", concat("the constant '", printable(name), "' is there twice"), at);
    }
    scope.names.insert(name);  // may be an input at the same time: its default
  };
  PathInList constant_paths(path, "initializer");
  for (std::size_t i = 0; i < graph.initializers.size(); ++i) {
    const Path& at = constant_paths.at(i);
    constant(graph.initializers[i].name, at);
    tensor(graph.initializers[i], at);
  }
  PathInList sparse_paths(path, "sparse_initializer");
  for (std::size_t i = 0; i < graph.sparse_initializers.size(); ++i) {
    constant(graph.sparse_initializers[i].values.name, sparse_paths.at(i));
    sparse(graph.sparse_initializers[i], sparse_paths.at(i));
  }
  nodes(graph.nodes, scope, opsets, path, inside);
  std::set<std::string_view> outputs;
  PathInList output_paths(path, "output");
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const ValueInfo& output = graph.outputs[i];
    const Path& at = output_paths.at(i);
    value(output, at);
    if (!scope.has(output.name)) {
      report("onnx.undefined-value", concat("nothing computes the output '", printable(output.name), "'"), at);
    } else if (!scope.names.count(output.name)) {
      report("onnx.undefined-value",
             concat("the output '", printable(output.name),
                    "' of a subgraph is a value from outside it; put an Identity between"),
             at);
    }
    if (is_main && !outputs.insert(output.name).second) {
      report("onnx.duplicate-value", concat("the output '", printable(output.name), "' is there twice"), at);
    }
  }
}

void Checker::nodes(const std::vector<Node>& nodes, Scope& scope, const std::vector<Opset>& opsets, const Path& path,
                    const Function* inside) {
  PathInList paths(path, "node");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& item = nodes[i];
    const Path& at = paths.at(i);
    for (const std::string& input : item.inputs) {
      if (!input.empty() && !scope.has(input)) explain_undefined(nodes, i, input, at);
    }
    node(item, opsets, at, inside);
    bodies(item, opsets, at);
    for (const Attribute& attribute : item.attributes) {
      for (const Tensor& value : attribute.tensors) tensor(value, at);
      for (const SparseTensor& value : attribute.sparse_tensors) sparse(value, at);
      for (const Graph& inner : attribute.graphs) {
        Path deeper = at;
        deeper.push_back(Step::key(printable(attribute.name)));
        graph(inner, &scope, opsets, deeper, inside);
      }
    }
    for (const std::string& output : item.outputs) {
      if (output.empty()) continue;
      // Inputs and constants of a subgraph may hide names from outside it; what is computed there may not.
      if (scope.outer && scope.outer->has(output)) {
        report("onnx.duplicate-value",
               concat("the value '", printable(output),
                      "' is defined outside the subgraph, and again by an operator in it"),
               at);
      }
      define(scope, output, "an operator", at);
    }
  }
}

void Checker::explain_undefined(const std::vector<Node>& nodes, std::size_t reader, std::string_view name,
                                const Path& path) {
  if (++explained_ > kMostExplanations || walked_ > kMostWalked) return;
  if (writers_of_ != &nodes) {
    writers_of_ = &nodes;
    writers_.clear();
    walked_ += nodes.size();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (const std::string& output : nodes[i].outputs) writers_.emplace(output, i);
    }
  }
  const auto& writers = writers_;
  const auto writer = writers.find(name);
  if (writer == writers.end()) {
    report("onnx.undefined-value",
           concat(describe(nodes[reader]), " reads '", printable(name), "', which nothing defines"), path);
    return;
  }
  // Does the writer, by way of others, need the reader?
  std::vector<std::size_t> open = {writer->second};
  std::set<std::size_t> seen = {writer->second};
  while (!open.empty() && open.back() != reader) {
    const std::size_t at = open.back();
    open.pop_back();
    std::set<std::string_view> reads;
    walked_ += 1 + reads_of(nodes[at], reads);
    for (const std::string_view read : reads) {
      const auto found = writers.find(read);
      if (found != writers.end() && seen.insert(found->second).second) open.push_back(found->second);
    }
    if (seen.count(reader)) open = {reader};
  }
  if (open.empty()) {
    report(
        "onnx.order",
        concat(describe(nodes[reader]), " stands before ", describe(nodes[writer->second]), ", whose output it reads"),
        path);
  } else {
    report(
        "onnx.cycle",
        concat(describe(nodes[reader]), " and ", describe(nodes[writer->second]), " each need what the other computes"),
        path);
  }
}

void Checker::functions() {
  std::set<std::string> names;
  std::vector<std::vector<std::size_t>> calls(model_.functions.size());
  for (std::size_t i = 0; i < model_.functions.size(); ++i) {
    const Function& function = model_.functions[i];
    const Path path = below({}, "functions", i);
    if (!names.insert(concat(function.domain, "::", function.name, "::", function.overload)).second) {
      report("onnx.duplicate-function", concat("the function '", printable(function.name), "' is there twice"), path);
    }
    if (function.name.empty()) report("onnx.function-name", "a function has no name", path);
    constexpr unsigned kDomain = 10;  // its field
    if (function.domain.empty() && !function.form.long_domain && (function.form.present >> kDomain & 1) == 0)
      report("onnx.function-name", concat("the function '", printable(function.name), "' has no domain"), path);
    Scope scope;
    for (const std::string& input : function.inputs) define(scope, input, "an input of a function", path);
    nodes(function.nodes, scope, function.opsets, path, &function);
    for (const std::string& output : function.outputs) {
      if (!scope.has(output)) {
        report("onnx.undefined-value",
               concat("nothing computes the output '", printable(output), "' of the function '",
                      printable(function.name), "'"),
               path);
      }
    }
    const std::function<void(const std::vector<Node>&)> note_calls = [&](const std::vector<Node>& body) {
      for (const Node& node : body) {
        if (const Function* called = function_of(node)) {
          calls[i].push_back(static_cast<std::size_t>(called - model_.functions.data()));
        }
        for (const Attribute& attribute : node.attributes) {
          for (const Graph& inner : attribute.graphs) note_calls(inner.nodes);
        }
      }
    };
    note_calls(function.nodes);
  }
  // Functions that only call functions which end, end; whatever is left calls itself.
  std::vector<std::vector<std::size_t>> callers(calls.size());
  std::vector<std::size_t> waiting(calls.size(), 0);
  std::vector<std::size_t> ending;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    waiting[i] = calls[i].size();
    for (const std::size_t called : calls[i]) callers[called].push_back(i);
    if (waiting[i] == 0) ending.push_back(i);
  }
  std::vector<bool> ends(calls.size(), false);
  while (!ending.empty()) {
    const std::size_t done = ending.back();
    ending.pop_back();
    ends[done] = true;
    for (const std::size_t caller : callers[done]) {
      if (--waiting[caller] == 0) ending.push_back(caller);
    }
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (ends[i]) continue;
    report("onnx.function-recursion",
           concat("the function '", printable(model_.functions[i].name), "' calls itself, or functions that do"),
           below({}, "functions", i));
  }
}

}  // namespace zooport::onnx
