#include "onnx/passes/shape_open_index.hpp"

namespace zooport::onnx {

NodeIndex::NodeIndex(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    for (const std::string& input : node.inputs) {
      if (input.empty()) continue;
      std::vector<const Node*>& known = readers_[input];
      if (known.empty() || known.back() != &node) known.push_back(&node);
    }
    for (const std::string& output : node.outputs)
      if (!output.empty()) makers_.emplace(output, &node);
  }
}

const std::vector<const Node*>& NodeIndex::readers(std::string_view value) const {
  static const std::vector<const Node*> kNone;
  const auto found = readers_.find(value);
  return found == readers_.end() ? kNone : found->second;
}

const Node* NodeIndex::maker(std::string_view value) const {
  const auto found = makers_.find(value);
  return found == makers_.end() ? nullptr : found->second;
}

}  // namespace zooport::onnx
