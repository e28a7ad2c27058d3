#include "convert/graph_inputs.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "zooport/base/text.hpp"
#include "zooport/onnx/geometry.hpp"

namespace zooport::convert {
namespace {

using Dimensions = std::vector<onnx::Dimension>;

char letter_named(const std::string& symbol) {
  const std::string name = to_lower(symbol);
  static constexpr std::array<std::pair<std::string_view, char>, 17> kNames = {{{"batch", 'b'},
                                                                                {"batch_size", 'b'},
                                                                                {"b", 'b'},
                                                                                {"n", 'b'},
                                                                                {"channel", 'c'},
                                                                                {"channels", 'c'},
                                                                                {"c", 'c'},
                                                                                {"depth", 'z'},
                                                                                {"d", 'z'},
                                                                                {"z", 'z'},
                                                                                {"height", 'y'},
                                                                                {"h", 'y'},
                                                                                {"y", 'y'},
                                                                                {"width", 'x'},
                                                                                {"w", 'x'},
                                                                                {"x", 'x'},
                                                                                {"time", 't'}}};
  for (const auto& [known, letter] : kNames)
    if (name == known) return letter;
  return 'n';
}

enum class Channel : std::uint8_t { kFirst, kLast, kUnsure };

// Of [batch, …]: whether axis 1 or the last one is the channel.
Channel channel_of(const Dimensions& dims) {
  const std::optional<std::int64_t>& first = dims[1].value;
  const std::optional<std::int64_t>& last = dims.back().value;
  if (first && !last) return Channel::kFirst;
  if (last && !first) return Channel::kLast;
  if (!first || *first == *last) return Channel::kUnsure;
  constexpr std::int64_t kMost = 16;
  if (std::min(*first, *last) > kMost) return Channel::kUnsure;
  return *first < *last ? Channel::kFirst : Channel::kLast;
}

std::string letters_by_place(const Dimensions& dims, bool& is_sure) {
  const std::size_t rank = dims.size();
  if (rank < 3) return rank == 2 ? "bn" : std::string(rank, 'n');
  const Channel channel = channel_of(dims);
  is_sure = channel != Channel::kUnsure;
  if (rank == 3 && channel == Channel::kUnsure) return "byx";
  std::string space(rank - 2, 'n');
  const std::string_view known = "zyx";
  for (std::size_t i = 0; i < space.size() && i < known.size(); ++i)
    space[space.size() - 1 - i] = known[known.size() - 1 - i];
  return channel == Channel::kLast ? concat('b', space, 'c') : concat("bc", space);
}

std::string letters_of(const Dimensions& dims, bool& is_sure) {
  std::string named;
  std::set<char> seen;
  bool is_complete = !dims.empty();
  for (const onnx::Dimension& dim : dims) {
    // Behind the first axis an n counts something else: points, tokens.
    const bool counts = !named.empty() && to_lower(dim.symbol) == "n";
    named += dim.value ? '?' : counts ? 'n' : letter_named(dim.symbol);
    is_complete = is_complete && (dim.value || (named.back() != 'n' && seen.insert(named.back()).second));
  }
  const std::string placed = letters_by_place(dims, is_sure);
  if (!is_complete || seen.empty()) return placed;
  // Names that agree with the places say nothing new; else what is fixed is the batch in front, or the channel.
  bool agrees = true;
  for (std::size_t i = 0; i < named.size(); ++i) agrees = agrees && (named[i] == '?' || named[i] == placed[i]);
  if (agrees) {
    is_sure = is_sure || seen.contains('c');
    return placed;
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (named[i] != '?') continue;
    const char wanted = i == 0 && seen.insert('b').second ? 'b' : seen.insert('c').second ? 'c' : 'n';
    named[i] = wanted;
  }
  is_sure = true;
  return named;
}

constexpr std::string_view kElementwise[] = {"Abs",
                                             "Add",
                                             "Cast",
                                             "Clip",
                                             "Div",
                                             "Elu",
                                             "Exp",
                                             "HardSigmoid",
                                             "HardSwish",
                                             "Identity",
                                             "LeakyRelu",
                                             "Log",
                                             "Mul",
                                             "Neg",
                                             "Pad",
                                             "Pow",
                                             "Relu",
                                             "Selu",
                                             "Sigmoid",
                                             "Softplus",
                                             "Sqrt",
                                             "Sub",
                                             "Mod",
                                             "MaxPool",
                                             "Tanh",
                                             "Gelu",
                                             "Ceil",
                                             "Mish",
                                             "Floor",
                                             "AveragePool",
                                             "Dropout",
                                             "Max",
                                             "Min",
                                             "Erf",
                                             "Reciprocal",
                                             "Sign",
                                             "Round",
                                             "QuantizeLinear",
                                             "DequantizeLinear"};

// Sizes of weights: a constant, perhaps quantised or of another type.
const onnx::Tensor* constant_of(const onnx::Graph& graph, std::string name) {
  constexpr int kMostSteps = 8;
  for (int step = 0; step < kMostSteps; ++step) {
    if (const onnx::Tensor* constant = graph.find_initializer(name)) return constant;
    const auto made = std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const onnx::Node& node) {
      return node.outputs.size() == 1 && node.outputs[0] == name;
    });
    if (made == graph.nodes.end()) return nullptr;
    if (made->op == "Constant") {
      const onnx::Attribute* value = made->find("value");
      return value && value->tensors.size() == 1 ? &value->tensors[0] : nullptr;
    }
    if (made->op != "DequantizeLinear" && made->op != "QuantizeLinear" && made->op != "Cast" && made->op != "Identity")
      return nullptr;
    name = made->input(0);
  }
  return nullptr;
}

struct Channels {
  std::size_t axis = 0;  // of the input
  std::int64_t size = 1;
};

// How many channels the first convolution or normalization behind the input takes, and along which of its axes.
std::optional<Channels> channels_wanted(const onnx::Graph& graph, const std::string& input, std::size_t rank) {
  // Of each value that has the input's axes: which of them each of its own is.
  std::map<std::string, std::vector<std::size_t>> axes;
  std::vector<std::size_t>& own = axes[input];
  for (std::size_t i = 0; i < rank; ++i) own.push_back(i);
  for (const onnx::Node& node : graph.nodes) {
    if (node.outputs.empty() || !node.domain.empty()) continue;
    const bool is_elementwise =
        std::find(std::begin(kElementwise), std::end(kElementwise), node.op) != std::end(kElementwise);
    auto from = axes.find(node.input(0));
    // "1 - x" is no less of the input's axes.
    if (from == axes.end() && is_elementwise) from = axes.find(node.input(1));
    if (from == axes.end()) continue;
    if (node.op == "Conv" || node.op == "ConvTranspose" || node.op == "BatchNormalization" ||
        node.op == "InstanceNormalization") {
      const onnx::Tensor* weights = constant_of(graph, node.input(1));
      if (!weights || weights->dims.empty() || rank < 2) continue;
      constexpr std::int64_t kMost = 1 << 20;
      std::int64_t size = weights->dims[0];
      if (node.op == "Conv") {
        if (weights->dims.size() != rank) continue;
        size = std::clamp<std::int64_t>(weights->dims[1], 0, kMost) *
               std::clamp<std::int64_t>(node.int_or("group", 1), 1, kMost);
      }
      if (size > 0) return Channels{from->second[1], size};
    } else if (is_elementwise) {
      axes.try_emplace(node.outputs[0], from->second);
    } else if (node.op == "Transpose") {
      std::vector<std::size_t> turned;
      for (const std::int64_t axis : node.ints_or("perm", {}))
        if (axis >= 0 && static_cast<std::size_t>(axis) < rank)
          turned.push_back(from->second[static_cast<std::size_t>(axis)]);
      if (turned.size() == rank) axes.try_emplace(node.outputs[0], std::move(turned));
    }
  }
  return std::nullopt;
}

void find_sizes(const onnx::Model& model, std::vector<GraphInput>& inputs) {
  std::vector<TrialAxis>& axes = inputs.front().input.axes;
  std::vector<int> space;
  bool has_open = false;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].letter != 'x' && axes[i].letter != 'y' && axes[i].letter != 'z') continue;
    space.push_back(static_cast<int>(i));
    has_open = has_open || !axes[i].is_fixed();
  }
  if (!has_open) return;
  const onnx::Geometry geometry = onnx::geometry_of(model, space);
  for (std::size_t i = 0; i < space.size() && i < geometry.axes.size(); ++i) {
    TrialAxis& axis = axes[static_cast<std::size_t>(space[i])];
    if (axis.is_fixed() || geometry.axes[i].size_step <= 0) continue;
    axis.min = geometry.axes[i].size_min;
    axis.step = geometry.axes[i].size_step;
    axis.is_known = true;
  }
  // Inputs that have the same axes are mostly as large.
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    for (TrialAxis& axis : inputs[i].input.axes) {
      const auto same =
          std::find_if(axes.begin(), axes.end(), [&](const TrialAxis& other) { return other.letter == axis.letter; });
      if (axis.is_fixed() || axis.letter == 'n' || same == axes.end() || !same->is_known) continue;
      axis.min = same->min;
      axis.step = same->step;
      axis.is_known = true;
    }
  }
}

}  // namespace

Result<std::vector<GraphInput>> graph_inputs(const onnx::Model& model) {
  std::vector<GraphInput> inputs;
  for (const onnx::ValueInfo* value : model.graph.required_inputs()) {
    GraphInput& one = inputs.emplace_back();
    one.input.id = value->name;
    const auto dtype = onnx::dtype_of(value->type.element);
    if (!dtype || !value->type.other.empty())
      return make_error(ErrorKind::kUnsupported, "convert.no-random-input",
                        concat("input ", printable(value->name), " is no dense numeric tensor"));
    one.input.dtype = *dtype;
    one.has_rank = value->type.shape.has_value();
    const Dimensions dims = one.has_rank ? *value->type.shape : Dimensions(4);
    const std::string letters = letters_of(dims, one.has_sure_channel);
    for (std::size_t i = 0; i < dims.size(); ++i) {
      TrialAxis axis;
      axis.letter = letters[i];
      if (dims[i].value) {
        axis.min = *dims[i].value;
        axis.step = 0;
      } else {
        axis.key = !dims[i].symbol.empty() ? dims[i].symbol : letters[i] == 'n' ? "" : std::string(1, letters[i]);
      }
      one.input.axes.push_back(std::move(axis));
    }
    // The batch is never what weights are for: a graph that says so has axes that nobody knows.
    const auto channels = channels_wanted(model.graph, value->name, one.input.axes.size());
    if (!channels || channels->axis == 0 || one.input.axes[channels->axis].is_fixed()) continue;
    TrialAxis& axis = one.input.axes[channels->axis];
    axis.min = channels->size;
    axis.step = 0;
  }
  if (!inputs.empty()) find_sizes(model, inputs);
  return inputs;
}

int channel_of(const onnx::ValueInfo& value) {
  if (!value.type.shape) return 1;
  bool is_sure = false;
  const std::size_t at = letters_of(*value.type.shape, is_sure).find('c');
  return at == std::string::npos ? -1 : static_cast<int>(at);
}

bool computes_in_halves(const onnx::Model& model) {
  const auto is_half = [](onnx::ElementType type) {
    return type == onnx::ElementType::kFloat16 || type == onnx::ElementType::kBfloat16;
  };
  const onnx::Graph& graph = model.graph;
  return std::any_of(graph.initializers.begin(), graph.initializers.end(),
                     [&](const onnx::Tensor& tensor) { return is_half(tensor.type); }) ||
         std::any_of(graph.inputs.begin(), graph.inputs.end(),
                     [&](const onnx::ValueInfo& value) { return is_half(value.type.element); }) ||
         std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const onnx::Node& node) {
           return node.op == "Cast" && is_half(static_cast<onnx::ElementType>(node.int_or("to", 0)));
         });
}

}  // namespace zooport::convert
