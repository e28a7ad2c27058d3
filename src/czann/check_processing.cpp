#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "czann/rules.hpp"

namespace zooport::czann {
namespace {

static_assert(std::endian::native == std::endian::little);

// More would be no constant of preprocessing but weights.
constexpr std::size_t kMostElements = 4096;

struct Extremes {
  double least = 0;
  double most = 0;
};

std::optional<Extremes> extremes_of(const onnx::Tensor& tensor) {
  const std::span<const std::byte> raw = tensor.raw.span();
  const auto read = [&](auto zero) -> std::optional<Extremes> {
    using T = decltype(zero);
    const std::size_t count = raw.size() / sizeof(T);
    if (count == 0 || count > kMostElements) return std::nullopt;
    std::optional<Extremes> found;
    for (std::size_t i = 0; i < count; ++i) {
      T value{};
      std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
      const auto wide = static_cast<double>(value);
      if (!found) found = Extremes{wide, wide};
      found->least = std::min(found->least, wide);
      found->most = std::max(found->most, wide);
    }
    return found;
  };
  if (tensor.type == onnx::ElementType::kFloat) return read(0.0f);
  if (tensor.type == onnx::ElementType::kDouble) return read(0.0);
  return std::nullopt;
}

// Who makes and who reads the values of a graph.
class Wires {
 public:
  explicit Wires(const onnx::Graph& graph) : graph_(graph) {
    for (const onnx::Node& node : graph.nodes) {
      for (const std::string& output : node.outputs)
        if (!output.empty()) makers_.emplace(output, &node);
      for (const std::string& input : node.inputs) {
        if (input.empty() || node.op == "Shape") continue;  // the size says nothing of the values
        auto [reader, is_new] = readers_.emplace(input, &node);
        if (!is_new && reader->second != &node) reader->second = nullptr;
      }
    }
  }

  // None if it has no reader or several.
  const onnx::Node* only_reader(std::string_view value) const {
    const auto found = readers_.find(value);
    return found == readers_.end() ? nullptr : found->second;
  }
  const onnx::Node* maker(std::string_view value) const {
    const auto found = makers_.find(value);
    return found == makers_.end() ? nullptr : found->second;
  }
  std::optional<Extremes> constant(std::string_view value) const {
    if (const onnx::Tensor* tensor = graph_.find_initializer(value)) return extremes_of(*tensor);
    const onnx::Node* node = maker(value);
    const onnx::Attribute* attribute = node && node->op == "Constant" ? node->find("value") : nullptr;
    return attribute && !attribute->tensors.empty() ? extremes_of(attribute->tensors.front()) : std::nullopt;
  }
  Path path_of(const onnx::Node& node) const {
    return {Step::key("graph"), Step::key("node"), Step::at(static_cast<std::size_t>(&node - graph_.nodes.data()))};
  }

 private:
  const onnx::Graph& graph_;
  std::map<std::string_view, const onnx::Node*> makers_;
  std::map<std::string_view, const onnx::Node*> readers_;
};

std::string described(const onnx::Node& node) {
  return node.name.empty() ? printable(node.op) : concat(printable(node.op), " '", printable(node.name), '\'');
}

// Moves values to other places and leaves them as they are.
bool moves_only(const onnx::Node& node) {
  for (const std::string_view op : {"Transpose", "Reshape", "Squeeze", "Unsqueeze", "Identity", "Flatten"})
    if (node.op == op) return true;
  return false;
}

// Where along the way back from the output the classes are; none once that cannot be told.
std::optional<std::size_t> before(const onnx::Node& node, std::size_t axis, std::size_t rank) {
  if (node.op == "Identity") return axis;
  if (node.op != "Transpose") return std::nullopt;
  const auto order = node.ints_or("perm", {});
  if (order.size() != rank) return order.empty() ? std::optional(rank - 1 - axis) : std::nullopt;
  const std::int64_t from = order[axis];
  return from >= 0 && from < static_cast<std::int64_t>(rank) ? std::optional(static_cast<std::size_t>(from))
                                                             : std::nullopt;
}

}  // namespace

void check_units(const onnx::Model& network, Findings& findings) {
  constexpr double kShift = 1.5, kDivisor = 200;
  constexpr int kMostSteps = 32;
  const Wires wires(network.graph);
  const auto inputs = network.graph.required_inputs();
  if (inputs.size() != 1) return;
  std::string_view value = inputs.front()->name;
  for (int step = 0; step < kMostSteps; ++step) {
    const onnx::Node* node = wires.only_reader(value);
    if (!node || node->outputs.empty()) return;
    if (!moves_only(*node)) {
      const bool is_first = node->input(0) == value;
      const auto other = wires.constant(node->input(is_first ? 1 : 0));
      const auto suspect = [&](std::string found) {
        findings.add({"czann.raw-units",
                      Severity::kWarning,
                      wires.path_of(*node),
                      "a network for pixels of 0 to 1",
                      concat(described(*node), ' ', found),
                      {},
                      "It looks as if the network was trained on raw pixel values; then a multiplication by the "
                      "type's maximum belongs in front."});
      };
      if (node->op == "BatchNormalization") {
        if (const auto mean = wires.constant(node->input(3)); mean && mean->most > kShift)
          suspect(concat("with a mean of ", mean->most));
        return;
      }
      if (!other) return;
      const bool subtracts = node->op == "Sub" && is_first;
      if (subtracts || node->op == "Add") {
        const double taken = subtracts ? other->most : -other->least;
        if (taken > kShift) return suspect(concat(subtracts ? "takes away " : "adds ", subtracts ? taken : -taken));
      } else if (node->op == "Div" && is_first) {
        if (other->most >= kDivisor) suspect(concat("divides by ", other->most));
        return;
      } else if (node->op == "Mul") {
        if (other->least > 0 && other->least <= 1 / kDivisor) suspect(concat("multiplies by ", other->least));
        return;
      } else {
        return;
      }
    }
    value = node->outputs.front();
  }
}

void check_scores(const Metadata& metadata, const onnx::Model& network, Findings& findings) {
  const Wires wires(network.graph);
  const std::size_t rank = metadata.output_shape.size() + 1;
  if (!needs_classes(metadata.type) || network.graph.outputs.empty() || rank < 4) return;
  std::optional<std::size_t> axis = rank - 1;
  std::string_view value = network.graph.outputs.front().name;
  for (std::size_t step = 0; step < 32; ++step) {
    const onnx::Node* node = wires.maker(value);
    if (!node) return;
    if (!moves_only(*node)) {
      if (node->op == "Softmax") {
        const bool flattens = network.opset() < 13;
        const std::int64_t given = node->int_or("axis", flattens ? 1 : -1);
        const std::int64_t over = given < 0 ? given + static_cast<std::int64_t>(rank) : given;
        if (!axis || (over == static_cast<std::int64_t>(*axis) && (!flattens || *axis + 1 == rank))) return;
        findings.add({"czann.softmax-axis",
                      Severity::kWarning,
                      wires.path_of(*node),
                      "scores of the classes that sum to 1",
                      concat(described(*node), " over axis ", given),
                      {},
                      flattens ? "Before opset 13, Softmax takes all axes from its own on together."
                               : "It normalises over another axis than the classes'."});
        return;
      }
      if (node->op == "Sigmoid") {
        if (metadata.output_shape.back() > 1)
          findings.add({"czann.sigmoid-scores",
                        Severity::kInfo,
                        wires.path_of(*node),
                        {},
                        described(*node),
                        "the scores of the classes come from a Sigmoid and need not sum to 1",
                        {}});
        return;
      }
      // A Concat or the like may well give [1 - p, p]; nothing can be said.
      for (const std::string_view op : {"Conv", "ConvTranspose", "MatMul", "Gemm", "Relu", "LeakyRelu",
                                        "BatchNormalization", "InstanceNormalization", "LogSoftmax", "Tanh"})
        if (node->op == op)
          findings.add({"czann.no-probabilities",
                        Severity::kInfo,
                        wires.path_of(*node),
                        {},
                        described(*node),
                        concat("the output comes from ", described(*node),
                               ": its values are no probabilities of 0 to "
                               "1, which ZEN shows and compares with a threshold"),
                        {}});
      return;
    }
    if (axis) axis = before(*node, *axis, rank);
    value = node->input(0);
  }
}

}  // namespace zooport::czann
