#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// Which nodes of a graph read and make a value; bodies of nodes are not looked into. The graph must outlive it and
// keep its nodes.
class NodeIndex {
 public:
  explicit NodeIndex(const Graph& graph);

  // Each of them once, in the order of the graph.
  const std::vector<const Node*>& readers(std::string_view value) const;
  // None: an input, a constant, or nothing.
  const Node* maker(std::string_view value) const;

 private:
  std::unordered_map<std::string_view, std::vector<const Node*>> readers_;
  std::unordered_map<std::string_view, const Node*> makers_;
};

}  // namespace zooport::onnx
