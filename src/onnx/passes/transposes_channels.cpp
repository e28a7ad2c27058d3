#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "onnx/element.hpp"
#include "onnx/passes/shape_rules.hpp"
#include "onnx/passes/transposes.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/channel_orders.hpp"

namespace zooport::onnx {
namespace {

// Slice i along the axis is slice indices[i] of the tensor.
Tensor picked(const Tensor& tensor, std::size_t axis, const std::vector<std::int64_t>& indices) {
  std::size_t inner = bits_of(tensor.type) / 8;
  for (std::size_t i = axis + 1; i < tensor.dims.size(); ++i) inner *= static_cast<std::size_t>(tensor.dims[i]);
  std::vector<std::byte> bytes(tensor.raw.size());
  const std::size_t slices = inner == 0 ? 0 : bytes.size() / inner;
  for (std::size_t to = 0; to < slices; ++to) {
    const std::size_t first = to / indices.size() * indices.size();
    const std::size_t from = first + static_cast<std::size_t>(indices[to % indices.size()]);
    std::memcpy(bytes.data() + to * inner, tensor.raw.data() + from * inner, inner);
  }
  Tensor made;
  made.type = tensor.type;
  made.dims = tensor.dims;
  made.raw = Bytes(std::move(bytes));
  return made;
}

bool is_unary(const Node& node) {
  static const std::unordered_set<std::string_view> kOps{"Abs",   "Cast",     "Ceil", "Clip",      "Elu",       "Exp",
                                                         "Floor", "Identity", "Log",  "LeakyRelu", "Neg",       "Relu",
                                                         "Selu",  "Sigmoid",  "Sign", "Softplus",  "Sqrt",      "Tanh",
                                                         "Erf",   "Sin",      "Cos",  "Softsign",  "Reciprocal"};
  return kOps.count(node.op) > 0;
}

bool is_binary(const Node& node) {
  return (node.op == "Add" || node.op == "Sub" || node.op == "Mul" || node.op == "Div") && node.inputs.size() == 2;
}

class Folder {
 public:
  Folder(const Model& before, const TransposeGraph& graph, Model& result)
      : before_(before), graph_(graph), result_(result), add_(result, names_) {
    collect_names(before.graph, names_);
  }

  // The number of choices that are folded.
  std::size_t fold() {
    std::unordered_set<std::size_t> gone;
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      if (fold(i)) gone.insert(i);
    }
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < result_.graph.nodes.size(); ++i) {
      if (gone.count(i)) continue;
      for (std::string& name : result_.graph.nodes[i].inputs) {
        if (const auto found = replaced_.find(name); found != replaced_.end()) name = found->second;
      }
      nodes.push_back(std::move(result_.graph.nodes[i]));
    }
    result_.graph.nodes = std::move(nodes);
    drop_unused_constants(before_, result_);
    return gone.size();
  }

 private:
  struct Change {
    std::size_t node;
    std::size_t slot;
    std::size_t axis;  // of the constant
  };

  const Root* constant(const Operator& by, std::size_t slot) const {
    if (slot >= by.inputs.size() || by.inputs[slot].root < 0 || !by.inputs[slot].order.empty()) return nullptr;
    const Root& root = graph_.roots[static_cast<std::size_t>(by.inputs[slot].root)];
    return root.is_free && can_be_permuted(*root.constant) ? &root : nullptr;
  }

  bool fold(std::size_t at) {
    const Operator& choice = graph_.operators[at];
    if (choice.node->op != "Gather" || !choice.node->domain.empty() || choice.outputs.size() != 1) return false;
    const Root* list = constant(choice, 1);
    const auto indices = list ? integers_of(*list->constant) : std::nullopt;
    if (!indices || list->rank != 1 || indices->size() < 2 || !is_order(*indices) || choice.outputs[0] < 0)
      return false;
    const Ref& from = choice.inputs[0];
    if (from.root < 0) return false;
    const Root& source = graph_.roots[static_cast<std::size_t>(from.root)];
    const auto rank = static_cast<std::size_t>(std::max(source.rank, 0));
    const std::int64_t axis = axis_in(choice.node->int_or("axis", 0), rank);
    if (axis < 0 || source.extents.size() != rank) return false;
    const int inner = full(from.order, rank)[static_cast<std::size_t>(axis)];
    if (source.extents[static_cast<std::size_t>(inner)] != static_cast<std::int64_t>(indices->size())) return false;
    std::vector<Change> changes;
    if (!follow(choice.outputs[0], static_cast<int>(axis), rank, indices->size(), changes)) return false;

    std::vector<std::int64_t> back(indices->size());
    for (std::size_t i = 0; i < back.size(); ++i) {
      back[static_cast<std::size_t>((*indices)[i])] = static_cast<std::int64_t>(i);
    }
    // Weights that many share would be there many times.
    std::uint64_t more = 0;
    for (const Change& change : changes)
      more += constant(graph_.operators[change.node], change.slot)->constant->raw.size();
    if (more > kMostCopied - copied_) return false;
    copied_ += more;
    for (const Change& change : changes) {
      // It may have been changed for another choice before.
      std::string& name = result_.graph.nodes[change.node].inputs[change.slot];
      const auto made = made_.find(name);
      const Tensor& now = made == made_.end() ? *constant(graph_.operators[change.node], change.slot)->constant
                                              : result_.graph.initializers[made->second];
      name = add_.constant(picked(now, change.axis, back), concat(name, "_turned"));
      made_.emplace(name, result_.graph.initializers.size() - 1);
    }
    const Root& made = graph_.roots[static_cast<std::size_t>(choice.outputs[0])];
    replaced_[made.name] = result_.graph.nodes[at].inputs[0];
    return true;
  }

  // Every reader of the value has to pass the channels on, one by one, to convolutions.
  bool follow(int root, int axis, std::size_t rank, std::size_t channels, std::vector<Change>& changes) const {
    std::vector<std::pair<int, int>> open{{root, axis}};
    constexpr std::size_t kMost = 64;
    for (std::size_t done = 0; done < open.size(); ++done) {
      if (open.size() > kMost) return false;
      const auto [value, place] = open[done];
      const Root& of = graph_.roots[static_cast<std::size_t>(value)];
      if (of.uses.empty()) return false;
      for (const Root::Use& use : of.uses) {
        if (use.node < 0) return false;
        const Operator& by = graph_.operators[static_cast<std::size_t>(use.node)];
        const Order order = full(by.inputs[static_cast<std::size_t>(use.slot)].order, rank);
        const auto now = std::find(order.begin(), order.end(), place) - order.begin();
        if (!by.node->domain.empty() || now >= static_cast<std::ptrdiff_t>(rank)) return false;
        if (!pass(use, static_cast<std::size_t>(now), rank, channels, changes)) return false;
        if (by.node->op != "Conv") open.emplace_back(by.outputs[0], static_cast<int>(now));
      }
    }
    return true;
  }

  bool pass(const Root::Use& use, std::size_t axis, std::size_t rank, std::size_t channels,
            std::vector<Change>& changes) const {
    const auto at = static_cast<std::size_t>(use.node);
    const Operator& by = graph_.operators[at];
    const Node& node = *by.node;
    if (node.op == "Conv") {
      const Root* weights = constant(by, 1);
      if (use.slot != 0 || axis != 1 || node.int_or("group", 1) != 1 || !weights) return false;
      if (weights->rank != static_cast<int>(rank)) return false;
      if (weights->constant->dims[1] != static_cast<std::int64_t>(channels)) return false;
      changes.push_back({at, 1, 1});
      return true;
    }
    if (by.outputs.size() != 1 || by.outputs[0] < 0) return false;
    if (is_unary(node)) return use.slot == 0;
    if (node.op == "BatchNormalization") return pass_normalization(use, axis, channels, changes);
    if (!is_binary(node)) return false;
    const std::size_t other = use.slot == 0 ? 1 : 0;
    const Root* operand = constant(by, other);
    if (!operand || operand->constant->dims.size() > rank) return false;
    const tensor::Shape& dims = operand->constant->dims;
    const std::size_t missing = rank - dims.size();
    if (axis < missing || dims[axis - missing] == 1) return true;
    if (dims[axis - missing] != static_cast<std::int64_t>(channels)) return false;
    changes.push_back({at, other, axis - missing});
    return true;
  }

  // Four lists of one number a channel.
  bool pass_normalization(const Root::Use& use, std::size_t axis, std::size_t channels,
                          std::vector<Change>& changes) const {
    const auto at = static_cast<std::size_t>(use.node);
    const Operator& by = graph_.operators[at];
    if (use.slot != 0 || axis != 1 || by.inputs.size() != 5 || by.node->int_or("training_mode", 0) != 0) return false;
    for (std::size_t slot = 1; slot < 5; ++slot) {
      const Root* list = constant(by, slot);
      if (!list || list->constant->dims != tensor::Shape{static_cast<std::int64_t>(channels)}) return false;
      changes.push_back({at, slot, 0});
    }
    return true;
  }

  const Model& before_;
  const TransposeGraph& graph_;
  Model& result_;
  Names names_;
  Additions add_;
  std::unordered_map<std::string, std::string> replaced_;
  static constexpr std::uint64_t kMostCopied = std::uint64_t{256} << 20;
  std::uint64_t copied_ = 0;
  std::unordered_map<std::string, std::size_t> made_;  // constants of this pass: their place in the graph
};

}  // namespace

std::size_t fold_channel_orders(Model& model) {
  const auto is_choice = [](const Node& node) { return node.op == "Gather" && node.domain.empty(); };
  if (std::none_of(model.graph.nodes.begin(), model.graph.nodes.end(), is_choice)) return 0;
  const auto graph = transpose_graph(model);
  if (!graph) return 0;
  Model result = model;
  const std::size_t folded = Folder(model, *graph, result).fold();
  if (folded > 0) model = std::move(result);
  return folded;
}

}  // namespace zooport::onnx
