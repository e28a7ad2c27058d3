#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "zooport/onnx/geometry.hpp"

// Which axes of an input are space: those that the first operator that knows takes for it.
namespace zooport::onnx {
namespace {

// For each axis of a value the axis of the input that it is; -1: another one, or unknown.
using Origins = std::vector<int>;

// Operators whose data has batch and channels first and space behind.
bool knows_space(const Node& node) {
  static const std::set<std::string_view> kOperators{"Conv",
                                                     "ConvTranspose",
                                                     "ConvInteger",
                                                     "QLinearConv",
                                                     "DeformConv",
                                                     "MaxPool",
                                                     "AveragePool",
                                                     "LpPool",
                                                     "GlobalAveragePool",
                                                     "GlobalMaxPool",
                                                     "GlobalLpPool",
                                                     "InstanceNormalization",
                                                     "GroupNormalization",
                                                     "BatchNormalization",
                                                     "DepthToSpace",
                                                     "SpaceToDepth",
                                                     "GridSample",
                                                     "LRN",
                                                     "MaxRoiPool",
                                                     "RoiAlign"};
  if (node.domain == "com.microsoft") return node.op == "FusedConv";
  return node.domain.empty() && kOperators.count(node.op) > 0;
}

bool changes_axes(const Node& node) {
  static const std::set<std::string_view> kOperators{"Shape",
                                                     "Size",
                                                     "Gather",
                                                     "GatherND",
                                                     "GatherElements",
                                                     "MatMul",
                                                     "Gemm",
                                                     "Einsum",
                                                     "Flatten",
                                                     "Col2Im",
                                                     "DFT",
                                                     "STFT",
                                                     "NonZero",
                                                     "ArgMax",
                                                     "ArgMin",
                                                     "TopK",
                                                     "Constant",
                                                     "ConstantOfShape",
                                                     "Range",
                                                     "OneHot",
                                                     "Compress",
                                                     "Unique",
                                                     "If",
                                                     "Loop",
                                                     "Scan"};
  return !node.domain.empty() || kOperators.count(node.op) > 0;
}

class Follower {
 public:
  Follower(const Model& model, const InferredValues& values) : model_(model), values_(values) {}

  std::vector<int> space() {
    const auto inputs = model_.graph.required_inputs();
    if (inputs.empty()) return {};
    const tensor::Shape* shape = shape_of(inputs.front()->name);
    if (!shape) return {};
    Origins& own = origins_[inputs.front()->name];
    for (std::size_t i = 0; i < shape->size(); ++i) own.push_back(static_cast<int>(i));
    for (const Node& node : model_.graph.nodes) {
      if (knows_space(node)) {
        const Origins* data = find(node.input(0));
        if (data && data->size() > 2) {
          std::vector<int> found(data->begin() + 2, data->end());
          std::sort(found.begin(), found.end());
          if (found.front() >= 0) return found;
        }
      }
      follow(node);
    }
    return {};
  }

 private:
  const tensor::Shape* shape_of(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() || !found->second.shape ? nullptr : &*found->second.shape;
  }
  const Origins* find(std::string_view name) const {
    const auto found = origins_.find(name);
    return found == origins_.end() ? nullptr : &found->second;
  }

  void follow(const Node& node) {
    if (node.op == "Transpose" && node.domain.empty()) return transpose(node);
    if (changes_axes(node)) return;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (const Origins* from = find(node.inputs[i])) return carry(node, *from, shape_of(node.inputs[i]));
  }

  void transpose(const Node& node) {
    const Origins* from = find(node.input(0));
    if (!from || node.outputs.empty()) return;
    std::vector<std::int64_t> order = node.ints_or("perm", {});
    for (std::size_t i = from->size(); order.size() < from->size() && i-- > 0;)
      order.push_back(static_cast<std::int64_t>(i));
    Origins turned;
    for (const std::int64_t axis : order) {
      if (axis < 0 || axis >= static_cast<std::int64_t>(from->size())) return;
      turned.push_back((*from)[static_cast<std::size_t>(axis)]);
    }
    origins_[node.outputs[0]] = std::move(turned);
  }

  // Axes stay in their order; those of size 1 may come and go.
  void carry(const Node& node, const Origins& from, const tensor::Shape* old_shape) {
    const bool moves_axes = node.op == "Reshape" || node.op == "Squeeze" || node.op == "Unsqueeze";
    for (const std::string& name : node.outputs) {
      const tensor::Shape* shape = shape_of(name);
      if (!shape || name.empty()) continue;
      if (shape->size() == from.size() && !moves_axes) {
        origins_[name] = from;
        continue;
      }
      if (!old_shape || old_shape->size() != from.size() || !moves_axes) continue;
      Origins moved(shape->size(), -1);
      std::size_t at = 0;
      bool fits = true;
      for (std::size_t i = 0; i < shape->size() && fits; ++i) {
        if ((*shape)[i] == 1) continue;
        while (at < from.size() && (*old_shape)[at] == 1) ++at;
        fits = at < from.size() && (*old_shape)[at] == (*shape)[i];
        if (fits) moved[i] = from[at++];
      }
      while (fits && at < from.size()) fits = (*old_shape)[at++] == 1;
      if (fits) origins_[name] = std::move(moved);
    }
  }

  const Model& model_;
  const InferredValues& values_;
  std::map<std::string_view, Origins> origins_;
};

}  // namespace

std::vector<int> space_axes_of(const Model& model, const InferredValues& values) {
  return Follower(model, values).space();
}

}  // namespace zooport::onnx
