#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "zooport/onnx/model.hpp"

// Changes of an ONNX graph that keep its file readable most of the time: what a search for crashes needs to come past
// the reader. The same seed gives the same change everywhere.
namespace zooport::testing {

class ModelMutator {
 public:
  explicit ModelMutator(std::uint64_t seed) : state_(seed) {}

  // One change at a place drawn by chance.
  void mutate(onnx::Model& model) {
    std::vector<std::vector<onnx::Node>*> lists;
    std::vector<onnx::Graph*> graphs;
    collect(model.graph, graphs);
    for (onnx::Graph* graph : graphs) lists.push_back(&graph->nodes);
    for (onnx::Function& function : model.functions) lists.push_back(&function.nodes);
    onnx::Graph& graph = *pick(graphs);
    std::vector<onnx::Node>& nodes = *pick(lists);
    switch (below(14)) {
      case 0: model.set_opset(static_cast<std::int64_t>(below(32))); break;
      case 1:
      case 2: mutate_edge(model, nodes); break;
      case 3:
      case 4:
      case 5: mutate_attribute(nodes); break;
      case 6: mutate_operator(nodes); break;
      case 7: mutate_list(nodes); break;
      case 8: mutate_declaration(graph); break;
      case 9:
      case 10: mutate_constant(graph); break;
      case 11: mutate_ends(graph); break;
      case 12: model.ir_version = static_cast<std::int64_t>(below(16)); break;
      default: move_constant(graph);
    }
  }

 private:
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(next() % end); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  template <class T>
  T& pick(std::vector<T>& items) {
    return items[below(items.size())];
  }
  template <class T>
  void erase_one(std::vector<T>& items) {
    if (!items.empty()) items.erase(items.begin() + static_cast<std::ptrdiff_t>(below(items.size())));
  }

  static void collect(onnx::Graph& graph, std::vector<onnx::Graph*>& graphs) {
    graphs.push_back(&graph);
    for (onnx::Node& node : graph.nodes) {
      for (onnx::Attribute& attribute : node.attributes) {
        for (onnx::Graph& inner : attribute.graphs) collect(inner, graphs);
      }
    }
  }

  std::int64_t integer() {
    static constexpr std::int64_t kOdd[] = {0,
                                            1,
                                            2,
                                            3,
                                            4,
                                            5,
                                            7,
                                            8,
                                            16,
                                            64,
                                            1000,
                                            -1,
                                            -2,
                                            -3,
                                            -4,
                                            -100,
                                            std::int64_t{1} << 31,
                                            (std::int64_t{1} << 31) - 1,
                                            -(std::int64_t{1} << 31),
                                            std::int64_t{1} << 40,
                                            std::numeric_limits<std::int64_t>::max(),
                                            std::numeric_limits<std::int64_t>::max() - 1,
                                            std::numeric_limits<std::int64_t>::min(),
                                            std::numeric_limits<std::int64_t>::min() + 1};
    // Mostly small ones: large ones are refused early.
    return chance(3) ? kOdd[below(std::size(kOdd))] : kOdd[below(15)];
  }
  float real() {
    static constexpr float kOdd[] = {0.0f,
                                     1.0f,
                                     -1.0f,
                                     0.5f,
                                     2.0f,
                                     1e-8f,
                                     1e30f,
                                     -1e30f,
                                     255.0f,
                                     std::numeric_limits<float>::infinity(),
                                     -std::numeric_limits<float>::infinity(),
                                     std::numeric_limits<float>::quiet_NaN()};
    return kOdd[below(std::size(kOdd))];
  }
  std::vector<std::int64_t> integers() {
    std::vector<std::int64_t> values(below(9));
    for (std::int64_t& value : values) value = integer();
    return values;
  }
  std::string word() {
    static constexpr const char* kWords[] = {"",
                                             "linear",
                                             "nearest",
                                             "cubic",
                                             "constant",
                                             "reflect",
                                             "edge",
                                             "wrap",
                                             "SAME_UPPER",
                                             "SAME_LOWER",
                                             "VALID",
                                             "NOTSET",
                                             "DCR",
                                             "CRD",
                                             "tanh",
                                             "none",
                                             "half_pixel",
                                             "asymmetric",
                                             "bilinear",
                                             "zeros",
                                             "align_corners",
                                             "floor",
                                             "ceil",
                                             "ij,jk->ik",
                                             "...i->...",
                                             "bij,bjk->bik",
                                             "pytorch_half_pixel",
                                             "round_prefer_floor",
                                             "stretch",
                                             "not_larger"};
    return kWords[below(std::size(kWords))];
  }
  std::string operator_name() {
    static constexpr const char* kNames[] = {"Add",
                                             "AveragePool",
                                             "BatchNormalization",
                                             "Cast",
                                             "CastLike",
                                             "Celu",
                                             "CenterCropPad",
                                             "Clip",
                                             "Concat",
                                             "Constant",
                                             "ConstantOfShape",
                                             "Conv",
                                             "ConvTranspose",
                                             "CumSum",
                                             "DepthToSpace",
                                             "Dropout",
                                             "Einsum",
                                             "Expand",
                                             "Flatten",
                                             "Gather",
                                             "Gelu",
                                             "Gemm",
                                             "GlobalAveragePool",
                                             "GroupNormalization",
                                             "HardSwish",
                                             "Hardmax",
                                             "Identity",
                                             "If",
                                             "InstanceNormalization",
                                             "LayerNormalization",
                                             "LogSoftmax",
                                             "Loop",
                                             "MatMul",
                                             "MaxPool",
                                             "MeanVarianceNormalization",
                                             "Mish",
                                             "OneHot",
                                             "PRelu",
                                             "Pad",
                                             "Pow",
                                             "RMSNormalization",
                                             "Range",
                                             "ReduceL1",
                                             "ReduceMax",
                                             "ReduceMean",
                                             "ReduceSum",
                                             "Relu",
                                             "Reshape",
                                             "Resize",
                                             "ReverseSequence",
                                             "ScatterND",
                                             "Shape",
                                             "Size",
                                             "Slice",
                                             "Softmax",
                                             "SpaceToDepth",
                                             "Split",
                                             "SplitToSequence",
                                             "Squeeze",
                                             "Swish",
                                             "Tile",
                                             "TopK",
                                             "Transpose",
                                             "Trilu",
                                             "Unsqueeze",
                                             "Upsample",
                                             "Where",
                                             "GridSample",
                                             "Attention",
                                             "Nonsense"};
    return kNames[below(std::size(kNames))];
  }
  onnx::ElementType element() { return static_cast<onnx::ElementType>(below(24)); }

  // A name that the model has somewhere.
  std::string value_of(onnx::Model& model) {
    std::vector<onnx::Graph*> graphs;
    collect(model.graph, graphs);
    onnx::Graph& graph = *pick(graphs);
    const std::size_t from = below(4);
    if (from == 0 && !graph.inputs.empty()) return pick(graph.inputs).name;
    if (from == 1 && !graph.initializers.empty()) return pick(graph.initializers).name;
    if (from == 2 && !graph.outputs.empty()) return pick(graph.outputs).name;
    if (graph.nodes.empty()) return {};
    onnx::Node& node = pick(graph.nodes);
    std::vector<std::string>& names = chance(2) ? node.inputs : node.outputs;
    return names.empty() ? std::string() : pick(names);
  }

  void mutate_edge(onnx::Model& model, std::vector<onnx::Node>& nodes) {
    if (nodes.empty()) return;
    onnx::Node& node = pick(nodes);
    std::vector<std::string>& names = chance(4) ? node.outputs : node.inputs;
    switch (below(4)) {
      case 0: names.push_back(chance(3) ? "" : value_of(model)); break;
      case 1: erase_one(names); break;
      case 2:
        if (!names.empty()) pick(names).clear();
        break;
      default:
        if (!names.empty()) pick(names) = value_of(model);
    }
  }

  void mutate_attribute(std::vector<onnx::Node>& nodes) {
    static constexpr const char* kNames[] = {"axis",
                                             "axes",
                                             "keepdims",
                                             "alpha",
                                             "beta",
                                             "mode",
                                             "kernel_shape",
                                             "strides",
                                             "pads",
                                             "dilations",
                                             "group",
                                             "auto_pad",
                                             "ceil_mode",
                                             "count_include_pad",
                                             "perm",
                                             "to",
                                             "allowzero",
                                             "start",
                                             "end",
                                             "num_outputs",
                                             "split",
                                             "epsilon",
                                             "num_groups",
                                             "stash_type",
                                             "blocksize",
                                             "largest",
                                             "sorted",
                                             "output_padding",
                                             "output_shape",
                                             "scales",
                                             "exclude_outside",
                                             "cubic_coeff_a",
                                             "antialias",
                                             "min",
                                             "max",
                                             "noop_with_empty_axes",
                                             "approximate",
                                             "equation",
                                             "reduction",
                                             "training_mode",
                                             "value_ints",
                                             "transB"};
    if (nodes.empty()) return;
    onnx::Node& node = pick(nodes);
    if (node.attributes.empty() || chance(4)) {
      onnx::Attribute added;
      added.name = kNames[below(std::size(kNames))];
      added.type = onnx::AttributeType::kInt;
      node.attributes.push_back(added);
    }
    onnx::Attribute& attribute = pick(node.attributes);
    if (chance(8)) return erase_one(node.attributes);
    if (chance(6) && attribute.tensors.empty() && attribute.graphs.empty()) {
      static constexpr onnx::AttributeType kTypes[] = {onnx::AttributeType::kInt,    onnx::AttributeType::kInts,
                                                       onnx::AttributeType::kFloat,  onnx::AttributeType::kFloats,
                                                       onnx::AttributeType::kString, onnx::AttributeType::kStrings};
      attribute.type = kTypes[below(std::size(kTypes))];
    }
    attribute.i = integer();
    attribute.f = real();
    attribute.s = word();
    if (attribute.type == onnx::AttributeType::kInts) {
      if (attribute.ints.empty() || chance(3)) {
        attribute.ints = integers();
      } else {
        pick(attribute.ints) = integer();
      }
    }
    if (attribute.type == onnx::AttributeType::kFloats) attribute.floats.assign(below(6), real());
    if (attribute.type == onnx::AttributeType::kStrings) attribute.strings.assign(below(4), word());
    if (!attribute.tensors.empty()) mutate_tensor(pick(attribute.tensors));
  }

  void mutate_operator(std::vector<onnx::Node>& nodes) {
    if (nodes.empty()) return;
    onnx::Node& node = pick(nodes);
    node.op = operator_name();
    if (chance(16)) node.domain = chance(2) ? "com.microsoft" : "local";
  }

  void mutate_list(std::vector<onnx::Node>& nodes) {
    if (nodes.empty()) return;
    const std::size_t at = below(nodes.size());
    switch (below(4)) {
      case 0: nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(at)); break;
      case 1: std::swap(nodes[at], pick(nodes)); break;
      case 2: {  // over the node: what read its output reads its input
        const onnx::Node gone = nodes[at];
        if (gone.inputs.empty() || gone.outputs.empty()) break;
        for (onnx::Node& node : nodes) {
          for (std::string& name : node.inputs) {
            if (name == gone.outputs.front()) name = gone.inputs.front();
          }
        }
        break;
      }
      default: {  // one more of its kind behind it, whose output is read in its place
        onnx::Node copy = nodes[at];
        if (copy.inputs.empty() || copy.outputs.empty()) break;
        const std::string old = copy.outputs.front();
        for (std::string& name : copy.outputs) name += "_again";
        copy.inputs.front() = old;
        for (onnx::Node& node : nodes) {
          for (std::string& name : node.inputs) {
            if (name == old) name = copy.outputs.front();
          }
        }
        nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(copy));
      }
    }
  }

  void mutate_declaration(onnx::Graph& graph) {
    std::vector<onnx::ValueInfo>& values = chance(2) ? graph.inputs : chance(2) ? graph.outputs : graph.values;
    if (values.empty()) return;
    onnx::ValueType& type = pick(values).type;
    if (chance(6)) type.element = element();
    if (!type.shape || chance(8)) {
      type.shape.reset();
      if (chance(2)) type.shape.emplace(below(6));
    }
    if (!type.shape) return;
    std::vector<onnx::Dimension>& shape = *type.shape;
    if (chance(5)) shape.emplace_back();
    if (chance(6)) erase_one(shape);
    if (shape.empty()) return;
    onnx::Dimension& extent = pick(shape);
    extent = {};
    if (chance(2)) {
      extent.value = integer();
    } else if (!chance(4)) {
      extent.symbol = chance(2) ? "n" : "height";
    }
  }

  void mutate_tensor(onnx::Tensor& tensor) {
    switch (below(4)) {
      case 0: {  // other extents of as many elements
        std::int64_t all = 1;
        for (const std::int64_t extent : tensor.dims) all *= extent;
        tensor.dims = chance(2) ? tensor::Shape{all} : tensor::Shape{1, all};
        if (all == 1 && chance(2)) tensor.dims.clear();
        break;
      }
      case 1: {  // other elements
        std::string bytes(tensor.raw.text());
        if (const auto values = onnx::integers_of(tensor); values && !values->empty()) {
          std::vector<std::int64_t> changed = *values;
          pick(changed) = integer();
          const onnx::Tensor made = onnx::make_integers("", changed);
          if (made.raw.size() == bytes.size()) bytes = made.raw.text();
        } else if (!bytes.empty()) {
          bytes[below(bytes.size())] = static_cast<char>(next());
        }
        tensor.raw = Bytes(std::move(bytes));
        break;
      }
      case 2: {  // another list of integers
        const std::string name = tensor.name;
        tensor = onnx::make_integers(name, integers());
        break;
      }
      default: {  // one real number
        const std::string name = tensor.name;
        tensor = onnx::make_floats(name, chance(2) ? tensor::Shape{} : tensor::Shape{1}, {real()});
      }
    }
  }
  void mutate_constant(onnx::Graph& graph) {
    if (!graph.initializers.empty()) mutate_tensor(pick(graph.initializers));
  }

  void mutate_ends(onnx::Graph& graph) {
    std::vector<onnx::ValueInfo>& ends = chance(2) ? graph.inputs : graph.outputs;
    switch (below(3)) {
      case 0: erase_one(ends); break;
      case 1:
        if (!graph.nodes.empty()) {
          onnx::Node& node = pick(graph.nodes);
          onnx::ValueInfo one;
          if (!node.outputs.empty()) one.name = pick(node.outputs);
          one.type.element = onnx::ElementType::kFloat;
          ends.push_back(one);
        }
        break;
      default:
        if (!graph.initializers.empty()) {  // a constant that the caller may replace
          onnx::ValueInfo one;
          one.name = pick(graph.initializers).name;
          one.type.element = onnx::ElementType::kFloat;
          graph.inputs.push_back(one);
        }
    }
  }

  // A constant made by a node, as exporters also write it.
  void move_constant(onnx::Graph& graph) {
    if (graph.initializers.empty()) return;
    const std::size_t at = below(graph.initializers.size());
    onnx::Node node;
    node.op = "Constant";
    node.outputs = {graph.initializers[at].name};
    onnx::Tensor value = graph.initializers[at];
    value.name.clear();
    node.set(onnx::make_attribute("value", std::move(value)));
    graph.initializers.erase(graph.initializers.begin() + static_cast<std::ptrdiff_t>(at));
    graph.nodes.insert(graph.nodes.begin(), std::move(node));
  }

  std::uint64_t state_;
};

}  // namespace zooport::testing
