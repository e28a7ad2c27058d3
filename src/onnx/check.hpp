#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// Collects what is wrong with one model; each part of the work is in a file of its own.
class Checker {
 public:
  Checker(const Model& model, Diagnostics& diagnostics);
  void run();

 private:
  // Names that a graph may read: its own, then those of the graphs around it.
  struct Scope {
    const Scope* outer = nullptr;
    std::set<std::string_view> names;
    bool has(std::string_view name) const { return names.count(name) > 0 || (outer && outer->has(name)); }
  };

  // check.cpp
  bool versions();
  void report(std::string id, std::string message, const Path& path, Severity severity = Severity::kError);

  // check_graph.cpp
  void graph(const Graph& graph, const Scope* outer, const std::vector<Opset>& opsets, const Path& path,
             const Function* inside);
  void nodes(const std::vector<Node>& nodes, Scope& scope, const std::vector<Opset>& opsets, const Path& path,
             const Function* inside);
  void explain_undefined(const std::vector<Node>& nodes, std::size_t reader, std::string_view name, const Path& path);
  void define(Scope& scope, std::string_view name, const char* what, const Path& path);
  void tensor(const Tensor& tensor, const Path& path);
  void value(const ValueInfo& value, const Path& path);
  void functions();

  // check_bodies.cpp
  void bodies(const Node& node, const std::vector<Opset>& opsets, const Path& path);
  void sparse(const SparseTensor& sparse, const Path& path);

  // check_node.cpp
  void node(const Node& node, const std::vector<Opset>& opsets, const Path& path, const Function* inside);
  void attributes(const Node& node, const struct OperatorForm& form, const Path& path, const Function* inside);
  const Function* function_of(const Node& node) const;

  const Model& model_;
  Diagnostics& diagnostics_;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> functions_;
  // Which operator of `writers_of_` computes what, and how much was done to explain what is undefined.
  const std::vector<Node>* writers_of_ = nullptr;
  std::map<std::string_view, std::size_t> writers_;
  std::size_t explained_ = 0;
  std::size_t walked_ = 0;
};

// "operator Conv 'name'": how findings call a node.
std::string describe(const Node& node);

}  // namespace zooport::onnx
